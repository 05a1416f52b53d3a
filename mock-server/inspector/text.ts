/** Values as text: never as markup, and without characters that could hide or turn what stands around them. */

/** Controls, line and paragraph separators, and what changes the direction of writing. */
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

const nameOf = (character: string): string =>
  `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;

/** A text with its hidden characters named. */
export const shown = (text: string): string => text.replace(HIDDEN, nameOf);

/** The beginning of a text, on one line. */
export const brief = (text: string, most = 200): string =>
  shown(text.length > most ? `${text.slice(0, most)}…` : text).replace(/[\t\n]/g, ' ');

/** JSON for people. */
export function shownJson(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? 'null';
}

/** The time of day of epoch ms, in UTC: 13:05:09.123. */
export function timeOfDay(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? '-' : date.toISOString().slice(-13, -1);
}

/** Date and time of epoch ms, in UTC. */
export function dateAndTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime())
    ? '-'
    : date
        .toISOString()
        .replace('T', ' ')
        .replace(/\.000Z$|Z$/, ' UTC');
}

/** A duration for people: 0.4 ms, 12 ms, 3.2 s. */
export function durationText(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(1)} s`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** How long a span is, in its two largest units: 1 d 2 h. */
export function spanText(ms: number): string {
  let rest = Math.abs(ms);
  const parts: string[] = [];
  for (const [unit, length] of UNITS) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(`${count} ${unit}`);
    if (parts.length === 2) break;
  }
  return parts.join(' ') || `${Math.round(rest)} ms`;
}

/** What a failure says to the user. */
export const messageFrom = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
