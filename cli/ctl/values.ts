/** Values of the command line as control calls take them. */

const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** A number where a text is one. */
export const numberOrText = (text: string): number | string => (NUMBER.test(text) ? Number(text) : text);
