/** Values of the command line as control calls take them, and of their answers as text. */

const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** A number where a text is one. */
export const numberOrText = (text: string): number | string => (NUMBER.test(text) ? Number(text) : text);

/** A number of things: `1 bucket`, `2 buckets`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
