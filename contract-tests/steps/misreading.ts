/** Wrong rules of normalisation (Protocol §2.1), so that a report can name the one that explains a wrong person. */
import { hashText, isPhone, type Identity } from '../target/identities.ts';

interface Rules {
  fold: (address: string) => string;
  /** Of the part before the at sign. */
  blanks: (local: string) => string;
  losesDots: (domain: string) => boolean;
  losesSuffix: (domain: string) => boolean;
}

const isGmail = (domain: string): boolean => domain === 'gmail.com';
const isGoogle = (domain: string): boolean => isGmail(domain) || domain === 'googlemail.com';
const always = (): boolean => true;
const never = (): boolean => false;

const RIGHT: Rules = {
  fold: (address) => address.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
  blanks: (local) => local.replaceAll(' ', ''),
  losesDots: isGmail,
  losesSuffix: isGmail,
};

/** Normalises an address by the right rules, with some of them replaced. */
const by =
  (wrong: Partial<Rules>) =>
  (address: string): string => {
    const { fold, blanks, losesDots, losesSuffix } = { ...RIGHT, ...wrong };
    const [local = '', domain = ''] = fold(address).split('@');
    const end = domain.replace(/ +$/, '');
    const kept = losesSuffix(end) ? blanks(local).replace(/\+.*/s, '') : blanks(local);
    return `${losesDots(end) ? kept.replaceAll('.', '') : kept}@${end}`;
  };

type Misreading = readonly [cause: string, normalize: (text: string) => string];

const OF_ADDRESSES: readonly Misreading[] = [
  ['the letters are not folded to lower case', by({ fold: (address) => address })],
  ['letters outside ASCII are folded too', by({ fold: (address) => address.toLowerCase() })],
  ['googlemail.com is treated as gmail.com', by({ losesDots: isGoogle, losesSuffix: isGoogle })],
  ['dots are removed for every domain', by({ losesDots: always })],
  ['the +suffix is removed for every domain', by({ losesSuffix: always })],
  ['the rules of gmail.com are applied to every domain', by({ losesDots: always, losesSuffix: always })],
  ['the dots are kept for gmail.com', by({ losesDots: never })],
  ['the +suffix is kept for gmail.com', by({ losesSuffix: never })],
  ['gmail.com is treated as every other domain', by({ losesDots: never, losesSuffix: never })],
  ['inner spaces are kept', by({ blanks: (local) => local.replace(/^ +| +$/g, '') })],
  ['white space other than the space is trimmed too', (address) => by({})(address.trim())],
  ['all white space is removed', (address) => by({})(address.replace(/\s/g, ''))],
  ['nothing is normalised', (address) => address],
];

const OF_PHONES: readonly Misreading[] = [
  ['the plus sign of a phone number is not hashed with it', (phone) => phone.replace('+', '')],
  ['zeros after the plus sign of a phone number are removed', (phone) => phone.replace(/^\+0+/, '+')],
];

const OF_HASHING: readonly Misreading[] = [
  ['a line feed is hashed with the identifier', (normalized) => `${normalized}\n`],
  ['the identifier is hashed twice', hashText],
];

/** The forms of an identifier by each wrong rule, without its normal form. */
function wrongForms({ kind, value }: Identity, normalized: string): [cause: string, form: string][] {
  if (kind.endsWith('hash')) return [];
  const rules = isPhone({ kind, value }) ? OF_PHONES : OF_ADDRESSES;
  const forms = [
    ...rules.map(([cause, normalize]): [string, string] => [cause, normalize(value)]),
    ...OF_HASHING.map(([cause, hash]): [string, string] => [cause, hash(normalized)]),
  ];
  const isFirst = (form: string, index: number): boolean =>
    forms.findIndex(([, one]) => one === form) === index;
  return forms.filter(([, form], index) => form !== normalized && isFirst(form, index));
}

/** The first wrong rule that explains another person: `isForm` holds for the hash of its form. */
export async function misreadingOf(
  identity: Identity,
  normalized: string,
  isForm: (form: Identity) => Promise<boolean>,
  otherwise = 'the identifier is normalised or hashed in another way than by the usual mistakes',
): Promise<string> {
  const kind = isPhone(identity) ? 'phone_hash' : 'email_hash';
  for (const [cause, form] of wrongForms(identity, normalized))
    if (await isForm({ kind, value: hashText(form) })) return cause;
  return otherwise;
}
