/** Falsified fields inside tokens (Protocol §5.2, §5.4, §5.5). */
import type { Exchange } from './exchange.ts';
import * as routes from './families.ts';
import { ISSUING, type Family } from './families.ts';
import type { Falsification, Knowledge } from './falsification.ts';
import { inAdvertising, inRefresh, type AdvertisingLayers, type RefreshLayers } from './layers.ts';
import { inTokens } from './tokens.ts';

type Field = readonly [name: string, offset: number, bytes: 1 | 4 | 8];

const master: readonly Field[] = [
  ['expires', 0, 8],
  ['created', 8, 8],
  ['operator-site', 16, 4],
  ['operator-type', 20, 1],
  ['operator-version', 21, 4],
  ['operator-key', 25, 4],
];
const site: readonly Field[] = [
  ['site', 0, 4],
  ['publisher', 4, 8],
  ['client-key', 12, 4],
  ['privacy', 16, 4],
  ['established', 20, 8],
  ['refreshed', 28, 8],
];
const refresh: readonly Field[] = [
  ['expires', 0, 8],
  ['created', 8, 8],
  ['operator-site', 16, 4],
  ['operator-type', 20, 1],
  ['operator-version', 21, 4],
  ['operator-key', 25, 4],
  ['site', 29, 4],
  ['publisher', 33, 8],
  ['client-key', 41, 4],
  ['privacy', 45, 4],
  ['established', 49, 8],
];

/** Fields that are changed in the answers of all routes that issue tokens. */
const frequent = new Set(['expires', 'site', 'privacy', 'established']);

/** Times are five minutes off, and other numbers one. */
function change(layer: Buffer, [, offset, bytes]: Field): void {
  if (bytes === 1) layer.writeUInt8(layer.readUInt8(offset) ^ 1, offset);
  else if (bytes === 4) layer.writeInt32BE(layer.readInt32BE(offset) ^ 1, offset);
  else {
    const old = layer.readBigInt64BE(offset);
    layer.writeBigInt64BE(old > 1_000_000n ? old - 300_000n : old + 1n, offset);
  }
}

/** Another person's bytes. */
const flip = (layer: Buffer, offset: number): void => {
  layer.writeUInt8(layer.readUInt8(offset) ^ 0x55, offset);
};

const advertising = (
  family: Family,
  what: string,
  says: string,
  alter: (layers: AdvertisingLayers, exchange: Exchange) => void,
  seenBy: Knowledge = 'participants',
): Falsification =>
  inTokens(
    family,
    `inside/${what}`,
    says,
    (body, exchange) => {
      const token = String(body['advertising_token']);
      body['advertising_token'] = inAdvertising(exchange.operator, token, (layers) =>
        alter(layers, exchange),
      );
    },
    seenBy,
  );

const wrapped = (
  family: Family,
  what: string,
  says: string,
  alter: (layers: RefreshLayers, exchange: Exchange) => void,
  seenBy: Knowledge = 'world',
): Falsification =>
  inTokens(
    family,
    `inside-refresh/${what}`,
    says,
    (body, exchange) => {
      const token = String(body['refresh_token']);
      body['refresh_token'] = inRefresh(exchange.operator, token, (layers) => alter(layers, exchange));
    },
    seenBy,
  );

const ofFields = ISSUING.flatMap((family) => {
  const chosen = (fields: readonly Field[]): readonly Field[] =>
    fields.filter(([name]) => family === routes.GENERATE || frequent.has(name));
  return [
    ...chosen(master).map((field) =>
      advertising(family, field[0], `the field ${field[0]} is wrong`, (one) => change(one.master, field)),
    ),
    ...chosen(site).map((field) =>
      advertising(family, field[0], `the field ${field[0]} is wrong`, (one) => change(one.site, field)),
    ),
    ...chosen(refresh).map((field) =>
      wrapped(family, field[0], `the field ${field[0]} is wrong`, (one) => change(one.payload, field)),
    ),
    advertising(family, 'raw-uid', 'the raw UID is wrong', (one) => flip(one.site, 40), 'publisher'),
    wrapped(family, 'hash', 'the first-level hash is wrong', (one) => flip(one.payload, 60), 'publisher'),
  ];
});

const ofLayers = [
  advertising(
    routes.GENERATE,
    'site-key',
    "the site's layer has the key of another site",
    (one, exchange) => {
      one.master.writeUInt32BE(exchange.operator.otherKey(one.master.readUInt32BE(29)), 29);
    },
  ),
  advertising(routes.GENERATE, 'master-key', "the master layer has a site's key", (one, exchange) => {
    one.outer.writeUInt32BE(exchange.operator.otherKey(one.outer.readUInt32BE(2)), 2);
  }),
  advertising(
    routes.REFRESH,
    'now',
    'a refresh establishes the identity anew',
    (one) => void one.site.writeBigInt64BE(BigInt(Date.now()), 20),
  ),
  wrapped(routes.GENERATE, 'wrapper-key', 'the wrapper has another key', (one, exchange) => {
    one.wrapper.writeUInt32BE(exchange.operator.otherKey(one.wrapper.readUInt32BE(1)), 1);
  }),
  wrapped(routes.GENERATE, 'key', 'the refresh token has another key', (one, exchange) => {
    one.outer.writeUInt32BE(exchange.operator.otherKey(one.outer.readUInt32BE(2)), 2);
  }),
  wrapped(
    routes.GENERATE,
    'wrapper-scope',
    'the wrapper names the other scope',
    (one) => void one.wrapper.writeUInt8(0x10, 0),
    'publisher',
  ),
  wrapped(routes.GENERATE, 'type', 'the refresh token names the other type', (one) => {
    one.outer.writeUInt8(one.outer.readUInt8(0) ^ 4, 0);
    one.payload.writeUInt8(one.payload.readUInt8(57) ^ 4, 57);
  }),
];

export const fieldFalsifications = [...ofFields, ...ofLayers];
