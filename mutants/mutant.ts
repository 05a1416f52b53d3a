/**
 * A mutant: the operator with one rule replaced by a wrong one. A contract suite, or the tests of a user, can prove
 * with it that they notice the fault. The operator calls its rules through tables, in which a mutant replaces them.
 */

import type { HttpRules } from '../mock-server/http/rules.ts';
import type { Primitives } from '../mock-server/core/primitives.ts';
import type { Replacements } from '../mock-server/compose.ts';
import type { Clock } from '../mock-server/operator/state/clock.ts';
import type { Deployment, DeploymentParts } from '../mock-server/operator/deployment.ts';
import type { Profile, ProfileName } from '../mock-server/operator/profile.ts';
import type { Rules } from '../mock-server/operator/rules.ts';
import type { World } from '../mock-server/operator/world/schema.ts';

/** Parts of the protocol that mutants break; the area is the first part of a mutant's id. */
export const areas = [
  'normalisation',
  'hashing',
  'salts',
  'token-bytes',
  'iv-reuse',
  'lifetimes',
  'refresh',
  'opt-out',
  'validate',
  'auth',
  'roles',
  'status-codes',
  'messages',
  'content-types',
  'http',
  'envelope',
  'cors',
  'keys',
  'cstg',
  'generate',
  'identity-map',
] as const;

type Area = (typeof areas)[number];

interface Clocked {
  readonly clock: Clock;
}

/** Each function takes the honest part and returns the members that replace those of the same name. */
export interface Fault {
  readonly profile?: (honest: Profile) => Partial<Profile>;
  readonly world?: (honest: World) => Partial<World>;
  readonly rules?: (honest: Rules, context: DeploymentParts & Clocked) => Partial<Rules>;
  readonly primitives?: (honest: Primitives) => Partial<Primitives>;
  readonly http?: (honest: HttpRules, context: Deployment & Clocked) => Partial<HttpRules>;
}

/** The profile and scope that a fault shows under; by default profile `local` and scope UID2. */
export interface Stage {
  readonly profile?: ProfileName;
  readonly scope?: 'euid';
}

export interface Mutant extends Fault {
  /** area and name: `normalisation/keeps-dots` */
  readonly id: string;
  readonly area: Area;
  /** id of the requirement of the contract suite that it breaks */
  readonly requirement: string;
  readonly description: string;
  readonly on?: Stage;
  /** why no scenario can distinguish the mutant from the honest operator */
  readonly equivalent?: string;
}

type NamelessMutant = Omit<Mutant, 'area' | 'id' | 'requirement' | 'description'>;
type Row = readonly [name: string, requirement: string, description: string, mutant: NamelessMutant];

/** The mutants of an area, from a table of rows. */
export const mutantsOf = (area: Area, rows: readonly Row[]): Mutant[] =>
  rows.map(([name, requirement, description, mutant]) => ({
    id: `${area}/${name}`,
    area,
    requirement,
    description,
    ...mutant,
  }));

/** The replacements that turn an honest operator into the mutant. */
export const replacementsOf = ({ profile, world, rules, primitives, http }: Mutant): Replacements => ({
  parts: (honest, clock) => ({
    profile: { ...honest.profile, ...profile?.(honest.profile) },
    world: { ...honest.world, ...world?.(honest.world) },
    rules: { ...honest.rules, ...rules?.(honest.rules, { ...honest, clock }) },
    primitives: { ...honest.primitives, ...primitives?.(honest.primitives) },
  }),
  http: (honest, deployment, clock) => ({ ...honest, ...http?.(honest, { ...deployment, clock }) }),
});
