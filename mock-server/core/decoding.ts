/** Decoders for texts that may be written in another encoding than the protocol's. */

const HEX = /^[0-9a-f]+$/i;
const HEX_PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hex digits. */
export const hexOf = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += HEX_PAIRS[byte] ?? '';
  return text;
};

/** The bytes of hex digits in either case; undefined when the text is empty, or not whole pairs of hex digits. */
export const bytesOfHex = (text: string): Uint8Array | undefined =>
  text.length % 2 === 0 && HEX.test(text)
    ? Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16))
    : undefined;

/** The text without percent-encoding; undefined when an escape is invalid. */
export const percentDecoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};
