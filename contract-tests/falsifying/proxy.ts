/** A reverse proxy that changes requests and answers by one falsification at a time. */
import { Agent, createServer, request as send, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Deployment } from './deployment.ts';
import { Exchange, type Answer, type Request } from './exchange.ts';
import type { Falsification } from './falsification.ts';

export interface FalsifyingProxy {
  url: string;
  /** Starts a run; without a falsification nothing is changed. */
  falsify(falsification?: Falsification): void;
  /** How many exchanges of this run were changed. */
  readonly changed: number;
  close(): Promise<void>;
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function ask(agent: Agent, target: string, { method, path, headers, body }: Request): Promise<Answer> {
  const { hostname, port } = new URL(target);
  const own = { ...headers };
  if (own['transfer-encoding'] !== undefined || own['content-length'] !== undefined) {
    delete own['transfer-encoding'];
    own['content-length'] = String(body.length);
  }
  return new Promise((resolve, reject) => {
    const outgoing = send({ hostname, port, path, method, headers: own, agent }, (incoming) => {
      readBody(incoming).then((answer) => {
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: answer });
      }, reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export async function startFalsifyingProxy(target: string, operator: Deployment): Promise<FalsifyingProxy> {
  const agent = new Agent({ keepAlive: true });
  let falsification: Falsification | undefined;
  let memory = new Map<string, unknown>();
  let changed = 0;
  const exchange = async (incoming: IncomingMessage): Promise<Answer> => {
    const { url: path = '', method = 'GET', headers } = incoming;
    const one = new Exchange(operator, memory, { method, path, headers, body: await readBody(incoming) });
    falsification?.request?.(one);
    one.answer ??= await ask(agent, target, one.request);
    one.sealForAsker();
    falsification?.answer?.(one);
    if (one.changed) changed++;
    return one.answer;
  };
  const server = createServer((incoming, response) => {
    exchange(incoming).then(
      ({ status, headers, body }) => {
        delete headers['content-length'];
        delete headers['transfer-encoding'];
        response.writeHead(status, headers).end(incoming.method === 'HEAD' ? undefined : body);
      },
      (error: unknown) => {
        response.writeHead(502).end(error instanceof Error ? error.stack : '');
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    falsify(next) {
      falsification = next;
      memory = new Map();
      changed = 0;
    },
    get changed() {
      return changed;
    },
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
