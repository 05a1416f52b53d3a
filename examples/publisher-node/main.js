import { buildServer } from './server.js';
import { uid2Client } from './uid2.js';

const {
  UID2_BASE_URL = 'http://127.0.0.1:8432',
  UID2_API_KEY,
  UID2_CLIENT_SECRET,
  PORT = '3000',
} = process.env;
if (!UID2_API_KEY || !UID2_CLIENT_SECRET) {
  console.error('Set UID2_API_KEY and UID2_CLIENT_SECRET to those that `npx uid2-mock start` prints.');
  process.exit(2);
}

const uid2 = uid2Client({ baseUrl: UID2_BASE_URL, apiKey: UID2_API_KEY, clientSecret: UID2_CLIENT_SECRET });
await buildServer({ uid2, logger: true }).listen({ port: Number(PORT) });
