/** Why the target answered so: the reason of the mock where both answer alike, else what the proxy itself can tell. */

import { isJsonObject } from '../core/json.ts';
import { parseJsonBytes } from '../core/json-reading.ts';
import { type Fault, shownText } from '../core/reasons.ts';
import { fromUtf8 } from '../core/text.ts';
import type { Exchange } from '../operator/exchange.ts';
import type { Clocks } from './clocks.ts';
import type { PassedExchange, PassedAnswer } from './passed.ts';
import type { OpenedExchange } from './reading.ts';

/** A passed exchange, and what could be opened of it. */
export interface ReadExchange {
  readonly passed: PassedExchange;
  readonly read: OpenedExchange;
}

/** What the mock answered to the same request, and why. */
export interface MockAnswer extends ReadExchange {
  readonly exchange: Exchange;
}

const REFUSED = 400;
const UNAUTHORIZED = 401;
const LONG_RUN = /[A-Za-z0-9+/_=%-]{24,}/g;
const ADDRESS = /\S*(?:@|%40)\S*/g;

/** A text of an answer without what may be a token, a key or an address. */
const withoutValues = (text: string): string =>
  shownText(text.replace(ADDRESS, '…').replace(LONG_RUN, (run) => `${run.slice(0, 4)}…`));

/** A member that is a text; '' otherwise. */
export const textMember = (value: unknown, name: string): string => {
  const member = isJsonObject(value) ? value[name] : undefined;
  return typeof member === 'string' ? withoutValues(member) : '';
};

/** What a refusal says: its message, else its status, else its body, as a log may show it. */
function messageOf({ status, body }: PassedAnswer): string {
  const json = parseJsonBytes(body.bytes);
  const text = textMember(json, 'message') || textMember(json, 'status');
  const said = text || withoutValues(fromUtf8(body.bytes.subarray(0, 200)));
  return `${status}${said === '' ? '' : ` ${said}`}`;
}

/** Whether both answers have the same HTTP status and the same members `status` and `message`. */
function isAlike(one: ReadExchange, other: ReadExchange): boolean {
  const [own, others] = [one.passed.answer, other.passed.answer];
  if (own === undefined || own.status !== others?.status) return false;
  return ['status', 'message'].every(
    (name) => textMember(one.read.answerJson, name) === textMember(other.read.answerJson, name),
  );
}

function refusalFault(answer: PassedAnswer, read: OpenedExchange, clocks: Clocks): Fault {
  const message = messageOf(answer);
  if (answer.status === UNAUTHORIZED && read.client !== undefined) return ['target_key_refused'];
  if (message.includes('Check encryption key (ClientSecret)') && read.request !== undefined) {
    return ['target_secret_differs'];
  }
  if (message.includes('Invalid timestamp') && clocks.client !== undefined) {
    return ['target_clock_differs', { distance: Math.round(clocks.client.ms / 1000) }];
  }
  return ['target_refused', { message }];
}

/** What clients would find wrong with a sealed answer. */
function answerFault({
  passed,
  read: { client, request, answer, answerJson },
}: ReadExchange): Fault | undefined {
  if (request?.nonce === undefined || passed.answer?.status !== 200 || passed.method !== 'POST')
    return undefined;
  if (answer === undefined) {
    const isSealed = answerJson === undefined && client !== undefined && passed.answer.body.isWhole;
    return isSealed ? ['target_answer_sealed'] : undefined;
  }
  const isOwn = answer.nonce === undefined || Buffer.compare(answer.nonce, request.nonce) === 0;
  return isOwn ? undefined : ['target_answer_nonce'];
}

/**
 * The reason of an answer, or of its absence.
 *
 * @param mockAnswer undefined when the mock was not asked, or did not answer
 */
export function explainPassed(
  observed: ReadExchange,
  clocks: Clocks,
  mockAnswer: MockAnswer | undefined,
): Fault {
  const { passed, read } = observed;
  const { answer, broken } = passed;
  if (broken !== undefined) return [broken.how, { code: broken.code }];
  if (answer === undefined) return ['target_closed'];
  const unsound = answerFault(observed);
  if (unsound !== undefined) return unsound;
  if (mockAnswer !== undefined && isAlike(observed, mockAnswer)) {
    return [mockAnswer.exchange.reason, mockAnswer.exchange.facts];
  }
  if (answer.status >= REFUSED) return refusalFault(answer, read, clocks);
  return [textMember(read.answerJson, 'status') === 'optout' ? 'opted_out' : 'served'];
}
