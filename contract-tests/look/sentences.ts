/** The look in sentences, for the head of the report. */
import { apis, type Api, type Participant } from '../spec/api.ts';
import { listed } from '../spec/listed.ts';
import type { Caller } from '../target/credentials.ts';
import { hasRole, type Role } from '../target/roles.ts';
import type { Served } from '../target/target.ts';
import { PARTICIPANT_ROLE } from '../context/context.ts';
import type { LookedAt } from './callers.ts';

const UNNAMED = 'the given key';
const nameOf = ({ name }: Caller): string => (name === UNNAMED ? name : `the key of ${name}`);

const rolesOf = ({ roles = [] }: Caller): string =>
  `${roles.length === 1 ? 'the role' : 'the roles'} ${listed(roles)}`;

export const sentenceOfApis = (answered: readonly Api[], profile: string, isGiven: boolean): string =>
  `it answers ${listed(answered)}, and is judged as profile ${profile}, which was ${isGiven ? 'given' : 'found by asking'}`;

/** More keys than this are counted, not named. */
const MOST_NAMED = 3;

export function sentencesOfKeys(looked: readonly LookedAt[]): string[] {
  const known = looked.filter(({ isKnown }) => isKnown);
  const refused = looked
    .filter(({ isKnown }) => !isKnown)
    .map(({ caller }) => `${nameOf(caller)} is refused`);
  if (known.length <= MOST_NAMED)
    return [...known.map(({ caller }) => `${nameOf(caller)} has ${rolesOf(caller)}`), ...refused];
  const all = [...new Set(known.flatMap(({ caller }) => caller.roles ?? []))];
  return [`${String(known.length)} keys have the roles ${listed(all)}`, ...refused];
}

export function sentencesOfSecrets(looked: readonly LookedAt[]): string[] {
  const named = (state: LookedAt['secret']): LookedAt[] =>
    looked.filter(({ isKnown, secret }) => isKnown && secret === state);
  const good = named('opens').length;
  return [
    ...(good === 0
      ? []
      : [
          good === 1
            ? 'the client secret opens the answers'
            : `${String(good)} client secrets open the answers`,
        ]),
    ...named('does not open').map(
      ({ caller }) => `the client secret of ${nameOf(caller)} does not open its requests`,
    ),
    ...named('missing').map(
      ({ caller }) => `${nameOf(caller)} has no client secret: v2 and v3 cannot be judged with it`,
    ),
  ];
}

const SECOND = 1000;

export function sentenceOfClock(ahead: number | undefined): string[] {
  if (ahead === undefined) return [];
  if (Math.abs(ahead) < SECOND) return ['its clock and ours are less than a second apart'];
  const seconds = String(Math.round(Math.abs(ahead) / SECOND));
  return [`its clock is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} ours`];
}

export const sentenceOfResent = (resent: number): string =>
  `${resent === 1 ? 'one request was' : `${String(resent)} requests were`} sent again, because the kept-alive connection was closed during sending`;

/** An operator may refuse envelopes whose time is further off than this (Protocol §7.3). */
const WINDOW = 60 * SECOND;

/** What makes judging impossible, in one sentence; `as`: the participants whose scenarios are to run. */
export function whyNothingCanBeJudged(
  looked: readonly LookedAt[],
  served: Served,
  ahead: number | undefined,
  as: readonly Participant[],
): string | undefined {
  const known = looked.filter(({ isKnown }) => isKnown);
  const subject = looked.length === 1 && looked[0] ? nameOf(looked[0].caller) : 'every given key';
  if (known.length === 0)
    return `${subject} is refused: it is unknown here, disabled or of another environment`;
  if (ahead !== undefined && Math.abs(ahead) > WINDOW)
    return `${sentenceOfClock(ahead).join('')}, and requests that are more than a minute off may be refused: set the clock`;
  const secrets = known.map(({ secret }) => secret);
  if (secrets.includes('does not open') && !secrets.includes('opens'))
    return 'the client secret does not belong to the key: the operator cannot open what is sealed with it';
  const needed = as.map((participant) => PARTICIPANT_ROLE[participant]);
  const has = (role: Role): boolean => known.some(({ caller }) => hasRole(caller, role));
  if (!needed.some(has)) return wrongRole(known, as, needed);
  const isSealedOnly = !apis.some((api) => (api === 'v0' || api === 'v1') && served[api]);
  if (isSealedOnly && secrets.every((secret) => secret === 'missing'))
    return 'there is no client secret, and without one neither v2 nor v3 can be judged';
  return undefined;
}

function wrongRole(known: readonly LookedAt[], as: readonly Participant[], needed: readonly Role[]): string {
  const able = (Object.keys(PARTICIPANT_ROLE) as Participant[]).filter((participant) =>
    known.some(({ caller }) => hasRole(caller, PARTICIPANT_ROLE[participant])),
  );
  const has = known.map(({ caller }) => `${nameOf(caller)} has ${rolesOf(caller)}`).slice(0, MOST_NAMED);
  const instead = able.length === 0 ? '' : `: write --as ${able.join(',')}`;
  return `${listed(has)}, and the scenarios of ${listed(as)} need ${needed.join(' or ')}${instead}`;
}
