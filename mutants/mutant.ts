/**
 * A mutant: the operator with one rule replaced by a wrong one, so that a contract suite, or a user's own tests, can
 * show that they notice. Rules are replaced in the tables they are called through; the operator knows nothing of it.
 */

import type { HttpRules } from '../mock-server/http/rules.ts';
import type { Primitives } from '../mock-server/core/primitives.ts';
import type { Replacements } from '../mock-server/compose.ts';
import type { Clock } from '../mock-server/operator/state/clock.ts';
import type { Deployment, DeploymentParts } from '../mock-server/operator/deployment.ts';
import type { Profile, ProfileName } from '../mock-server/operator/profile.ts';
import type { Rules } from '../mock-server/operator/rules.ts';
import type { World } from '../mock-server/operator/world/schema.ts';

/** What a mutant is wrong about; the first part of its id. */
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

export type Area = (typeof areas)[number];

/** The clock that a fault may read. */
interface Clocked {
  readonly clock: Clock;
}

/** Each function gets the honest part and gives what is to replace it, or the members that are. */
export interface Fault {
  readonly profile?: (honest: Profile) => Partial<Profile>;
  readonly world?: (honest: World) => Partial<World>;
  readonly rules?: (honest: Rules, context: DeploymentParts & Clocked) => Partial<Rules>;
  readonly primitives?: (honest: Primitives) => Partial<Primitives>;
  readonly http?: (honest: HttpRules, context: Deployment & Clocked) => Partial<HttpRules>;
}

/** Where a fault can be seen; profile `local` and scope UID2 if not said. */
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
  /** why no scenario can tell it from the honest operator */
  readonly equivalent?: string;
}

type Row = Omit<Mutant, 'area' | 'id' | 'requirement' | 'description'>;
type Named = readonly [name: string, requirement: string, description: string, fault: Row];

/** The mutants of an area as a table. */
export const mutantsOf = (area: Area, rows: readonly Named[]): Mutant[] =>
  rows.map(([name, requirement, description, fault]) => ({
    id: `${area}/${name}`,
    area,
    requirement,
    description,
    ...fault,
  }));

/** A mutant's parts in place of the honest ones. */
export const replacementsOf = ({ profile, world, rules, primitives, http }: Mutant): Replacements => ({
  parts: (honest, clock) => ({
    profile: { ...honest.profile, ...profile?.(honest.profile) },
    world: { ...honest.world, ...world?.(honest.world) },
    rules: { ...honest.rules, ...rules?.(honest.rules, { ...honest, clock }) },
    primitives: { ...honest.primitives, ...primitives?.(honest.primitives) },
  }),
  http: (honest, deployment, clock) => ({ ...honest, ...http?.(honest, { ...deployment, clock }) }),
});
