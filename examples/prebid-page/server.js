// Serves the page, and tells it which operator to ask. The defaults are those of `npx uid2-mock start`.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = path.join(import.meta.dirname, 'public');
const types = { '/': 'text/html', '/bundle.js': 'text/javascript' };

/** @param uid2 base URL of the operator, id and public key of the subscription; none of them is secret */
export function pageServer(uid2) {
  return createServer(async (request, response) => {
    if (request.url === '/uid2.json') {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(uid2));
      return;
    }
    const type = types[request.url];
    if (!type) {
      response.writeHead(404).end();
      return;
    }
    const file = request.url === '/' ? 'index.html' : request.url.slice(1);
    response.setHeader('content-type', `${type}; charset=utf-8`).end(await readFile(path.join(folder, file)));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const {
    UID2_BASE_URL: baseUrl = 'http://127.0.0.1:8432',
    UID2_SUBSCRIPTION_ID: subscriptionId = 'local-cstg',
  } = process.env;
  const serverPublicKey = process.env.UID2_PUBLIC_KEY;
  if (!serverPublicKey) {
    console.error('Set UID2_PUBLIC_KEY to the public key that `npx uid2-mock start` prints.');
    process.exit(2);
  }
  // localhost is one of the domains of the mock's subscription; the browser sends it as the page's origin
  pageServer({ baseUrl, subscriptionId, serverPublicKey }).listen(3000, 'localhost', () =>
    console.log('http://localhost:3000'),
  );
}
