/** Compares what a page says that is printed with what was printed. */

/** What differs from run to run, and what both sides get in its place. */
const varying: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)/g, 'TIME'],
  // tokens and envelopes: the beginning says what they are
  [/(?<![\w+/-])([\w+/-]{3})[\w+/-]{97,}={0,2}/g, '$1-TOKEN'],
  [/\b[12]\d{12}\b/g, 'MILLISECONDS'],
  [/\b[12]\d{9}\b/g, 'SECONDS'],
  [/\b(duration_ms:?|time=) ?\d+(\.\d+)?/g, 'DURATION'],
  [/\b\d+(\.\d+)? ?m?s\b/g, 'DURATION'],
  [/\b\d+(\.\d+)? ?(seconds?|minutes?)\b/g, 'DURATION'],
];

const steady = (text: string): string =>
  varying.reduce((rest, [pattern, name]) => rest.replace(pattern, name), text);

/** JSON in one form; undefined for other text. */
function asJson(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const linesOf = (text: string): string[] =>
  steady(text)
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '');

/** Whether the lines occur among the others in this order, with others between them. */
function occur(expected: readonly string[], printed: readonly string[]): boolean {
  let from = 0;
  return expected.every((line) => {
    const place = printed.indexOf(line, from);
    from = place + 1;
    return place >= 0;
  });
}

/** Whether the text of the page is what was printed: blank lines, indentation and what varies apart. */
export function isPrinted(expected: string, printed: string, inPart: boolean): boolean {
  const [oneJson, otherJson] = [asJson(expected), asJson(printed)];
  if (oneJson !== undefined && otherJson !== undefined) return steady(oneJson) === steady(otherJson);
  const [lines, others] = [linesOf(expected), linesOf(printed)];
  return inPart ? occur(lines, others) : lines.join('\n') === others.join('\n');
}
