/** Every falsification. */
import { acceptedClients } from './accepted-clients.ts';
import { acceptedEnvelopes } from './accepted-envelopes.ts';
import { acceptedKeys } from './accepted-keys.ts';
import { acceptedRequests } from './accepted-requests.ts';
import { acceptedTokens } from './accepted-tokens.ts';
import { envelopeFalsifications } from './envelopes.ts';
import type { Exchange } from './exchange.ts';
import type { Falsification } from './falsification.ts';
import { headerFalsifications } from './headers.ts';
import { memberFalsifications } from './members.ts';
import { refusalFalsifications } from './refusals.ts';
import { refusedClients } from './refused-clients.ts';
import { spellingFalsifications } from './spellings.ts';
import { statusFalsifications } from './statuses.ts';
import { fieldFalsifications } from './token-fields.ts';
import { tokenFalsifications } from './tokens.ts';

const everywhere: readonly Falsification[] = [
  ...headerFalsifications,
  ...memberFalsifications,
  ...statusFalsifications,
  ...envelopeFalsifications,
  ...tokenFalsifications,
  ...fieldFalsifications,
  ...acceptedKeys,
  ...acceptedEnvelopes,
  ...acceptedRequests,
  ...acceptedTokens,
  ...acceptedClients,
  ...spellingFalsifications,
  ...refusalFalsifications,
  ...refusedClients,
];

/** The same falsifications, applied to the first matching exchange only. */
const FIRST = [
  'headers/no-vary@generate',
  'headers/charset@generate',
  'status/200-201@generate',
  'members/body.identity_expires-changed@generate',
  'members/body.refresh_token-removed@generate',
  'members/body.-added@generate',
  'envelope/nonce@generate',
  'envelope/time-late@generate',
  'envelope/tag@generate',
  'tokens/letter@generate',
  'tokens/noise@generate',
  'tokens/seconds@generate',
];

const first = (one: Falsification): Falsification => ({
  ...one,
  id: `first/${one.id}`,
  says: `only in the first answer: ${one.says}`,
  answer(exchange: Exchange) {
    if (exchange.memory.has('first')) return;
    one.answer?.(exchange);
    if (exchange.changed) exchange.memory.set('first', true);
  },
});

export const falsifications: readonly Falsification[] = [
  ...everywhere,
  ...everywhere.filter(({ id }) => FIRST.includes(id)).map(first),
];
