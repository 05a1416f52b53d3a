/**
 * Whether a `Host` header names a host, with or without a port (RFC 3986 §3.2.2). The operator answers no HTTP/1.1 request
 * without one. What stands between brackets is not looked at.
 */

const HOST = /^(?:\[[^][^\]]*\]|[\w.~!$&'()*+,;=-]+)(?::(\d*))?$/;
const MAX_PORT = 65_535;

/** Most requests name the host that the one before named. */
let lastValid: string | undefined;

/** Undefined stands for no header. */
export function isValidHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  if (host === lastValid) return true;
  const named = HOST.exec(host);
  const isValid = named !== null && Number(named[1] ?? '') <= MAX_PORT;
  if (isValid) lastValid = host;
  return isValid;
}
