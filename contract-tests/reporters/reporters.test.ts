import { describe, expect, it } from 'vitest';
import type { ContractReport, Finding, Result, RuleTally } from '../spec/results.ts';
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

const finding = (changes: Partial<Finding> = {}, got = 'nothing'): Finding => ({
  id: 'headers/vary',
  requirement: 'R5',
  level: 'MUST',
  says: 'every answer has vary: origin',
  answers: 40,
  departed: 7,
  example: {
    sent: 'GET /v1/token/generate?email=user@example.com',
    expected: 'header vary: origin',
    got,
    likelyCause: 'the CORS headers of this answer',
  },
  scenarios: ['cors/origin@v0', 'cors/origin@v1', 'generate/email@v1', 'refresh/chain@v1', 'http/slashes@v1'],
  requirements: ['R5'],
  ...changes,
});

/** The finding of a scenario that failed. */
const findingOf = (one: Result): Finding[] =>
  one.failure === undefined
    ? []
    : [
        finding({
          id: one.scenario,
          requirement: one.requirement,
          level: one.level,
          says: one.requirementText,
          answers: 1,
          departed: 1,
          example: one.failure,
          scenarios: [`${one.scenario}@${one.api}`],
          requirements: [one.requirement],
          ...(one.expectedFailure ? { expected: true } : {}),
        }),
      ];

const tallyOf = ({ id, answers, departed, example, expected }: Finding): RuleTally => ({
  id,
  answers,
  departed,
  example,
  ...(expected ? { expected } : {}),
});

/** The answers keep to one rule, and to the others as `findings` say. */
const talliesOf = (findings: readonly Finding[]): RuleTally[] => [
  { id: 'envelope/nonce', answers: 12, departed: 0 },
  ...findings.map(tallyOf),
];

/** One target per list of results, each with a finding per failure; totals and exit code follow, as in a run. */
function reportOf(
  lists: readonly Result[][],
  changes: Partial<ContractReport> = {},
  ofAnswers: readonly Finding[] = [],
): ContractReport {
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
      head: [],
      resent: 0,
      notLookedAt: [],
      results: own,
      findings: [...ofAnswers, ...own.flatMap(findingOf)],
      answerRules: talliesOf(ofAnswers),
    })),
    findings: lists.flatMap((own) => [...ofAnswers, ...own.flatMap(findingOf)]),
    totals: {
      passed: total('passed'),
      failed: total('failed'),
      skipped: total('skipped'),
      incomplete: total('incomplete'),
      stale: 0,
    },
    exitCode: broken || ofAnswers.some((one) => !one.expected) ? 1 : total('incomplete') > 0 ? 3 : 0,
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
    const [suite, answers, second] = root.children;
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
      id: '2',
    });
    expect(answers?.attributes).toMatchObject({ tests: '1', failures: '0', id: '1' });
    for (const name of ['failure', 'error', 'skipped']) {
      const attribute = name === 'skipped' ? name : `${name}s`;
      expect(String(suite && count(suite, name))).toBe(suite?.attributes[attribute]);
    }
    expect(suite?.children[2]?.children[0]?.text).toContain('likely cause: the operator does not follow');
  });

  it('has a test case for each rule that was checked in every answer', () => {
    const suiteOf = (one: Finding) =>
      parseXml(reporters.junit(reportOf([[result()]], {}, [one]))).children[1];
    const suite = suiteOf(finding());
    expect(suite?.attributes).toMatchObject({
      name: 'every answer of http://operator-1.example (profile current)',
      tests: '2',
      failures: '1',
    });
    const cases = suite?.children.filter(({ name }) => name === 'testcase') ?? [];
    expect(cases.map(({ attributes }) => attributes['name']?.split(':')[0])).toEqual([
      'headers/vary',
      'envelope/nonce',
    ]);
    expect(cases[0]?.children[0]?.attributes).toMatchObject({
      message: 'in 7 of 40 answers: expected header vary: origin; got nothing',
      type: 'MUST',
    });
    expect(cases[1]?.children).toEqual([]);
    expect(suiteOf(finding({ expected: true }))?.attributes).toMatchObject({ failures: '0', skipped: '1' });
  });

  it('is well-formed with any text that an operator sends', () => {
    const report = reportOf(
      [[failure({}, HOSTILE), skipped({ reason: HOSTILE }), incomplete({ reason: HOSTILE })]],
      {},
      [finding({}, HOSTILE)],
    );
    const root = parseXml(reporters.junit(report));
    expectJunit(root);
    const text = root.children[0]?.children[1]?.children[0]?.text;
    expect(text).toContain('<b>&amp;]]>"\'\\u{0}\\u{1b}[31m\\u{d800}\\u{fffe}\\u{202e}|`*_ \\u{d}\nline 2');
  });
});

describe('console', () => {
  it('shows each finding in five lines before everything else, and ends with the totals', () => {
    const lines = consoleReport(reportOf([everyOutcome], {}, [finding()])).split('\n');
    expect(lines.at(-1)).toBe('1 passed, 3 failed, 1 skipped');
    expect(lines.slice(2, 8)).toEqual([
      '  FAILED  MUST R5  every answer has vary: origin ' +
        '(7 of 40 answers; in cors/origin@v0, cors/origin@v1, generate/email@v1 and 2 more)',
      '    sent          GET /v1/token/generate?email=user@example.com',
      '    expected      header vary: origin',
      '    got           nothing',
      '    likely cause  the CORS headers of this answer; run again: uid2-mock verify --filter cors/origin',
      '',
    ]);
    const text = lines.join('\n');
    const order = [
      'FAILED  MUST R5',
      'FAILED  MUST S11  token/generate with email issues tokens (1 of 1 scenario; in refresh/opted-out-identity@v2)',
      'FAILED  SHOULD S1',
      'expected failure  MUST S1',
      '1  no credential of a publisher was given',
      '1  the target does not serve v0',
      'not conformant: 2 MUST findings and 1 SHOULD finding',
      '1 finding was expected by the baseline',
      '1 incomplete',
    ].map((part) => text.indexOf(part));
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(text).not.toContain('requirement   ');
  });

  it('joins the lines of a text in a finding, and takes the command to run it again', () => {
    const report = reportOf([[result()]], {}, [finding({}, 'line 1\nline 2')]);
    const text = consoleReport(report, { command: 'uid2-mock verify --api v1' });
    expect(text).toContain('got           line 1\\nline 2\n');
    expect(text).toContain('run again: uid2-mock verify --api v1 --filter cors/origin\n');
    const ofNone = consoleReport(
      reportOf([[result()]], {}, [finding({ scenarios: ['before the scenarios'] })]),
    );
    expect(ofNone).toContain('(7 of 40 answers; before the scenarios)\n');
    expect(ofNone).toContain('run again: uid2-mock verify\n');
  });

  it('shows every failed scenario when verbose', () => {
    const text = consoleReport(reportOf([everyOutcome]), { verbose: true });
    for (const part of [
      'FAILED  refresh/opted-out-identity@v2  MUST S11',
      'expected failure  generate/email-hash@v2',
      'requirement   token/generate with email issues tokens',
      'sent          POST /v2/token/generate',
      'expected      200, text/plain, {"status":"optout"}',
      'got           200, application/json, {}',
      'likely cause  the operator does not follow',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('names stale entries, and why nothing was judged', () => {
    const stale = consoleReport(reportOf([[result()]], { exitCode: 1, staleEntries: ['generate/email'] }));
    expect(stale).toContain('not conformant: 1 entry of the baseline is stale');
    expect(stale).toContain(
      'baseline: generate/email is stale: it passes or does not exist; --update-baseline removes it',
    );
    expect(consoleReport(reportOf([[skipped()]], { exitCode: 2 }))).toContain('no scenario ran');
    expect(consoleReport(reportOf([[incomplete()]]))).toContain('incomplete: 1 scenario could not be judged');
    expect(consoleReport(reportOf([[result()]]))).toMatch(/conformant\n1 passed, 0 failed, 0 skipped$/);
  });

  it('has a line per reason to skip; the scenarios when verbose, a whole generation in one name', () => {
    const report = reportOf([
      [result(), skipped(), skipped({ scenario: 'generate/phone' }), skipped({ api: 'v2' })],
    ]);
    expect(consoleReport(report)).toContain('  Skipped\n      3  the target does not serve v0\n\n');
    expect(consoleReport(report, { verbose: true })).toContain('every scenario of v0, generate/email@v2');
    expect(consoleReport(report, { quiet: true })).not.toContain('does not serve');
  });

  it('prints no control characters of an answer', () => {
    const report = reportOf([[failure({}, HOSTILE), skipped({ reason: HOSTILE })]], {}, [
      finding({}, HOSTILE),
    ]);
    const text = consoleReport(report, { verbose: true });
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

it.each([
  ['console', consoleReport],
  ['markdown', reporters.markdown],
  ['html', reporters.html],
])('the look, and what is missing, are in %s', (_, write) => {
  const report = reportOf([[result()]]);
  const [target] = report.targets;
  if (target === undefined) throw new Error('expected a target');
  target.head = ['the given key has the role GENERATOR'];
  const one = { requirement: 'R57', reason: 'no key of an advertiser', how: 'a key with the role MAPPER' };
  target.notLookedAt = [one, { ...one, requirement: 'R58' }];
  const text = write(report);
  expect(text).toContain('the given key has the role GENERATOR');
  expect(text).toMatch(/R57, R58.*a key with the role MAPPER|a key with the role MAPPER.*R57, R58/);
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
      reportOf([[failure({ description: HOSTILE }, HOSTILE), skipped({ reason: HOSTILE })], [result()]], {}, [
        finding({ says: HOSTILE }, HOSTILE),
      ]),
    );
    const outsideCode = text.replace(/(`+)(?!`).*?[^`]\1(?!`)/g, '');
    expect(outsideCode).not.toMatch(/[^\\]<b>/);
    const tables = text.split('\n').filter((line) => line.startsWith('| '));
    const cells = tables.map((line) => line.replaceAll('\\|', '').split('|').length);
    expect(new Set(cells)).toEqual(new Set([5, 6, 7]));
  });
});

describe('findings come first', () => {
  const report = reportOf([everyOutcome], {}, [
    finding({ target: 'http://operator-1.example' }),
    finding({ id: 'tokens/keys', requirement: 'R33', requirements: ['R34', 'R33'] }),
  ]);

  it('in markdown', () => {
    const text = reporters.markdown(report);
    expect(text).toContain(
      [
        '## Findings',
        '',
        '### R5 (MUST): every answer has vary: origin',
        '',
        '- target: `http://operator-1.example`',
        '- `headers/vary`, 7 of 40 answers; in cors/origin@v0, cors/origin@v1, generate/email@v1 and 2 more',
        '- sent: `GET /v1/token/generate?email=user@example.com`',
        '- expected: `header vary: origin`',
        '- got: `nothing`',
        '- likely cause: `the CORS headers of this answer`',
        '- run again: `uid2-mock verify --filter cors/origin`',
        '',
      ].join('\n'),
    );
    expect(text).toContain('### R33 and R34 (MUST): every answer has vary: origin\n');
    expect(text.indexOf('(expected failure)')).toBeLessThan(text.indexOf('| target |'));
  });

  it('in html, with links to the requirements', () => {
    const html = reporters.html(report);
    expect(html).toContain('<h2>5 findings</h2>');
    expect(html.indexOf('7 of 40 answers; in cors/origin@v0')).toBeLessThan(html.indexOf('<table>'));
    expect(html).toContain('<a href="#requirement-R5">R5</a>');
    expect(html).toMatch(/<tr id="requirement-R5"><th scope="row">R5<\/th>.*§6\.3/);
  });

  it('in json, once', () => {
    const json = JSON.parse(reporters.json(report)) as Record<string, unknown>;
    expect(json['findings']).toEqual(report.findings.map(({ requirements: _all, ...rest }) => rest));
    expect(Object.keys(json).indexOf('findings')).toBeLessThan(Object.keys(json).indexOf('targets'));
    expect(json['targets']).not.toEqual([expect.objectContaining({ findings: expect.anything() })]);
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

  it('has a filter for each outcome, and shows findings open', () => {
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
    const targets = report.targets.map(
      ({ target, profile, head, resent, notLookedAt, results, answerRules }) => ({
        target,
        profile,
        head,
        resent,
        notLookedAt,
        results,
        answerRules,
      }),
    );
    expect(JSON.parse(reporters.json(report))).toEqual({ ...report, findings: expect.any(Array), targets });
  });
});
