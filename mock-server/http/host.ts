/**
 * Whether a `Host` header names a host, with or without a port (RFC 3986 §3.2.2). The operator answers no HTTP/1.1 request
 * without one. What stands between brackets is not looked at.
 */

const HOST = /^(?:\[[^][^\]]*\]|[\w.~!$&'()*+,;=-]+)(?::(\d*))?$/;
const MAX_PORT = 65_535;

/** Undefined stands for no header. */
export function isValidHost(host: string | undefined): boolean {
  const named = host === undefined ? null : HOST.exec(host);
  return named !== null && Number(named[1] ?? '') <= MAX_PORT;
}
