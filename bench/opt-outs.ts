/** Measures what a million opt-outs cost against ten: memory of the process, and requests per second of CPU time. */

import { type Server, mockArguments, startServer } from './processes.ts';
import { type Row, percent } from './report.ts';
import { alternate } from './rounds.ts';
import { perCpuSecond } from './throughput.ts';

const MANY = 1_000_000;
const ROUNDS = 5;

async function* lines(count: number): AsyncGenerator<Uint8Array, void> {
  for (let first = 0; first < count; first += 1000) {
    const some = Array.from({ length: Math.min(1000, count - first) }, (_, index) => first + index);
    yield Buffer.from(some.map((one) => `{"email":"person-${one}@example.com","at":${one}}\n`).join(''));
  }
}

/** Starts a mock with opt-outs. Gives how long their import took, in s. */
async function startWith(count: number): Promise<{ server: Server; seconds: number }> {
  const server = await startServer(mockArguments('--journal', '0'));
  const since = performance.now();
  const answer = await fetch(`${server.url}/__admin/optouts/import`, {
    method: 'POST',
    body: ReadableStream.from(lines(count)),
    duplex: 'half',
  });
  if (!answer.ok) throw new Error(`import: expected 200, got ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
  return { server, seconds: (performance.now() - since) / 1000 };
}

export async function optOuts(): Promise<Row[]> {
  const few = await startWith(10);
  const many = await startWith(MANY);
  const [fewUsage, manyUsage] = [await few.server.usage(), await many.server.usage()];
  const path = '/v1/token/generate?email=user%40example.com&policy=1';
  const rate = ({ server }: { server: Server }) =>
    perCpuSecond(server, { path, method: 'GET' }, server.credential.key);
  const rates = await alternate(ROUNDS, { few: () => rate(few), many: () => rate(many) });
  await Promise.all([few.server.stop(), many.server.stop()]);
  return [
    {
      what: 'token/generate with a million opt-outs, of that with ten',
      measured: rates.many / rates.few,
      bound: 0.9,
      good: 'at least',
      print: percent,
      detail: `${Math.round(rates.many)}/s against ${Math.round(rates.few)}/s`,
    },
    {
      what: 'memory of a million opt-outs, in MB',
      measured: (manyUsage.rss - fewUsage.rss) / 1e6,
      bound: 250,
      good: 'at most',
      print: (megabytes) => `${Math.round(megabytes)} MB`,
      detail: `imported in ${many.seconds.toFixed(1)} s`,
    },
  ];
}
