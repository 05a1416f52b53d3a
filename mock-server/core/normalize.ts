/**
 * Email and phone normalisation (Protocol §2.1, §2.2).
 *
 * Email, per UTF-16 code unit: only A-Z are folded. In the local part all spaces are removed; for gmail.com also all
 * dots, and everything from the first `+`. In the domain only trailing spaces are removed. A second `@` is invalid.
 * Nothing else is checked or changed.
 */

const SPACE = 0x20;
const GMAIL = 'gmail.com';

/** Most emails are canonical already. */
const PLAIN = /^[a-z0-9._+-]+@[a-z0-9.-]+$/;
const UPPER = /[A-Z]/;

function foldAscii(text: string): string {
  return UPPER.test(text) ? text.replace(/[A-Z]+/g, (upper) => upper.toLowerCase()) : text;
}

/** The canonical email, or undefined when the operator calls it invalid. */
export function normalizeEmail(email: string): string | undefined {
  if (PLAIN.test(email) && !email.endsWith(GMAIL)) return email;
  const folded = foldAscii(email);
  const at = folded.indexOf('@');
  if (at < 0 || folded.includes('@', at + 1)) return undefined;

  let end = folded.length;
  while (folded.charCodeAt(end - 1) === SPACE) end--;
  const domain = folded.slice(at + 1, end);
  if (domain === '') return undefined;

  const full = folded.slice(0, at).replaceAll(' ', '');
  const local = domain === GMAIL ? gmailLocalPart(full) : full;
  return local === '' ? undefined : `${local}@${domain}`;
}

function gmailLocalPart(local: string): string {
  const plus = local.indexOf('+');
  return (plus < 0 ? local : local.slice(0, plus)).replaceAll('.', '');
}

/** The phone itself when it is `+` and 10 to 15 ASCII digits, else undefined. */
export function normalizePhone(phone: string): string | undefined {
  return /^\+[0-9]{10,15}$/.test(phone) ? phone : undefined;
}
