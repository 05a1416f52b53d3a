/**
 * Every reason is reached by a request. The same request is served after the one point that the sentence names is
 * fixed.
 */

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Reason, reasons } from './core/reasons.ts';
import { passage } from './core/sentences/passage.ts';
import type { Exchange } from './operator/exchange.ts';
import { type ConfigurationName, configurations } from './testing/reasons/configurations.ts';
import type { Shot } from './testing/reasons/requests.ts';
import type { Row } from './testing/reasons/row.ts';
import { type Stage, openStage } from './testing/reasons/stage.ts';
import { rows } from './testing/reasons/table.ts';
import { type Sent, closeConnections, send, sendBytes } from './testing/wire-client.ts';

const stages = new Map<ConfigurationName, Stage>();

function stageOf(name: ConfigurationName): Stage {
  const stage = stages.get(name);
  if (stage === undefined) throw new Error(`stages: expected one named ${name}, got none`);
  return stage;
}

beforeAll(async () => {
  const names = new Set(rows.flatMap(({ on, fixedOn }) => [on, ...(fixedOn === undefined ? [] : [fixedOn])]));
  for (const name of names) stages.set(name, await openStage(configurations[name]));
});
afterAll(async () => {
  closeConnections();
  await Promise.all([...stages.values()].map(({ mock }) => mock.close()));
});

interface Observed extends Exchange {
  readonly body: string;
}

function lastOf(exchanges: readonly Exchange[]): Exchange {
  const last = exchanges.at(-1);
  if (last === undefined) throw new Error('exchanges: expected one, got none');
  return last;
}

/** The observed exchange of a request. */
async function askFor(shot: Shot, name: ConfigurationName): Promise<Observed> {
  const stage = stageOf(name);
  const request = shot(stage);
  stage.takeExchanges();
  const answer =
    'bytes' in request
      ? await sendBytes(stage.mock.url, Buffer.from(request.bytes), request.ends)
      : (await send(stage.mock.url, request)).body;
  // the exchange of a request that was cut off is observed after its connection ended
  const exchange = await vi.waitFor(() => lastOf(stage.takeExchanges()));
  return { ...exchange, body: answer };
}

/** How many parts of two requests differ: method, path, query, body, and each header. */
function differences(one: Sent, other: Sent): string[] {
  const parts = ({ method, target, headers = {}, body = '' }: Sent): Map<string, string> => {
    const [path = '', query = ''] = target.split('?');
    const named = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    const all: [string, string][] = [['method', method], ['path', path], ['query', query], ...named];
    return new Map([...all, ['body', Buffer.from(body).toString('latin1')]]);
  };
  const [a, b] = [parts(one), parts(other)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
}

const reached = new Set<Reason>(['served']);

const named = rows.map((row, index): [string, Row] => [`${row.reason} (${index})`, row]);

it.each(named)(
  '%s',
  async (_name, { reason, on, broken, facts = {}, fixed, fixedOn = on, then = 'served' }) => {
    const refused = await askFor(broken, on);
    expect([refused.reason, refused.body]).toEqual([reason, refused.body]);
    for (const [, name = ''] of reasons[reason].matchAll(/\{(\w+)\}/g))
      expect(refused.facts).toHaveProperty(name);
    expect(refused.facts).toMatchObject(facts);
    reached.add(refused.reason);
    const served = await askFor(fixed, fixedOn);
    expect([served.reason, served.facts, served.body]).toEqual([then, {}, served.body]);
    expect(served.status).toBe(then === 'served' ? 200 : 204);
  },
);

it.each(named)('%s goes away by one change', (_name, { on, broken, fixed, fixedOn = on }) => {
  const [one, other] = [broken(stageOf(on)), fixed(stageOf(on))];
  // bytes for a connection have no parts to compare
  if ('bytes' in one || 'bytes' in other) return;
  expect(differences(one, other)).toHaveLength(fixedOn === on ? 1 : 0);
});

it('every reason of an operator is among them', () => {
  const own = Object.keys(reasons).filter((reason) => !Object.hasOwn(passage, reason));
  expect([...reached].sort()).toEqual(own.sort());
});

describe('the log of these requests', () => {
  const lines = (): string[] => [...stages.values()].flatMap(({ log }) => log);

  it('has a line for each, of a bounded length', () => {
    expect(lines().length).toBeGreaterThan(rows.length);
    expect(lines().filter((line) => line.length > 500 || /[\p{Cc}]/u.test(line))).toEqual([]);
  });

  it('holds no key, secret, salt, token or address', () => {
    const secrets = [...stages.values()].flatMap(({ world }) => [
      ...world.clients.flatMap(({ key, secret }) => [key, secret]),
      ...world.keyset_keys.map(({ secret }) => secret),
      ...world.client_side_keypairs.map(({ private_key }) => private_key),
      world.salts.first_level,
    ]);
    const hidden = new Set(secrets.filter((secret) => secret.length >= 16));
    expect(hidden.size).toBeGreaterThan(20);
    const isTelling = (line: string): boolean =>
      [...hidden].some((secret) => line.includes(secret)) ||
      /[A-Za-z0-9+/_-]{43,}/.test(line) ||
      /[\w.+-]+@[\w-]+\.\w/.test(line);
    expect(lines().filter(isTelling)).toEqual([]);
  });

  it('shortens what a request may make long', async () => {
    const { mock, log } = stageOf('current');
    const origin = `https://${'a'.repeat(7000)}.example`;
    await send(mock.url, {
      method: 'POST',
      target: '/v2/token/client-generate',
      headers: { origin },
      body: JSON.stringify({ subscription_id: 'local-cstg' }),
    });
    await send(mock.url, { method: 'GET', target: `/${'b'.repeat(3000)}` });
    expect(log.slice(-2).map((line) => line.length > 500)).toEqual([false, false]);
  });
});
