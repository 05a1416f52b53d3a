/** Bytes that were written in a base other than 16 and 64. */

const HASH_LENGTH = 32;

/** The 32 bytes of a whole number; a negative one is in two's complement. */
export function integerBytes(text: string): Uint8Array {
  return bytesOf(BigInt.asUintN(HASH_LENGTH * 8, BigInt(text)));
}

function bytesOf(number: bigint): Uint8Array {
  const hex = number.toString(16).padStart(HASH_LENGTH * 2, '0');
  return Uint8Array.from({ length: hex.length >> 1 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

/** The digits of a base, how many write 32 bytes, and how many bits are left over behind them. */
const bases = {
  base32: { digits: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', looks: /^[A-Z2-7]{52}={0,4}$/i, left: 4n },
  base32hex: { digits: '0123456789ABCDEFGHIJKLMNOPQRSTUV', looks: /^[0-9A-V]{52}={0,4}$/i, left: 4n },
  base58: {
    digits: '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz',
    looks: /^[1-9A-HJ-NP-Za-km-z]{42,44}$/,
    left: 0n,
  },
} as const;

/** The 32 bytes that a text writes in a base; undefined when it does not. */
export function textInBase(text: string, base: keyof typeof bases): Uint8Array | undefined {
  const { digits, looks, left } = bases[base];
  if (!looks.test(text)) return undefined;
  const size = BigInt(digits.length);
  const folded = base === 'base58' ? text : text.toUpperCase().replace(/=+$/, '');
  let number = 0n;
  for (const digit of folded) number = number * size + BigInt(digits.indexOf(digit));
  number >>= left;
  return number >> BigInt(HASH_LENGTH * 8) === 0n ? bytesOf(number) : undefined;
}
