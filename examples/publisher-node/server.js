// A publisher's server. The browser gets a session cookie and, in each page, the present advertising token.
import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import { Visitor } from './visitor.js';

const cookieName = 'session';
const cookie = (value, attributes = '') =>
  `${cookieName}=${value}; Path=/; HttpOnly; SameSite=Lax${attributes}`;

const loginBody = { type: 'object', required: ['email'], properties: { email: { type: 'string' } } };

/**
 * @param uid2 of `uid2Client`
 * @param now the time in Unix ms; tests move it
 */
export function buildServer({ uid2, now = Date.now, logger = false }) {
  const app = fastify({ logger });
  /** session id -> visitor; a database in a server that is to be started again */
  const sessions = new Map();

  const sessionOf = (request) =>
    request.headers.cookie
      ?.split('; ')
      .find((each) => each.startsWith(`${cookieName}=`))
      ?.slice(cookieName.length + 1);

  app.post('/login', { schema: { body: loginBody } }, async (request, reply) => {
    const id = randomUUID();
    const visitor = new Visitor(request.body.email);
    sessions.set(id, visitor);
    reply.header('set-cookie', cookie(id));
    return { advertisingToken: await visitor.advertisingToken(uid2, now(), app.log) };
  });

  app.get('/', async (request) => {
    const visitor = sessions.get(sessionOf(request));
    if (!visitor) return { loggedIn: false };
    const advertisingToken = await visitor.advertisingToken(uid2, now(), app.log);
    return { loggedIn: true, optedOut: visitor.hasOptedOut, advertisingToken };
  });

  // logging out is no call to UID2: the publisher forgets the tokens
  app.post('/logout', async (request, reply) => {
    sessions.delete(sessionOf(request));
    reply.header('set-cookie', cookie('', '; Max-Age=0'));
    return { loggedIn: false };
  });

  return app;
}
