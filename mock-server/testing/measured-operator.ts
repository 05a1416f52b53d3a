/**
 * An operator in a process of its own, whose memory can be measured: run with `--expose-gc` and a channel to the parent.
 * Its first message has the URL and an API key; it answers every message with the bytes that are in use.
 */

import { startMockOperator } from '../index.ts';

const mock = await startMockOperator();

process.on('message', () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ bytes: heapUsed + external });
});
process.on('disconnect', () => void mock.close());
process.send?.({ url: mock.url, key: mock.credentialFor('GENERATOR').key });
