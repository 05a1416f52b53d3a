/** A reverse proxy in front of an operator, which decides about each request. */
import {
  Agent,
  createServer,
  request as send,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Request {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

interface ReverseProxy {
  url: string;
  close(): Promise<void>;
}

/** The answer to a request, most often that of `forward`; without one the connection is closed. */
type Decide = (
  request: Request,
  forward: (request: Request) => Promise<Answer>,
  socket: Socket,
) => Promise<Answer | undefined>;

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

export async function startReverseProxy(target: string, decide: Decide): Promise<ReverseProxy> {
  const agent = new Agent({ keepAlive: true });
  const answerTo = async (incoming: IncomingMessage): Promise<Answer | undefined> => {
    const { url: path = '', method = 'GET', headers, socket } = incoming;
    const request = { method, path, headers, body: await readBody(incoming) };
    return decide(request, (changed) => ask(agent, target, changed), socket);
  };
  const server = createServer((incoming, response) => {
    answerTo(incoming).then(
      (answer) => {
        if (answer === undefined) {
          incoming.socket.destroy();
          return;
        }
        const { status, headers, body } = answer;
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
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
