/**
 * Compares texts without regard to case as Java's `equalsIgnoreCase` does: each character is converted to upper case,
 * and that to lower case. A conversion to several characters is skipped. So `ı` and `İ` equal `i`, `ſ` equals `s`.
 */

const keepSingle = (converted: string, character: string): string =>
  [...converted].length === 1 ? converted : character;

function folded(character: string): string {
  // its lower case has two characters in JavaScript, and one in Java
  if (character === 'İ') return 'i';
  const capital = keepSingle(character.toUpperCase(), character);
  return keepSingle(capital.toLowerCase(), capital);
}

const foldCase = (text: string): string => text.replace(/./gsu, folded);

export const equalsIgnoringCase = (a: string, b: string): boolean =>
  a.length === b.length && foldCase(a) === foldCase(b);
