/** Server-sent events: written as fast as the reader takes them, and no faster. */

import type { ServerResponse } from 'node:http';
import { realTimers } from '../operator/real-timers.ts';
import type { OpenedStream, Streamed, WhenGone } from './calls/call.ts';

/** ms between two comments that keep a connection alive */
const BEAT_MS = 15_000;

const HEAD = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
} as const;

function textOf(streamed: Streamed<unknown>, event: string): string {
  if ('gap' in streamed) return 'event: gap\ndata: {}\n\n';
  const { id, data } = streamed;
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * Writes a stream to a response until it ends or the reader goes away. While the reader does not read, nothing is taken
 * from the stream.
 *
 * @param whenGone calls a function when the reader is gone: the response itself does not tell it while another one
 *   before it is sent
 */
export async function writeEvents(
  response: ServerResponse,
  stream: OpenedStream<unknown>,
  event: string,
  whenGone: WhenGone,
): Promise<void> {
  let goOn = (): void => undefined;
  response.on('drain', () => {
    goOn();
  });
  let isGone = false;
  const cancel = whenGone(() => {
    isGone = true;
    stream.stop();
    goOn();
  });
  response.writeHead(200, HEAD);
  // a reader that has seen no event knows by the id from where to go on
  response.write(`id: ${stream.lastId}\n\n`);
  const beat = realTimers.setInterval(() => {
    if (!response.writableNeedDrain) response.write(': still there\n\n');
  }, BEAT_MS);
  beat.unref();
  for (let next = await stream.next(); next !== undefined; next = await stream.next()) {
    if (response.write(textOf(next, event))) continue;
    if (isGone) break;
    await new Promise<void>((resolve) => (goOn = resolve));
  }
  realTimers.clearInterval(beat);
  cancel();
  response.end();
}
