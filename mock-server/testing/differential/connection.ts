/** Sends bytes on a new connection and reads the answers, with their interim answers and reason phrases. */
import { connect } from 'node:net';

const PATIENCE_MS = 10_000;
const HEAD_END = '\r\n\r\n';

export interface SocketAnswer {
  readonly status: number;
  readonly reason: string;
  /** by lower-case name, in the order received; bytes above 0x7f are one character each */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
  /** statuses of the interim answers before it */
  readonly interim: readonly number[];
}

type Head = Pick<SocketAnswer, 'status' | 'reason' | 'headers'>;

function readHead(text: string): Head {
  const [line = '', ...lines] = text.split('\r\n');
  const [, status = '', reason = ''] = /^HTTP\/1\.[01] (\d{3}) ?(.*)$/.exec(line) ?? [];
  if (status === '') throw new Error(`status line: expected HTTP/1.1 and a status, got ${line}`);
  const headers = new Map<string, string[]>();
  for (const header of lines) {
    const colon = header.indexOf(':');
    const name = header.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), header.slice(colon + 1).trim()]);
  }
  return { status: Number(status), reason, headers };
}

/** The length of the body; undefined when the body ends with the connection. */
function bodyLength({ status, headers }: Head, method: string): number | undefined {
  if (method === 'HEAD' || status === 204 || status === 304) return 0;
  const length = headers.get('content-length')?.[0];
  return length === undefined ? undefined : Number(length);
}

/** The complete answers in `received`; `ended` says that no more will come. */
function readAnswers(received: Buffer, method: string, ended: boolean): SocketAnswer[] {
  const answers: SocketAnswer[] = [];
  let interim: number[] = [];
  let at = 0;
  for (;;) {
    const end = received.indexOf(HEAD_END, at, 'latin1');
    if (end < 0) return answers;
    const head = readHead(received.toString('latin1', at, end));
    const start = end + HEAD_END.length;
    if (head.status < 200) {
      interim.push(head.status);
      at = start;
      continue;
    }
    const length = bodyLength(head, method) ?? (ended ? received.length - start : Infinity);
    if (received.length < start + length) return answers;
    answers.push({ ...head, body: received.subarray(start, start + length), interim });
    interim = [];
    at = start + length;
  }
}

/**
 * Writes `bytes` to the server at `origin` and resolves once `count` answers have come.
 * @throws Error when fewer came before the connection ended, or after ten seconds of silence
 */
export function exchange(
  origin: string,
  bytes: Buffer,
  method: string,
  count: number,
): Promise<SocketAnswer[]> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const settle = (ended: boolean): void => {
      try {
        const answers = readAnswers(received, method, ended);
        if (answers.length < count && !ended) return;
        if (answers.length < count) throw new Error(`expected ${count} answers, got ${answers.length}`);
        resolve(answers);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
      socket.destroy();
    };
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)));
    socket.on('data', (part) => {
      received = Buffer.concat([received, part]);
      settle(false);
    });
    socket.on('end', () => settle(true));
    socket.on('error', (error) => reject(error));
  });
}
