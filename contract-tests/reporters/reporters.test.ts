import { describe, expect, it } from 'vitest';
import type { ContractReport, Result } from '../spec/results.ts';
import { compareTargets, consoleReport, progressLine, reporters } from './index.ts';

/** Text that an operator under test might send: markup, control characters, unpaired surrogates, terminal commands. */
const HOSTILE = '<b>&amp;]]>"\'\u0000\u001b[31m\ud800\ufffe\u202e|`*_ \r\nline 2';

const result = (changes: Partial<Result> = {}): Result => ({
  scenario: 'generate/email',
  requirement: 'S1',
  requirementText: 'token/generate with email issues tokens',
  level: 'MUST',
  participant: 'publisher',
  api: 'v2',
  description: 'an address gives tokens',
  outcome: 'passed',
  expectedFailure: false,
  durationMs: 12.3,
  ...changes,
});

const failure = (changes: Partial<Result> = {}, got = '200, application/json, {}'): Result =>
  result({
    outcome: 'failed',
    failure: {
      requirement: 'token/generate with email issues tokens',
      sent: 'POST /v2/token/generate {"email":"user@example.com"}',
      expected: '200, text/plain, {"status":"optout"}',
      got,
      likelyCause: 'the operator does not follow the protocol here',
    },
    ...changes,
  });

const skipped = (changes: Partial<Result> = {}): Result =>
  result({ outcome: 'skipped', reason: 'the target does not serve v0', api: 'v0', ...changes });

const incomplete = (changes: Partial<Result> = {}): Result =>
  result({ outcome: 'incomplete', reason: 'no credential of a publisher was given', ...changes });

/** One target per list of results; totals and exit code follow from them, as in a run. */
function reportOf(lists: readonly Result[][], changes: Partial<ContractReport> = {}): ContractReport {
  const results = lists.flat();
  const total = (outcome: Result['outcome']): number =>
    results.filter((one) => one.outcome === outcome).length;
  const broken = results.some(
    (one) => one.outcome === 'failed' && !one.expectedFailure && one.level === 'MUST',
  );
  return {
    startedAt: '2026-11-23T12:34:56.789Z',
    tool: 'uid2-mock-operator',
    targets: lists.map((own, index) => ({
      target: `http://operator-${index + 1}.example`,
      profile: 'current',
      results: own,
      findings: [],
      answerRules: [],
    })),
    findings: [],
    totals: {
      passed: total('passed'),
      failed: total('failed'),
      skipped: total('skipped'),
      incomplete: total('incomplete'),
      stale: 0,
    },
    exitCode: broken ? 1 : total('incomplete') > 0 ? 3 : 0,
    staleEntries: [],
    ...changes,
  };
}

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

const unescape = (text: string): string =>
  text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

/** Reads the part of XML that reports use, and fails on anything else: it tests that a report is well-formed. */
function parseXml(xml: string): Element {
  expect(xml).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  expect(xml.replace(/&(?:amp|lt|gt|quot|#\d+);/g, '')).not.toContain('&');
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const token = /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  while (token.lastIndex < body.length) {
    const found = token.exec(body);
    const top = open.at(-1);
    if (!found || !top)
      throw new Error(`not well-formed: ${body.slice(token.lastIndex, token.lastIndex + 80)}`);
    const [, close, name = '', attributes = '', empty, text] = found;
    if (text !== undefined) top.text += unescape(text);
    else if (close) expect(open.pop()?.name).toBe(name);
    else {
      const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
        key,
        unescape(value),
      ]);
      expect(new Set(pairs.map(([key]) => key)).size).toBe(pairs.length);
      const element = {
        name,
        attributes: Object.fromEntries(pairs) as Record<string, string>,
        children: [],
        text: '',
      };
      top.children.push(element);
      if (!empty) open.push(element);
    }
  }
  expect(open).toEqual([root]);
  expect(root.children).toHaveLength(1);
  return root.children[0] ?? root;
}

const INTEGER = /^\d+$/;
const DECIMAL = /^\d+\.\d+$/;
const TEXT = /^[^]*$/;
const TOKEN = /^\S+(?: \S+)*$/;

/** Ant's schema for JUnit, which is stricter than that of Jenkins: all attributes of each element. */
const attributesOf: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  testsuites: {},
  testsuite: {
    package: TOKEN,
    id: INTEGER,
    name: TOKEN,
    timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/,
    hostname: TOKEN,
    tests: INTEGER,
    failures: INTEGER,
    errors: INTEGER,
    skipped: INTEGER,
    time: DECIMAL,
  },
  properties: {},
  property: { name: TOKEN, value: TEXT },
  testcase: { name: TEXT, classname: TOKEN, time: DECIMAL },
  failure: { message: TEXT, type: TEXT },
  error: { message: TEXT, type: TEXT },
  skipped: { message: TEXT },
  'system-out': {},
  'system-err': {},
};

const childrenOf: Readonly<Record<string, RegExp>> = {
  testsuites: /^(testsuite )*$/,
  testsuite: /^properties (testcase )*system-out system-err $/,
  properties: /^(property )*$/,
  testcase: /^((failure|error|skipped) )?$/,
};

function expectJunit(element: Element): void {
  const attributes = attributesOf[element.name] ?? {};
  expect(Object.keys(element.attributes).sort(), element.name).toEqual(Object.keys(attributes).sort());
  for (const [name, pattern] of Object.entries(attributes)) {
    expect(element.attributes[name], `${element.name} ${name}`).toMatch(pattern);
  }
  expect(element.children.map(({ name }) => `${name} `).join('')).toMatch(childrenOf[element.name] ?? /^$/);
  element.children.forEach(expectJunit);
}

const count = (element: Element, name: string): number =>
  element.children.filter((child) => child.children.some((inner) => inner.name === name)).length;

const everyOutcome = [
  result(),
  failure({ scenario: 'refresh/opted-out-identity', requirement: 'S11' }),
  failure({ scenario: 'versions/policy', level: 'SHOULD' }),
  failure({ scenario: 'generate/email-hash', expectedFailure: true }),
  skipped(),
  incomplete({ scenario: 'map/batch', participant: 'advertiser' }),
];

describe('junit', () => {
  it('is valid and counts what it lists', () => {
    const root = parseXml(reporters.junit(reportOf([everyOutcome, [result()]])));
    expectJunit(root);
    const [suite, second] = root.children;
    expect(suite?.attributes).toMatchObject({
      tests: '6',
      failures: '2',
      errors: '1',
      skipped: '2',
      id: '0',
    });
    expect(second?.attributes).toMatchObject({
      tests: '1',
      failures: '0',
      errors: '0',
      skipped: '0',
      id: '1',
    });
    for (const name of ['failure', 'error', 'skipped']) {
      const attribute = name === 'skipped' ? name : `${name}s`;
      expect(String(suite && count(suite, name))).toBe(suite?.attributes[attribute]);
    }
    expect(suite?.children[2]?.children[0]?.text).toContain('likely cause: the operator does not follow');
  });

  it('is well-formed with any text that an operator sends', () => {
    const root = parseXml(
      reporters.junit(
        reportOf([[failure({}, HOSTILE), skipped({ reason: HOSTILE }), incomplete({ reason: HOSTILE })]]),
      ),
    );
    expectJunit(root);
    const text = root.children[0]?.children[1]?.children[0]?.text;
    expect(text).toContain('<b>&amp;]]>"\'\\u{0}\\u{1b}[31m\\u{d800}\\u{fffe}\\u{202e}|`*_ \\u{d}\nline 2');
  });
});

describe('console', () => {
  it('shows a failure with what was sent, expected and got, and ends with the totals', () => {
    const text = consoleReport(reportOf([everyOutcome]));
    expect(text.split('\n').at(-1)).toBe('1 passed, 3 failed, 1 skipped');
    for (const part of [
      'FAILED  refresh/opted-out-identity@v2  MUST S11',
      'expected failure  generate/email-hash@v2',
      'requirement   token/generate with email issues tokens',
      'sent          POST /v2/token/generate',
      'expected      200, text/plain, {"status":"optout"}',
      'got           200, application/json, {}',
      'likely cause  the operator does not follow',
      'the target does not serve v0',
      'no credential of a publisher was given',
      'not conformant: 1 MUST failed and 1 SHOULD failed',
      '1 of the failed was expected by the baseline',
      '1 incomplete',
    ]) {
      expect(text).toContain(part);
    }
    expect(text.indexOf('FAILED')).toBeLessThan(text.indexOf('expected failure'));
  });

  it('names stale entries, and why nothing was judged', () => {
    const stale = consoleReport(reportOf([[result()]], { exitCode: 1, staleEntries: ['generate/email'] }));
    expect(stale).toContain('not conformant: 1 entry of the baseline is stale');
    expect(stale).toContain('baseline: generate/email is stale');
    expect(consoleReport(reportOf([[skipped()]], { exitCode: 2 }))).toContain('no scenario ran');
    expect(consoleReport(reportOf([[incomplete()]]))).toContain('incomplete: 1 scenario could not be judged');
    expect(consoleReport(reportOf([[result()]]))).toMatch(/conformant\n1 passed, 0 failed, 0 skipped$/);
  });

  it('lists scenarios that are not applicable, a whole generation in one name, and none when quiet', () => {
    const report = reportOf([
      [result(), skipped(), skipped({ scenario: 'generate/phone' }), skipped({ api: 'v2' })],
    ]);
    expect(consoleReport(report)).toContain('every scenario of v0, generate/email@v2');
    expect(consoleReport(report, { quiet: true })).not.toContain('does not serve');
  });

  it('prints no control characters of an answer', () => {
    const text = consoleReport(reportOf([[failure({}, HOSTILE), skipped({ reason: HOSTILE })]]));
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it('has colour only when asked for', () => {
    expect(consoleReport(reportOf([everyOutcome]), { colour: true })).toContain('\u001b[');
    expect(consoleReport(reportOf([everyOutcome]))).not.toContain('\u001b[');
  });

  it('keeps progress within one line', () => {
    expect(progressLine([result(), failure()], 12, 80)).toBe('2/12, 1 failed  generate/email@v2');
    expect(progressLine([result()], 12, 10)).toHaveLength(9);
    expect(progressLine([], 12, 80)).toBe('0/12  ');
  });
});

describe('comparison', () => {
  const departures = (...results: (Result | undefined)[]) =>
    compareTargets(reportOf(results.map((one) => (one ? [one] : []))))
      .differences.flatMap(({ departs }) => departs)
      .map(({ target }) => target);

  it('names the target that fails where others pass', () => {
    expect(departures(result(), failure())).toEqual([1]);
    expect(departures(failure(), result(), failure())).toEqual([0, 2]);
  });

  it('names no target that was not judged', () => {
    expect(departures(result(), skipped({ api: 'v2' }))).toEqual([]);
    expect(departures(result(), incomplete())).toEqual([]);
    expect(departures(failure(), skipped({ api: 'v2' }))).toEqual([]);
    expect(departures(result(), undefined)).toEqual([]);
  });

  it('distinguishes equal failures from different ones, ignoring tokens and times', () => {
    const got = (token: string, time: number) =>
      `200 {"advertising_token":"${token} (218 characters)","t":${time}}`;
    expect(
      departures(failure({}, got('A4AA…xY-', 1795459921856)), failure({}, got('A4AB…z0_', 1795459999999))),
    ).toEqual([]);
    expect(departures(failure({}, '400 invalid'), failure({}, '500 text'))).toEqual([0, 1]);
  });

  it('is in every report of several targets', () => {
    const report = reportOf([[result()], [failure()]]);
    expect(consoleReport(report)).toMatch(/generate\/email@v2 +ok +FAILED +\[2\]/);
    expect(reporters.markdown(report)).toContain('| `generate/email@v2` | passed | **failed** | target 2 |');
    expect(reporters.html(report)).toContain('<b>target 2</b>');
    expect(JSON.parse(reporters.json(report))).toMatchObject({ differences: [{ departs: [{ target: 1 }] }] });
    expect(consoleReport(reportOf([[result()], [result()]]))).toContain(
      'had the same outcome on all targets',
    );
  });
});

describe('markdown', () => {
  it('keeps text of an operator inside code spans and cells', () => {
    const text = reporters.markdown(
      reportOf([[failure({ description: HOSTILE }, HOSTILE), skipped({ reason: HOSTILE })], [result()]]),
    );
    const outsideCode = text.replace(/(`+)(?!`).*?[^`]\1(?!`)/g, '');
    expect(outsideCode).not.toMatch(/[^\\]<b>/);
    const tables = text.split('\n').filter((line) => line.startsWith('| '));
    const cells = tables.map((line) => line.replaceAll('\\|', '').split('|').length);
    expect(new Set(cells)).toEqual(new Set([5, 6, 7]));
  });
});

describe('html', () => {
  it('is one file without scripts that loads nothing and escapes text of an operator', () => {
    const html = reporters.html(
      reportOf([
        [failure({ description: HOSTILE }, HOSTILE), skipped({ reason: HOSTILE }), result()],
        [result()],
      ]),
    );
    expect(html).toContain('&lt;b&gt;&amp;amp;]]&gt;&quot;&#39;');
    expect(html).not.toMatch(/<b>&amp;|<script|<img|<link|src=|url\(|@import|https?:\/\/(?!operator-)/);
    expect(html).toContain(`default-src 'none'`);
    for (const id of html.matchAll(/href="#([^"]+)"/g)) expect(html).toContain(`id="${id[1] ?? ''}"`);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has a filter for each outcome, and shows failures open', () => {
    const html = reporters.html(reportOf([everyOutcome]));
    for (const outcome of ['passed (1)', 'failed (3)', 'skipped (1)', 'incomplete (1)'])
      expect(html).toContain(outcome);
    expect(html.match(/<details open class="failure/g)).toHaveLength(3);
    expect(reporters.html(reportOf([[result()]]))).toContain('id="show-failed" disabled');
  });
});

describe('json', () => {
  it('is the report itself', () => {
    const report: ContractReport = reportOf([everyOutcome]);
    expect(JSON.parse(reporters.json(report))).toEqual(report);
  });
});
