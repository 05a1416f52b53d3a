// Starts a mock in this process and prints how long that took once it was imported, in ms.
import { startMockOperator } from '../dist/mock-server/index.js';

const start = performance.now();
const mock = await startMockOperator();
const ms = performance.now() - start;
console.log(JSON.stringify({ url: mock.url, ms }));
await mock.close();
