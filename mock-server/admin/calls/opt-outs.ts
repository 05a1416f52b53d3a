/** Opt-outs: who has opted out, and since when. */

import { z } from 'zod';
import { identifierKinds } from '../../core/identifier.ts';
import { locateHash, locateNamed } from '../../operator/identity.ts';
import { keptText, optOutOf } from '../../operator/opt-out.ts';
import { epochMs } from '../../operator/state/clock.ts';
import type { OptOut } from '../../operator/state/opt-outs.ts';
import { slicesInTurns } from '../../operator/turns.ts';
import { type Context, call } from './call.ts';
import { invalid } from './control-error.ts';
import { type RecordedOptOut, recordedOptOut } from './opt-out-schema.ts';
import { time } from './times.ts';

const kinds = [...identifierKinds, 'first_level_hash', 'raw_uid'] as const;
type Kind = (typeof kinds)[number];

export const ONE_IDENTIFIER = `exactly one of ${kinds.join(', ')}`;

const text = (what: string) => z.string().optional().describe(what);
const named = {
  email: text('an email address'),
  phone: text('a phone number in E.164'),
  email_hash: text('base64 of the SHA-256 of a normalised email address'),
  phone_hash: text('base64 of the SHA-256 of a phone number'),
  first_level_hash: text('base64 of 32 bytes'),
  raw_uid: text('a raw UID, base64 of 32 or 33 bytes'),
};
const person = z.strictObject(named);
type Person = z.output<typeof person>;

export const optOut = z.strictObject({ ...named, at: time.optional() });

const members: ReadonlySet<string> = new Set([...kinds, 'at']);

/** Whether the schema leaves a value as it is, found without the schema: it is asked for every line of an import. */
export function isPlainOptOut(value: unknown): value is z.output<typeof optOut> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  for (const [name, given] of Object.entries(value)) {
    const isTime = name === 'at' && typeof given === 'number' && epochMs(given) === given;
    if (!isTime && (name === 'at' || !members.has(name) || typeof given !== 'string')) return false;
  }
  return true;
}

/** The one kind of identifier that a call gives. */
function kindOf(given: Person, field: string): Kind {
  const found = kinds.filter((kind) => given[kind] !== undefined);
  const [kind] = found;
  if (kind !== undefined && found.length === 1) return kind;
  throw invalid(field, ONE_IDENTIFIER, found.join(', ') || 'none');
}

const HASH_BYTES = 32;

/** The record of an opt-out; undefined when the identifier is invalid. */
function recordOf({ deployment }: Context, kind: Kind, given: string, since: number): OptOut | undefined {
  const present = deployment();
  if (kind === 'raw_uid') {
    const rawUid = keptText(present, given);
    return rawUid === undefined ? undefined : { rawUid, since };
  }
  if (kind === 'first_level_hash') {
    const bytes = present.primitives.fromBase64(given);
    if (bytes?.length !== HASH_BYTES) return undefined;
    // in the form in which hashes are compared
    const flh = present.primitives.toBase64(bytes);
    return optOutOf(present, locateHash(present, { type: 0, hash: '' }, flh), since);
  }
  const located = locateNamed(present, { [kind]: given });
  return located && optOutOf(present, located, since);
}

/** @throws ControlError when it does not name one valid identifier */
export function optOutFrom(context: Context, given: z.output<typeof optOut>, field: string): OptOut {
  const kind = kindOf(given, field);
  const { at = context.state.clock.now() } = given;
  const record = recordOf(context, kind, given[kind] ?? '', at);
  if (record) return record;
  throw invalid(field === '' ? kind : `${field}.${kind}`, `a valid ${kind}`, 'an invalid one');
}

function isRecorded({ state, deployment }: Context, { flh, rawUid }: OptOut): boolean {
  const { optOuts } = deployment();
  if (flh !== undefined && state.optOuts.since(flh, optOuts) !== undefined) return true;
  return state.optOuts.sinceOf(rawUid, optOuts) !== undefined;
}

const shownOptOut = ({ flh, rawUid, since }: OptOut): RecordedOptOut => ({
  first_level_hash: flh ?? null,
  raw_uid: rawUid,
  at: since,
});

/** A plus sign in a query is a blank. */
const queryPerson = ({ phone, ...rest }: Person): Person => ({
  ...rest,
  ...(phone !== undefined && { phone: phone.replace(/^ /, '+') }),
});

const DEFAULT_LIMIT = 1000;
/** The opt-outs that one list may have. */
export const MOST_LISTED = 10_000_000;

function* firstOf<T>(items: Iterable<T>, limit: number): Generator<T, void> {
  let left = limit;
  for (const item of items) {
    if (left <= 0) return;
    left -= 1;
    yield item;
  }
}

/** Of a list that is added as one. */
const MOST_AT_ONCE = 10_000;
const TOO_MANY = `at most ${MOST_AT_ONCE} at once; an import takes any number`;

export const optOutCalls = {
  listOptOuts: call({
    method: 'GET',
    path: '/optouts',
    summary: 'the opt-outs in force',
    schemas: {
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(MOST_LISTED).default(DEFAULT_LIMIT),
      }),
      answer: z.object({ count: z.number(), optouts: z.array(recordedOptOut) }),
    },
    run({ state, deployment }, { query }) {
      const { optOuts } = deployment();
      return {
        count: state.optOuts.count(optOuts),
        optouts: [...firstOf(state.optOuts.list(optOuts), query.limit)].map(shownOptOut),
      };
    },
  }),
  addOptOuts: call({
    method: 'POST',
    path: '/optouts',
    summary: 'opt out one person, or a list of them: all or none',
    schemas: {
      body: z.union([optOut, z.array(optOut).max(MOST_AT_ONCE, { error: TOO_MANY })]),
      answer: z.object({ added: z.number() }),
    },
    async run(context, { body }) {
      const isList = Array.isArray(body);
      const given = isList ? body : [body];
      const added: OptOut[] = [];
      // all are checked before the first is added
      await slicesInTurns(given, (slice) => {
        for (const one of slice) {
          added.push(optOutFrom(context, one, isList ? `[${added.length}]` : ''));
        }
      });
      if (added.length > 0) await context.state.optOuts.add(...added);
      return { added: added.length };
    },
  }),
  removeOptOuts: call({
    method: 'DELETE',
    path: '/optouts',
    summary: 'remove all opt-outs, or the one of the query',
    schemas: { query: person, answer: z.object({ removed: z.number() }) },
    async run(context, { query }) {
      const { state, deployment } = context;
      if (kinds.some((kind) => query[kind] !== undefined)) {
        const one = optOutFrom(context, queryPerson(query), '');
        const wasThere = isRecorded(context, one);
        await state.optOuts.remove(one);
        return { removed: wasThere && !isRecorded(context, one) ? 1 : 0 };
      }
      const removed = state.optOuts.count(deployment().optOuts);
      await state.optOuts.clear();
      return { removed };
    },
  }),
};
