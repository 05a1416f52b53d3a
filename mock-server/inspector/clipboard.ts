/** Copies text. */

/** Copies where the browser has no clipboard for pages, as on plain HTTP under a name other than localhost. */
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'unseen';
  document.body.append(area);
  area.select();
  try {
    // there is no other way without a secure context
    return document.execCommand('copy');
  } finally {
    area.remove();
  }
}

/** Copies a text. Gives whether that worked. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}
