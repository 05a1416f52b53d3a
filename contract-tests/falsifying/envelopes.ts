/** Falsified envelopes of answers (Protocol §7.2, §7.4). */
import { HEAD, type Exchange, type SealedParts } from './exchange.ts';
import * as routes from './families.ts';
import type { Family } from './families.ts';
import type { Falsification } from './falsification.ts';

const inAnswer = (
  { name, seenBy, profile, has }: Family,
  what: string,
  says: string,
  change: (exchange: Exchange, opened: SealedParts) => void,
): Falsification => ({
  id: `envelope/${what}@${name}`,
  says,
  seenBy,
  profile,
  answer(exchange) {
    if (!has(exchange)) return;
    const opened = exchange.open();
    if (!opened) return;
    const before = exchange.answer?.body;
    change(exchange, opened);
    exchange.changed ||= exchange.answer?.body !== before;
  },
});

/** Changes parts and seals them again. */
const sealed =
  (change: (opened: SealedParts, exchange: Exchange) => Partial<SealedParts>) =>
  (exchange: Exchange, opened: SealedParts): void => {
    exchange.seal({ ...opened, ...change(opened, exchange) });
  };

/** Changes the body as it is sent. */
const asText =
  (change: (text: string) => string) =>
  ({ answer, isBinary }: Exchange): void => {
    if (answer && !isBinary) answer.body = Buffer.from(change(answer.body.toString()));
  };

const asBytes =
  (change: (bytes: Buffer) => Buffer) =>
  ({ answer, isBinary }: Exchange): void => {
    if (!answer) return;
    const changed = change(isBinary ? answer.body : Buffer.from(answer.body.toString(), 'base64'));
    answer.body = isBinary ? changed : Buffer.from(changed.toString('base64'));
  };

/** Time and nonce with another time. */
const withTime = (head: Buffer, time: (old: bigint) => bigint): Buffer => {
  const copy = Buffer.from(head);
  copy.writeBigInt64BE(time(copy.readBigInt64BE()));
  return copy;
};

const flipped = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  const index = (at + copy.length) % copy.length;
  copy.writeUInt8(copy.readUInt8(index) ^ 1, index);
  return copy;
};

const nextIv = ({ memory }: Exchange): Buffer => {
  const count = (memory.get('iv') as number | undefined) ?? 0;
  memory.set('iv', count + 1);
  const iv = Buffer.alloc(12, 1);
  iv.writeUInt32BE(count, 8);
  return iv;
};

type Row = readonly [what: string, says: string, change: (exchange: Exchange, opened: SealedParts) => void];

/** Time and nonce, which answers to refresh and client-generate do not have. */
const heads: readonly Row[] = [
  ['nonce', 'one bit of the nonce is another', sealed(({ head }) => ({ head: flipped(head, 8) }))],
  [
    'nonce-zero',
    'the nonce is zero',
    sealed(({ head }) => ({ head: Buffer.concat([head.subarray(0, 8), Buffer.alloc(8)]) })),
  ],
  [
    'time-seconds',
    'the time is in seconds',
    sealed(({ head }) => ({ head: withTime(head, (time) => time / 1000n) })),
  ],
  ['time-zero', 'the time is zero', sealed(({ head }) => ({ head: withTime(head, () => 0n) }))],
  [
    'time-late',
    'the time is two minutes off',
    sealed(({ head }) => ({ head: withTime(head, (time) => time - 125_000n) })),
  ],
  [
    'time-echoed',
    'the time is that of the request',
    sealed(({ head }, exchange) => ({ head: exchange.openRequest()?.head ?? head })),
  ],
];

const others: readonly Row[] = [
  ['iv-constant', 'the IV is constant', sealed(() => ({ iv: Buffer.alloc(12, 9) }))],
  ['iv-counted', 'the IV is a counter', sealed((_, exchange) => ({ iv: nextIv(exchange) }))],
  ['tag', 'one bit of the tag is another', asBytes((bytes) => flipped(bytes, -1))],
  ['version', 'there is a version byte', asBytes((bytes) => Buffer.concat([Buffer.of(1), bytes]))],
  ['unpadded', 'base64 has no padding', asText((text) => text.replace(/=+$/, ''))],
  [
    'url',
    'base64 is of the URL alphabet',
    asText((text) => Buffer.from(text, 'base64').toString('base64url')),
  ],
  ['newline', 'base64 ends with a line break', asText((text) => `${text}\n`)],
  [
    'plain',
    'the answer is plain JSON',
    ({ answer }, { text }) => {
      if (answer) answer.body = Buffer.from(text);
    },
  ],
  ['trailing', 'something follows the JSON', sealed(({ text }) => ({ text: `${text}}` }))],
];

/** Bytes for text, and text for bytes. */
const swapped: readonly Row[] = [
  [
    'bytes',
    'the answer to text is bytes',
    ({ answer, isBinary }) => {
      if (!answer || isBinary) return;
      answer.body = Buffer.from(answer.body.toString(), 'base64');
      answer.headers['content-type'] = 'application/octet-stream';
    },
  ],
  [
    'text',
    'the answer to bytes is text',
    ({ answer, isBinary }) => {
      if (!answer || !isBinary) return;
      answer.body = Buffer.from(answer.body.toString('base64'));
      answer.headers['content-type'] = 'text/plain';
    },
  ],
];

/** Layouts of the other kind of answer. */
const layouts: readonly Row[] = [
  [
    'with-head',
    'time and nonce stand before the JSON',
    sealed(({ text }) => ({ head: Buffer.alloc(HEAD, 1), text })),
  ],
  ['other-key', 'the answer is sealed with another key', sealed(({ key }) => ({ key: flipped(key, 0) }))],
];

const ofFamily = (family: Family, rows: readonly Row[]): Falsification[] =>
  rows.map(([what, says, change]) => inAnswer(family, what, says, change));

const named = (rows: readonly Row[], ...names: string[]): Row[] =>
  rows.filter(([what]) => names.includes(what));

export const envelopeFalsifications = [
  ...ofFamily(routes.GENERATE, [...heads, ...others, ...swapped, ...named(layouts, 'other-key')]),
  ...ofFamily(routes.VALIDATE, [...heads, ...named(others, 'iv-constant', 'tag', 'plain'), ...swapped]),
  ...ofFamily(routes.REFRESH, [...others, ...swapped, ...layouts]),
  ...ofFamily(routes.CLIENT_GENERATE, [
    ...named(others, 'iv-constant', 'iv-counted', 'tag', 'plain', 'unpadded'),
    ...layouts,
  ]),
  ...[routes.MAP, routes.MAP_V3, routes.SHARING, routes.STATUS].flatMap((family) =>
    ofFamily(family, [
      ...named(heads, 'nonce', 'time-late', 'time-echoed'),
      ...named(others, 'iv-constant'),
      ...swapped,
    ]),
  ),
];
