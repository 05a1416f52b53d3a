/** The look's requests: each is sent until two answers agree, so that no single answer decides anything. */
import { ContractError, isContractError } from '../spec/contract-error.ts';
import type { Caller } from '../target/credentials.ts';
import type { HttpClient, HttpRequest, Reply } from '../target/client.ts';
import { departureFrom, fail, show } from '../check/departure.ts';
import type { RunWatch } from '../check/watch.ts';

interface Answered {
  reply: Reply;
  /** What was read of the body. */
  body: string;
}

/** An answer with which at least one other agrees. */
interface Agreed extends Answered {
  /** All answers that agree, including this one. */
  agreeing: readonly Reply[];
}

/** A sealed answer of the look that others agree with. */
export interface SealedAnswer {
  reply: Reply;
  caller: Caller;
  nonce: Buffer;
  path: string;
  payload: unknown;
}

export interface Asker {
  readonly sealed: SealedAnswer[];
  /**
   * Sends a request until two answers agree, and returns one of those; a departure from it is a finding.
   * @param make makes the request anew for each attempt
   * @param readBody the part of a body that must agree
   * @throws ContractError `unreachable`; `no_answer` when two requests were not answered
   */
  ask(make: () => HttpRequest, readBody?: (reply: Reply) => string): Promise<Agreed>;
}

/** Stands in findings in place of a scenario's name. */
export const LOOK = 'before the scenarios';

const MAX_ATTEMPTS = 5;

export const CAUSE_OF_CHANGE = 'the same request is answered in different ways';

/** The headers that the protocol specifies. */
const HEADERS = [
  'content-type',
  'vary',
  'allow',
  'www-authenticate',
  'access-control-allow-origin',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-allow-credentials',
  'access-control-expose-headers',
  'access-control-max-age',
] as const;

/** The parts of an answer that must agree, by their names in reports. */
const partsOf = ({ reply, body }: Answered): Map<string, string> =>
  new Map([
    ['status', String(reply.status)],
    ...HEADERS.map((name) => [`header ${name}:`, reply.headers.get(name)?.join(', ') ?? 'none'] as const),
    ['body', body],
  ]);

/** For each part, the value that occurs at least twice; undefined if none does. */
function agreedParts(answers: readonly Answered[]): Map<string, string | undefined> {
  const agreed = new Map<string, string | undefined>();
  const all = answers.map(partsOf);
  for (const part of all[0]?.keys() ?? []) {
    const values = all.map((parts) => parts.get(part) ?? '');
    const isTwice = (value: string): boolean => values.filter((other) => other === value).length > 1;
    agreed.set(part, values.find(isTwice));
  }
  return agreed;
}

const plainBody = (reply: Reply): string => reply.body.toString('utf8');

export function createAsker(http: HttpClient, run: RunWatch): Asker {
  /** An answer, or why there is none. */
  const askOnce = async (request: HttpRequest): Promise<Reply | string> => {
    const reply = await http.send(request).catch((error: unknown) => {
      if (isContractError(error, 'no_answer')) return error.message;
      throw error;
    });
    run.look('http/answered', LOOK, () => {
      const check = { sent: sentOf(request), cause: 'the operator hangs or closes the connection' };
      if (typeof reply === 'string') fail(check, 'an answer', reply);
    });
    return reply;
  };
  return {
    sealed: [],
    async ask(make, readBody = plainBody) {
      const replies: (Reply | string)[] = await Promise.all([askOnce(make()), askOnce(make())]);
      for (;;) {
        const answers = replies.flatMap((reply) =>
          typeof reply === 'string' ? [] : [{ reply, body: readBody(reply) }],
        );
        const failures = replies.filter((reply) => typeof reply === 'string');
        if (failures[1] !== undefined)
          throw new ContractError('no_answer', `${sentOf(make())}: two requests failed: ${failures[1]}`);
        if (isAgreed(answers) || replies.length === MAX_ATTEMPTS) return judge(run, sentOf(make()), answers);
        replies.push(await askOnce(make()));
      }
    },
  };
}

const sentOf = ({ method, path }: HttpRequest): string => `${method} ${path}`;

const isAgreed = (answers: readonly Answered[]): boolean =>
  answers.length > 1 && ![...agreedParts(answers).values()].includes(undefined);

/** The first answer without a departure from the agreed parts; each departure is a finding. */
function judge(run: RunWatch, sent: string, answers: readonly Answered[]): Agreed {
  const agreed = agreedParts(answers);
  const departures = answers.map((answer) => {
    const parts = [...partsOf(answer)];
    return parts.find(([part, value]) => agreed.get(part) !== undefined && value !== agreed.get(part));
  });
  for (const departure of departures) {
    run.look('answers/constant', LOOK, () => {
      if (departure === undefined) return;
      const [part, value] = departure;
      const right = show(agreed.get(part) ?? '');
      throw departureFrom(
        { sent, cause: CAUSE_OF_CHANGE },
        `${part} ${right}, as in most answers`,
        show(value),
      );
    });
  }
  const best = answers[Math.max(departures.indexOf(undefined), 0)];
  if (!best) throw new ContractError('no_answer', `${sent}: no answer`);
  const agreeing = answers.filter((_, index) => departures[index] === undefined).map(({ reply }) => reply);
  return { ...best, agreeing };
}
