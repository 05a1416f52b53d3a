/**
 * Whether a `Host` header names a host, with or without a port (RFC 3986 §3.2.2). The operator refuses an
 * HTTP/1.1 request without one. The text between brackets is not checked.
 */

const HOST = /^(?:\[[^][^\]]*\]|[\w.~!$&'()*+,;=-]+)(?::(\d*))?$/;
const MAX_PORT = 65_535;

/** The last valid host: most requests name the same host as the request before. */
let lastValid: string | undefined;

/** @param host undefined when the header is missing */
export function isValidHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  if (host === lastValid) return true;
  const named = HOST.exec(host);
  const isValid = named !== null && Number(named[1] ?? '') <= MAX_PORT;
  if (isValid) lastValid = host;
  return isValid;
}
