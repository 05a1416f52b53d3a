/** Logging out (which is opting out) and asking who is opted out (Protocol §8.4, §8.11). */

import { type JsonObject, jsonText } from '../core/json.ts';
import { OperatorError } from '../core/operator-error.ts';
import { type Located, type Operator, addOptOut, rawUidOf } from './operator.ts';

/** What an operator sends to its opt-out service; the mock has none and sends nothing. */
export interface OptOutServiceCall {
  readonly method: 'GET' | 'POST';
  readonly query: { readonly identity_hash: string; readonly advertising_id: string };
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, string>> | null;
}

/** The members of a logout request that are handed on, under the names the service knows. */
const HANDED_ON = { email: 'email', phone: 'phone', clientIp: 'client_ip' } as const;

/**
 * The call an operator of the profile makes to the opt-out service for a logout.
 *
 * @param payload the request's plain JSON
 * @param traceId header `UID-Trace-Id` of the request
 */
export function optOutServiceCall(
  operator: Operator,
  located: Located,
  payload: JsonObject,
  traceId?: string,
): OptOutServiceCall {
  const query = { identity_hash: located.flh, advertising_id: rawUidOf(operator, located) };
  const trace = traceId === undefined ? {} : { 'uid-trace-id': traceId };
  if (operator.profile.optOutCall === 'GET') return { method: 'GET', query, headers: trace, body: null };
  const body: Record<string, string> = {};
  for (const [from, to] of Object.entries(HANDED_ON)) {
    const text = jsonText(payload[from]);
    if (text !== undefined) body[to] = text;
  }
  return { method: 'POST', query, headers: { 'content-type': 'application/json', ...trace }, body };
}

/**
 * Opts an identity out, at once where the profile says so; elsewhere the effect would come minutes later through
 * the service. Without such a service the operator fails.
 */
export function logOut(operator: Operator, located: Located): void {
  if (!operator.world.optout_service_configured) throw new Error('no opt-out service is configured');
  if (operator.profile.logoutOptsOut) addOptOut(operator, located, operator.clock.now());
}

/** The opted-out ones of a list of raw UIDs, in its order, with the time in ms. */
export function optOutStatus(operator: Operator, payload: JsonObject | undefined) {
  if (payload === undefined) throw new OperatorError('status_body_missing');
  const ids = payload.advertising_ids;
  if (ids === undefined || ids === null) throw new OperatorError('status_ids_missing');
  if (!Array.isArray(ids)) throw new OperatorError('unknown');
  if (ids.length > operator.world.optout_status_max_request_size) throw new OperatorError('status_too_many');
  return ids.flatMap((id: unknown) => {
    const advertising_id = jsonText(id) ?? '';
    const since = operator.optOuts.sinceOf(advertising_id);
    return since === undefined ? [] : [{ advertising_id, opted_out_since: since }];
  });
}
