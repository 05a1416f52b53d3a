/** From an `Origin` header to the domain that a site lists (Protocol §8.5). */

const KNOWN_SCHEME = /^(?:https?|ftp):\/\//i;
const LOCALHOST = /^(?:[^.]+\.)?localhost$/;

/** Registrable domain (public suffix and one label) of an origin; undefined for IPs, suffixes and what is no URL. */
export async function registrableDomain(origin: string): Promise<string | undefined> {
  if (!KNOWN_SCHEME.test(origin) || !URL.canParse(origin)) return undefined;
  const host = new URL(origin).hostname.toLowerCase().replace(/\.$/, '');
  if (LOCALHOST.test(host)) return 'localhost';
  // the suffix list is large and only client-side generation asks for it
  const { parse } = await import('tldts');
  const parsed = parse(host, { allowPrivateDomains: true });
  return (parsed.isIcann ?? false) || (parsed.isPrivate ?? false) ? (parsed.domain ?? undefined) : undefined;
}
