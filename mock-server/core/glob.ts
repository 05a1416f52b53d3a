/** Globs in which `*` stands for any characters, slashes too. */

/** Whether a text has the form of a glob. It is read once, so that a long text takes no longer for many stars. */
export function matchesGlob(text: string, glob: string): boolean {
  const [start = '', ...parts] = glob.split('*');
  const end = parts.pop();
  if (end === undefined) return text === glob;
  if (!text.startsWith(start)) return false;
  let from = start.length;
  for (const part of parts) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return text.length >= from + end.length && text.endsWith(end);
}
