// The baseline of the measurements: a Fastify app that answers with constants of given sizes.
// node bare-fastify.js GET_BYTES POST_BYTES
import fastify from 'fastify';

const [getBytes, postBytes] = process.argv.slice(2).map(Number);
const around = '{"body":""}'.length;
const json = JSON.stringify({ body: 'x'.repeat(Math.max(0, getBytes - around)) });
const text = 'x'.repeat(postBytes);

const app = fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
app.get('/constant', (_request, reply) => reply.type('application/json').send(json));
app.post('/constant', (_request, reply) => reply.type('text/plain').send(text));
process.stdout.write(`${JSON.stringify({ url: await app.listen({ host: '127.0.0.1', port: 0 }) })}\n`);
