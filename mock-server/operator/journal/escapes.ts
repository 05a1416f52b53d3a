/** Text without escapes, so that what they hide is found. */

const characterOf = (_: string, hex: string): string => String.fromCharCode(parseInt(hex, 16));

/** Without percent escapes. Those that are not UTF-8 become a character for each byte. */
export const withoutPercents = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes.replace(/%(..)/g, characterOf);
    }
  });

/** Without percent escapes and those of JSON. */
export const withoutEscapes = (text: string): string =>
  withoutPercents(text.replace(/\\u([0-9a-f]{4})/gi, characterOf));
