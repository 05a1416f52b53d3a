/** The domain of an `Origin` header, as sites list it (Protocol §8.5). */

/** Scheme, an optional user, host and an optional port; anything may follow. */
const URL_WITH_HOST = /^(?:https?|ftp|file):\/\/(?:[^@/?#]*@)?([^@:/?#]+)(?::([+-]?\d*))?(?:[/?#]|$)/i;
const LAST_PORT = 2 ** 31 - 1;
const IDEOGRAPHIC_DOTS = /[\u3002\uff0e\uff61]/g;
/** Letters, digits, and inner dashes or underscores; characters beyond ASCII are not checked. */
const LABEL = /^(?![-_])[a-z0-9_\u0080-\uffff-]{1,63}(?<![-_])$/;
const LOCALHOST = /^(?:[^.]+\.)?localhost$/;
const MAX_HOST_LENGTH = 253;

/** The host in lower case without a trailing dot; undefined when it is neither a domain name nor an IPv4 address. */
function domainName(origin: string): string | undefined {
  const [, host = '', port = ''] = URL_WITH_HOST.exec(origin.trim()) ?? [];
  const name = host
    .replace(IDEOGRAPHIC_DOTS, '.')
    .replace(/\.$/, '')
    .replace(/[A-Z]/g, (upper) => upper.toLowerCase());
  const isValid =
    Number(port) >= -1 &&
    Number(port) <= LAST_PORT &&
    name.length <= MAX_HOST_LENGTH &&
    name.split('.').every((label) => LABEL.test(label));
  return isValid ? name : undefined;
}

/** Registrable domain (public suffix and one label) of an origin; undefined for IPs, suffixes and invalid URLs. */
export async function registrableDomain(origin: string): Promise<string | undefined> {
  const name = domainName(origin);
  if (name === undefined) return undefined;
  if (LOCALHOST.test(name)) return 'localhost';
  // the suffix list is large, and only client-side generation needs it
  const { parse } = await import('tldts');
  const parsed = parse(name, { allowPrivateDomains: true, extractHostname: false, validateHostname: false });
  return parsed.isIcann === true || parsed.isPrivate === true ? (parsed.domain ?? undefined) : undefined;
}
