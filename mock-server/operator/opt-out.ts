/** Logout, which opts an identity out, and the opt-out status of raw UIDs (Protocol §8.4, §8.11). */

import { BASE64_ALPHABET, sextet } from '../core/base64.ts';
import { type JsonObject, jsonText } from '../core/json.ts';
import { absentMember } from '../core/member-faults.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { Reason } from '../core/reasons.ts';
import type { Deployment } from './deployment.ts';
import { type Located, rawUidOf } from './identity.ts';
import type { OptOut } from './state/opt-outs.ts';
import type { State } from './state/state.ts';

/** ms; undefined when no opt-out of the identity is recorded */
export function optOutSince(
  deployment: Deployment,
  { optOuts }: State,
  located: Located,
): number | undefined {
  const since = optOuts.since(located.flh, deployment.optOuts);
  if (since !== undefined || !optOuts.hasBareRawUids()) return since;
  return optOuts.sinceOf(keptRawUid(deployment, located), deployment.optOuts);
}

/** Why an identity counts as opted out. */
export const optOutReason = ({ testKind }: Located): Reason =>
  testKind === undefined ? 'opted_out' : 'opted_out_test_identity';

/** Whether generate and map refuse the identity. */
export const isRefused = (deployment: Deployment, state: State, located: Located): boolean =>
  deployment.rules.isOptedOut(located.testKind, optOutSince(deployment, state, located));

/**
 * The record of an opt-out at `since` (ms). The opt-out file keeps six bits of the first byte of 33-byte raw UIDs, so
 * optout/status never finds those of the environments integ and prod (Protocol §8.11).
 */
export const optOutOf = (deployment: Deployment, located: Located, since: number): OptOut => ({
  flh: located.flh,
  rawUid: keptRawUid(deployment, located),
  since,
});

const RAW_UID_LENGTHS: ReadonlySet<number> = new Set([32, 33]);

/** The text of a raw UID (base64) as the opt-out file keeps it; undefined when it is not a raw UID. */
export function keptText({ primitives }: Deployment, rawUid: string): string | undefined {
  const bytes = primitives.fromBase64(rawUid);
  if (bytes === undefined || !RAW_UID_LENGTHS.has(bytes.length)) return undefined;
  return keptForm(primitives.toBase64(bytes));
}

/** A raw UID in padded base64 as it is kept. Its first character has the first six bits; of 32 bytes it ends in `=`. */
const keptForm = (rawUid: string): string =>
  rawUid.endsWith('=') ? rawUid : BASE64_ALPHABET.charAt(sextet(rawUid, 0) & 0x0f) + rawUid.slice(1);

const keptRawUid = (deployment: Deployment, located: Located): string =>
  keptForm(rawUidOf(deployment, located));

/** What an operator sends to its opt-out service; the mock has none and sends nothing. */
interface OptOutServiceCall {
  readonly method: 'GET' | 'POST';
  readonly query: { readonly identity_hash: string; readonly advertising_id: string };
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, string>> | null;
}

/** The members of a logout request that are passed on, with their names in the call to the service. */
const PASSED_ON = { email: 'email', phone: 'phone', clientIp: 'client_ip' } as const;

/**
 * The call an operator of the profile makes to the opt-out service for a logout.
 *
 * @param payload the request's plain JSON
 * @param traceId header `UID-Trace-Id` of the request
 */
export function optOutServiceCall(
  deployment: Deployment,
  located: Located,
  payload: JsonObject,
  traceId?: string,
): OptOutServiceCall {
  const query = { identity_hash: located.flh, advertising_id: rawUidOf(deployment, located) };
  const trace = traceId === undefined ? {} : { 'uid-trace-id': traceId };
  if (deployment.profile.optOutCall === 'GET') return { method: 'GET', query, headers: trace, body: null };
  const body: Record<string, string> = {};
  for (const [from, to] of Object.entries(PASSED_ON)) {
    const text = jsonText(payload[from]);
    if (text !== undefined) body[to] = text;
  }
  return { method: 'POST', query, headers: { 'content-type': 'application/json', ...trace }, body };
}

/**
 * Opts an identity out, at once where the profile says so; elsewhere the effect would come minutes later through
 * the service. Without such a service the operator fails.
 */
export async function logOut(deployment: Deployment, state: State, located: Located): Promise<void> {
  if (!deployment.world.optout_service_configured) {
    throw new OperatorError('unknown', 'optout_service_absent');
  }
  if (!deployment.profile.logoutOptsOut) return;
  await state.optOuts.add(optOutOf(deployment, located, state.clock.now()));
}

const IDS = 'advertising_ids';

/** The opted-out raw UIDs of a list, in its order, with their times in ms. */
export function optOutStatus(deployment: Deployment, state: State, payload: JsonObject | undefined) {
  if (payload === undefined) throw new OperatorError('status_body_missing', 'payload_absent');
  const ids = payload[IDS];
  if (ids === undefined || ids === null) {
    const reasons = { absent: 'status_ids_absent', misnamed: 'member_misnamed' } as const;
    throw new OperatorError('status_ids_missing', ...absentMember(Object.keys(payload), [IDS], reasons));
  }
  if (!Array.isArray(ids)) throw new OperatorError('unknown', 'status_ids_not_a_list');
  const limit = deployment.world.optout_status_max_request_size;
  if (ids.length > limit) {
    throw new OperatorError('status_too_many', 'status_ids_too_many', { count: ids.length, limit });
  }
  return ids.flatMap((id: unknown) => {
    const advertising_id = jsonText(id) ?? '';
    const since = state.optOuts.sinceOf(advertising_id, deployment.optOuts);
    return since === undefined ? [] : [{ advertising_id, opted_out_since: since }];
  });
}
