/** Shortens requests that are too long for a report. */

/** The beginning of a long text, marked as such. */
export const clip = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;

const BEGINNING = 120;

/** The request of a check about one item of its list; the item is added if the shortened request does not show it. */
export function sentItem(sent: string, item: string): string {
  const text = JSON.stringify(item);
  if (sent.length <= BEGINNING && (sent.includes(item) || sent.includes(text))) return sent;
  return `${clip(sent, BEGINNING)}, item ${text}`;
}
