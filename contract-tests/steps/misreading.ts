/** Wrong rules of normalisation (Protocol §2.1), to name the one that explains a wrong raw UID. */
import { hashText } from '../target/identities.ts';
import { expectedIdentity } from '../target/world-identities.ts';
import type { World } from '../target/world.ts';

const lower = (address: string): string => address.trim().toLowerCase();
const withoutDots = (address: string): string => address.replace(/\.(?=[^@]*@)/g, '');
const withoutSuffix = (address: string): string => address.replace(/\+[^@]*@/, '@');
const withoutBlanks = (address: string): string => address.replaceAll(' ', '');

const MISREADINGS: readonly (readonly [cause: string, normalize: (address: string) => string])[] = [
  ['the letters are not folded to lower case', (address) => address.trim()],
  ['nothing is normalised', (address) => address],
  ['letters outside ASCII are folded too', lower],
  ['dots are removed for every domain', (address) => withoutDots(lower(address))],
  ['the +suffix is removed for every domain', (address) => withoutSuffix(lower(address))],
  ['the +suffix is kept for gmail.com', (address) => withoutBlanks(withoutDots(lower(address)))],
  ['the dots are kept for gmail.com', (address) => withoutBlanks(withoutSuffix(lower(address)))],
  ['inner spaces are kept', (address) => address.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase())],
  ['all white space is removed', (address) => address.toLowerCase().replace(/\s/g, '')],
];

/** The wrong rule by which an address gets this raw UID, as a likely cause. */
export function likelyMisreading(world: World | undefined, address: string, rawUid: string): string {
  const found = MISREADINGS.find(([, normalize]) => {
    const hash = Buffer.from(hashText(normalize(address)), 'base64');
    return expectedIdentity(world, hash, 0, Date.now())?.rawUid === rawUid;
  });
  return found?.[0] ?? 'the identifier is normalised or hashed in another way';
}
