/** Causes of answers: in the journal always, in a header where the option `explain` asks for it. */

import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type MockOperator, startMockOperator } from './index.ts';
import { ask, bearer, companyOf, credentialOf, get, post } from './testing/caller.ts';

const HEADER = 'x-uid2-mock-explain';
const EMAIL = 'why.not@example.com';
const GENERATE = '/v2/token/generate';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

let mock: MockOperator;
let silent: MockOperator;
beforeAll(async () => {
  mock = await startMockOperator({ explain: true });
  silent = await startMockOperator();
});
afterEach(() => mock.reset());
afterAll(async () => {
  await Promise.all([mock.close(), silent.close()]);
});

interface Cause {
  readonly id: string;
  readonly says: string;
  readonly fix: string;
  readonly section: string;
  readonly proved: boolean;
}

/** The last request in the journal. */
async function lastOf(of: MockOperator) {
  const { requests } = (await ask(of, '/__admin/requests?limit=1')).json;
  return (await ask(of, `/__admin/requests/${requests[0].id}`)).json;
}

const causesIn = async (of = mock): Promise<readonly Cause[]> => (await lastOf(of)).causes;
/** The header of the last answer. */
const headerIn = async (): Promise<string | undefined> => (await lastOf(mock)).answer.headers[HEADER];

describe('a refusal', () => {
  it('has id, sentence and fix in a header, and in the journal', async () => {
    const { status, headers } = await get(mock, '/v1/token/generate', { email: EMAIL });
    expect([status, headers.get(HEADER)]).toEqual([
      401,
      'header_absent: the request has no Authorization header; send the header Authorization: Bearer KEY with the API key',
    ]);
    expect(await causesIn()).toEqual([
      {
        id: 'header_absent',
        says: 'the request has no Authorization header',
        fix: 'send the header Authorization: Bearer KEY with the API key',
        section: '6.1',
        proved: true,
      },
    ]);
  });

  it('has it where no route is, and where a fault was ordered', async () => {
    const { headers } = await ask(mock, '/v2/token/generates');
    expect(headers.get(HEADER)).toMatch(/^path_unknown: /);
    await mock.faults.add({ status: 503, route: '/v1/token/generate' });
    const faulty = await get(mock, '/v1/token/generate', { email: EMAIL }, { credential: companyOf(mock) });
    expect([faulty.status, faulty.headers.get(HEADER)]).toEqual([
      503,
      expect.stringMatching(/^fault_ordered: /),
    ]);
  });

  it('of an envelope names the mistake that the doctor proves in front of the reason', async () => {
    const other = credentialOf(mock, 'Example Publisher');
    const credential = { ...companyOf(mock), secret: other.secret };
    const { status } = await post(mock, GENERATE, { email: EMAIL }, { credential });
    const causes = await causesIn();
    expect([status, causes.at(-1)?.id]).toEqual([400, 'envelope_tag']);
    expect(causes.length).toBeGreaterThan(1);
    expect(causes[0]).toMatchObject({
      proved: true,
      says: expect.stringContaining('Example Publisher') as string,
    });
    expect(await headerIn()).toBe(`${causes[0]?.id}: ${causes[0]?.says}; ${causes[0]?.fix}`);
  });

  it('has printable ASCII in its header, shorter than a kilobyte, and no address', async () => {
    const named = Object.fromEntries(
      [...'äöüßñ'.repeat(8)].map((letter, i) => [`${letter.repeat(60)}${i}`, 'x']),
    );
    for (const payload of [
      { 'e\u00e4mail\n': EMAIL },
      named,
      { emails: EMAIL },
      { email: `${EMAIL}@x` },
      { [EMAIL]: 1 },
    ]) {
      await post(mock, GENERATE, payload);
      // the journal marks what it masks in the header
      const header = (await headerIn())?.replaceAll('…', '...');
      expect(header).toMatch(/^\w+: [\x20-\x7e]{10,1000}$/);
      expect(header).not.toContain('why.not');
    }
  });
});

describe('a request that is served for another person', () => {
  it.each([
    [{ email_hash: sha256('') }, 'constant_text', 'the empty text'],
    [{ email_hash: sha256('null') }, 'constant_text', 'the text null'],
    [{ phone_hash: createHash('sha256').update('undefined').digest('hex') }, 'constant_text', 'undefined'],
    [{ email: `"${EMAIL}"` }, 'text_quoted', 'quotes'],
    [{ email: `mailto:${EMAIL}` }, 'text_prefixed', 'mailto:'],
    [{ email: `Why <${EMAIL}>` }, 'text_bracketed', 'name'],
    [{ email: `${EMAIL}\n` }, 'text_white_space', 'line end'],
    [{ email: `why\u00a0${EMAIL}` }, 'text_no_break_blank', 'non-breaking'],
    [{ email: `why\u200b${EMAIL}` }, 'text_invisible', 'without width'],
  ])('%j says so', async (payload, id, words) => {
    const { status } = await post(mock, GENERATE, payload);
    expect([status, await headerIn()]).toEqual([
      200,
      expect.stringMatching(new RegExp(`^${id}: .*${words}`)),
    ]);
    expect(await causesIn()).toMatchObject([{ id, proved: true }]);
  });

  it('says it once for a list, and of a query', async () => {
    const email_hash = [sha256(''), sha256(EMAIL), sha256('null'), sha256('')];
    const list = await post(mock, '/v3/identity/map', { email_hash });
    expect([list.status, (await causesIn()).map(({ id }) => id)]).toEqual([200, ['constant_text']]);
    const query = { email: `mailto:${EMAIL}` };
    const { headers } = await get(mock, '/v1/token/generate', query, { credential: companyOf(mock) });
    expect(headers.get(HEADER)).toMatch(/^text_prefixed: /);
  });

  it('says nothing where all is right', async () => {
    await post(mock, GENERATE, { email: EMAIL });
    expect([await headerIn(), await causesIn()]).toEqual([undefined, []]);
  });
});

it('without the option no answer has the header, and the journal tells the causes', async () => {
  const { headers } = await ask(silent, GENERATE, { method: 'POST', headers: bearer(companyOf(silent)) });
  expect(headers.get(HEADER)).toBeNull();
  expect(await causesIn(silent)).toMatchObject([{ id: 'body_empty', section: '7.1' }]);
});
