/** Measures the time from the start of the process to its first answer, and its memory at rest and under load. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Load } from './load.ts';
import {
  bareArguments,
  firstLine,
  inProcessScript,
  mockArguments,
  startProcess,
  startServer,
  stopProcess,
} from './processes.ts';
import { type Row, megabytes, times, unit } from './report.ts';
import { requestsOf } from './requests.ts';
import { medians } from './rounds.ts';
import type { Sizes } from './settings.ts';

const REST_MS = 2000;
const REQUESTS = 100_000;

async function firstAnswer(args: readonly string[], path: string): Promise<number> {
  const start = performance.now();
  const child = startProcess(args, false, true);
  const { url } = await firstLine(child);
  const answer = await fetch(url + path);
  await answer.arrayBuffer();
  const ms = performance.now() - start;
  await stopProcess(child);
  return ms;
}

async function startInProcess(): Promise<number> {
  const child = startProcess([inProcessScript], false, true);
  const { ms = Number.NaN } = await firstLine(child);
  await stopProcess(child);
  return ms;
}

async function memory({ share }: Sizes): Promise<Row[]> {
  const mock = await startServer(mockArguments());
  const load = await Load.open(mock.url, 32);
  const ask = await fetch(`${mock.url}/ops/healthcheck`);
  await ask.arrayBuffer();
  await sleep(REST_MS * Math.min(1, share * 10));
  const atRest = await mock.rss();
  const { 'v1 generate': v1, 'v2 generate': v2 } = await requestsOf(mock, load);
  for (let done = 0; done < REQUESTS * share; done += 1000) {
    const make = done % 2000 === 0 ? v1 : v2;
    if (make !== undefined) await load.run(Array.from({ length: 1000 }, (_, one) => make(done + one)));
  }
  const underLoad = await mock.rss();
  load.close();
  const row = { good: 'at most', print: megabytes } as const;
  return [
    { ...row, what: 'resident memory at rest, in MB', measured: atRest, bound: 65e6, detail: '' },
    {
      ...row,
      what: 'resident memory under load, in MB',
      measured: underLoad,
      bound: 160e6,
      detail: `after ${Math.round(REQUESTS * share)} generates`,
    },
  ];
}

export async function start(sizes: Sizes): Promise<Row[]> {
  const { mock, bare, inProcess, ratio } = await medians(Math.ceil(sizes.rounds / 2), {
    mock: () => firstAnswer(mockArguments(), '/ops/healthcheck'),
    bare: () => firstAnswer(bareArguments(500, 500), '/constant'),
    inProcess: startInProcess,
  });
  return [
    {
      what: 'process start to first answer, of a bare Fastify app run from source',
      measured: ratio('mock', 'bare'),
      bound: 0.9,
      good: 'at most',
      print: times,
      detail: `${mock.toFixed(0)} ms against ${bare.toFixed(0)} ms`,
    },
    {
      what: 'startMockOperator, the first time once imported',
      measured: inProcess,
      bound: 30,
      good: 'at most',
      print: unit('ms'),
      detail: '',
    },
    ...(await memory(sizes)),
  ];
}
