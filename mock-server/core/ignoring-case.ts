/**
 * Texts compared without regard to case as Java's `equalsIgnoreCase` does: character by character, each turned into its
 * capital and that into its small letter, where these are one character each. So `ı` and `İ` equal `i`, `ſ` equals `s`.
 */

const one = (turned: string, character: string): string => ([...turned].length === 1 ? turned : character);

function folded(character: string): string {
  // the only one whose small letter is two characters here, and one there
  if (character === 'İ') return 'i';
  const capital = one(character.toUpperCase(), character);
  return one(capital.toLowerCase(), capital);
}

const foldCase = (text: string): string => [...text].map(folded).join('');

export const equalsIgnoringCase = (a: string, b: string): boolean =>
  a === b || (a.length === b.length && foldCase(a) === foldCase(b));
