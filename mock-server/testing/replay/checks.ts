/** Checks values that change with every call. */
import {
  decodeAdvertisingToken,
  decodeRefreshToken,
  unwrapRefreshToken,
  type Keys,
} from '../../../contract-tests/wire/index.ts';
import { bodyDifferences, show } from './compare.ts';
import type { Check } from './format.ts';
import { siblingPath, valueAt } from './paths.ts';
import { fill, type Captures } from './template.ts';

interface CheckContext {
  /** The time of the operator's clock, Unix milliseconds. */
  now: number;
  keys: Keys;
  captures: Captures;
  /** The whole body, and the path of the value in it. */
  body: unknown;
  path: string;
}

type CheckOf<K extends Check['kind']> = Extract<Check, { kind: K }>;
type TokenCheck = CheckOf<'advertising_token' | 'refresh_token' | 'refresh_token_v2'>;

const dayInSeconds = 86_400;

function same(what: string, expected: unknown, got: unknown): string[] {
  return expected === got ? [] : [`${what} expected ${show(expected)}, got ${show(got)}`];
}

function text(value: unknown): string {
  if (typeof value !== 'string') {
    throw new Error(`expected text, got ${show(value)}`);
  }
  return value;
}

/** Times and fields of a decoded token; `stamps` are the members which must be now. */
function tokenProblems(check: TokenCheck, decoded: object, stamps: string[], now: number): string[] {
  const times = {
    ...Object.fromEntries(stamps.map((name) => [name, now])),
    expires: now + check.lifetime_ms,
    established: check.established === 'now' ? now : check.established,
  };
  const expected = { ...check.fields, ...times };
  const got = new Map<string, unknown>(Object.entries(decoded));
  return Object.entries(expected).flatMap(([name, value]) => same(name, value, got.get(name)));
}

function advertisingToken(
  value: unknown,
  check: CheckOf<'advertising_token'>,
  context: CheckContext,
): string[] {
  const token = text(value);
  const decoded = decodeAdvertisingToken(token, context.keys);
  const stamps = decoded.version === 2 ? [] : ['created', 'refreshed'];
  return [
    ...same('length', check.length, token.length),
    ...tokenProblems(check, decoded, stamps, context.now),
  ];
}

function refreshToken(value: unknown, check: CheckOf<'refresh_token'>, context: CheckContext): string[] {
  const token = text(value);
  return [
    ...same('length', check.length, token.length),
    ...tokenProblems(check, decodeRefreshToken(token, context.keys), ['created'], context.now),
  ];
}

function wrappedRefreshToken(
  value: unknown,
  check: CheckOf<'refresh_token_v2'>,
  context: CheckContext,
): string[] {
  const token = text(value);
  const wrapping = unwrapRefreshToken(token, context.keys);
  const decoded = decodeRefreshToken(wrapping.refreshToken, context.keys);
  return [
    ...same('length', check.length, token.length),
    ...same('scope_byte', check.scope_byte, wrapping.scopeByte),
    ...same('key_id', check.key_id, wrapping.keyId),
    ...bodyDifferences(['refresh_response_key', 'refresh_token'], wrapping.jsonKeys, new Set()),
    ...tokenProblems(check, decoded, ['created'], context.now),
  ];
}

function refreshResponseKey(value: unknown, _: unknown, context: CheckContext): string[] {
  const sibling = valueAt(context.body, siblingPath(context.path, 'refresh_token'));
  const { refreshResponseKey: inner } = unwrapRefreshToken(text(sibling), context.keys);
  return same('refresh_response_key beside its token', inner.toString('base64'), value);
}

function matches(value: unknown, check: CheckOf<'matches'>): string[] {
  const fits = new RegExp(`^(?:${check.regex})$`, 's').test(text(value));
  return fits ? [] : [`expected a match of ${check.regex}, got ${show(value)}`];
}

const checks: {
  [K in Check['kind']]: (value: unknown, check: CheckOf<K>, context: CheckContext) => string[];
} = {
  now_plus: (value, { ms }, { now }) => same(`now + ${ms}:`, now + ms, value),
  next_utc_midnight_seconds: (value, _, { now }) =>
    same('next midnight:', (Math.floor(now / 1000 / dayInSeconds) + 1) * dayInSeconds, value),
  equals: (value, check, { captures, keys }) => same('text', fill(check.value, captures, keys), value),
  matches,
  advertising_token: advertisingToken,
  refresh_token: refreshToken,
  refresh_token_v2: wrappedRefreshToken,
  refresh_response_key: refreshResponseKey,
};

function run<K extends Check['kind']>(check: CheckOf<K> & { kind: K }, context: CheckContext): string[] {
  return checks[check.kind](valueAt(context.body, context.path), check, context);
}

/** Why the value at `context.path` does not pass the check; empty when it does. */
export function checkProblems(check: Check, context: CheckContext): string[] {
  try {
    return run(check, context).map((problem) => `${context.path}: ${problem}`);
  } catch (error) {
    return [`${context.path}: ${error instanceof Error ? error.message : String(error)}`];
  }
}
