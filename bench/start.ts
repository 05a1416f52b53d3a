/** Measures the time from the start of the process to its first answer, and its memory at rest. */

import { setTimeout as sleep } from 'node:timers/promises';
import {
  bareArguments,
  firstLine,
  inProcessScript,
  mockArguments,
  startProcess,
  startServer,
  stopProcess,
} from './processes.ts';
import { type Row, times, unit } from './report.ts';
import { alternate } from './rounds.ts';

const ROUNDS = 15;
const REST_MS = 2000;
const MIB = 1024 * 1024;

async function firstAnswer(args: readonly string[], path: string): Promise<number> {
  const start = performance.now();
  const child = startProcess(args, false);
  const { url } = await firstLine(child);
  const answer = await fetch(url + path);
  await answer.arrayBuffer();
  const ms = performance.now() - start;
  await stopProcess(child);
  return ms;
}

async function startInProcess(): Promise<number> {
  const child = startProcess([inProcessScript], false);
  const { ms = Number.NaN } = await firstLine(child);
  await stopProcess(child);
  return ms;
}

export async function start(): Promise<Row[]> {
  const ms = await alternate(ROUNDS, {
    bare: () => firstAnswer(bareArguments(500, 500), '/constant'),
    mock: () => firstAnswer(mockArguments(), '/ops/healthcheck'),
    inProcess: startInProcess,
  });
  const mock = await startServer(mockArguments());
  await sleep(REST_MS);
  const { rss } = await mock.usage();
  await mock.stop();
  return [
    {
      what: 'process start to first answer, of a bare Fastify app',
      measured: ms.mock / ms.bare,
      bound: 2,
      good: 'at most',
      print: times,
      detail: `${ms.mock.toFixed(0)} ms against ${ms.bare.toFixed(0)} ms`,
    },
    {
      what: 'startMockOperator, the first time once imported',
      measured: ms.inProcess,
      bound: 20,
      good: 'at most',
      print: unit('ms'),
      detail: '',
    },
    {
      what: 'resident memory at rest',
      measured: rss / MIB,
      bound: 90,
      good: 'at most',
      print: unit('MiB'),
      detail: '',
    },
  ];
}
