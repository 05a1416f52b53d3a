/** `uid2-mock hash`: one identity, and tables of them. */

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runInProcess as run } from '../../mock-server/testing/command-line.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-hash-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const fileOf = (name: string, text: string | Buffer): string => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};

const base64 = (text: string): string => createHash('sha256').update(text).digest('base64');
const hex = (text: string): string => createHash('sha256').update(text).digest('hex');
const TYPED = 'Jane.Doe+x@Gmail.com ';
const RIGHT = base64('janedoe@gmail.com');

/** Standard input in small pieces, which end anywhere. */
const inputOf = (text: string) => ({
  input: async function* () {
    await Promise.resolve();
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
  },
});

describe('one identity', () => {
  it('prints the normal form step by step, the hash, and mistakes that nobody would notice', async () => {
    const { code, out, err } = await run(['hash', TYPED]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const text of ['"janedoe@gmail.com"', '"jane.doe+x@gmail.com "', RIGHT, hex('janedoe@gmail.com')]) {
      expect(out).toContain(text);
    }
    expect(out).toContain(`the dots of a gmail.com address were kept`);
    expect(out).toContain(base64('jane.doe@gmail.com'));
  });

  it.each([
    ['right', RIGHT, 0, { matches: true, causes: [] }],
    ['right in hex', hex('janedoe@gmail.com').toUpperCase(), 0, { matches: true, causes: [] }],
    [
      'another',
      base64('jane.doe@gmail.com'),
      1,
      { matches: false, causes: [{ id: 'gmail_dots_kept', proved: true }] },
    ],
    ['not readable', 'abc', 1, { matches: false, causes: [{ id: 'value_length', proved: false }] }],
  ])('with a value that is %s', async (_name, value, code, expected) => {
    const json = await run(['hash', TYPED, '--expect', value, '--json']);
    expect([json.code, json.err, json.out.indexOf('\n')]).toEqual([code, '', json.out.length - 1]);
    const diagnosis = JSON.parse(json.out);
    expect(Object.keys(diagnosis)).toEqual(['kind', 'identity', 'normalized', 'hash', 'expected']);
    expect(diagnosis).toMatchObject({
      kind: 'email',
      identity: TYPED,
      normalized: 'janedoe@gmail.com',
      hash: { base64: RIGHT, hex: hex('janedoe@gmail.com') },
      expected: { value, ...expected },
    });
    for (const cause of diagnosis.expected.causes) {
      expect(Object.keys(cause)).toEqual(['id', 'says', 'fix', 'section', 'proved']);
    }
    const text = await run(['hash', TYPED, '--expect', value]);
    expect(text.code).toBe(code);
    expect(text.out).toContain(
      code === 0 ? 'right: the operator takes' : 'wrong: the operator does not take',
    );
  });

  it('that the operator calls invalid', async () => {
    const { code, out } = await run(['hash', '+1 (234) 567-8901', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      kind: 'phone',
      identity: '+1 (234) 567-8901',
      normalized: null,
      hash: null,
    });
    expect((await run(['hash', '12345', '--kind', 'phone'])).out).toContain('invalid');
  });
});

describe('many', () => {
  it('lines, from standard input', async () => {
    const { code, out, err } = await run(
      ['hash', '-'],
      {},
      inputOf('A@b.c\r\n"q@x.y\nno email\n\n+12345678901'),
    );
    expect(out).toBe(
      `A@b.c,${base64('a@b.c')}\r\n"""q@x.y",${base64('"q@x.y')}\nno email,\n+12345678901,${base64('+12345678901')}\n`,
    );
    expect([code, err]).toEqual([1, '4 rows: 3 right, 0 wrong, 1 invalid\n']);
  });

  const rows = [
    ['id', 'mail', 'note', 'theirs'],
    ['1', 'Jane.Doe@gmail.com', 'right', base64('janedoe@gmail.com')],
    ['2', 'Jane.Doe@gmail.com', '"a ""note"",\r\nwith a line end"', base64('jane.doe@gmail.com')],
    ['3', 'jöhn@example.com', '', hex('jöhn@example.com').toUpperCase()],
    ['4', '"jim.doe@gmail.com"', '', Buffer.from(hex('jim.doe@gmail.com')).toString('base64')],
    ['5', 'kim.doe@gmail.com', '', base64('kim.doe@gmail.com')],
  ];
  const added = [
    'hash,cause',
    base64('janedoe@gmail.com') + ',',
    base64('janedoe@gmail.com') + ',gmail_dots_kept',
    base64('jöhn@example.com') + ',',
    base64('jimdoe@gmail.com') + ',gmail_dots_kept+written_base64_of_hex',
    base64('kimdoe@gmail.com') + ',gmail_dots_kept',
  ];

  it.each([
    [',', 'mail', 'theirs'],
    [';', '2', '4'],
    ['\t', 'MAIL', 'Theirs'],
  ])('CSV with the delimiter %j', async (delimiter, column, expectColumn) => {
    const text = rows.map((row) => `${row.join(delimiter)}\n`).join('');
    const flags = ['--column', column, '--expect-column', expectColumn];
    const { code, out, err } = await run(['hash', '--file', '-', ...flags], {}, inputOf(text));
    expect(out).toBe(
      rows
        .map((row, i) => `${[...row, (added[i] ?? '').replace(',', delimiter)].join(delimiter)}\n`)
        .join(''),
    );
    expect(code).toBe(1);
    const [first, second, says] = err.split('\n');
    expect(first).toBe('5 rows: 2 right, 3 wrong, 0 invalid');
    expect(second?.trim()).toBe('2  gmail_dots_kept');
    expect(says).toContain('the dots of a gmail.com address were kept');
  });

  it('CSV without their hashes, a column that is named as usual, and a column that is called hash', async () => {
    const file = fileOf('users.csv', '\ufeffhash,Email\r\nx,A@b.c\r\n');
    const { code, out, err } = await run(['hash', '--file', file]);
    expect(out).toBe(`hash,Email,uid2_hash\r\nx,A@b.c,${base64('a@b.c')}\r\n`);
    expect([code, err]).toEqual([0, '1 row: 1 right, 0 wrong, 0 invalid\n']);
  });

  it('NDJSON', async () => {
    const file = fileOf(
      'users.ndjson',
      `{"email": "A@b.c", "h": null}\n{"email":"d@e.f","h":"${base64('d@e.f')}"}\n`,
    );
    const { code, out } = await run(['hash', '--file', file, '--expect-column', 'h']);
    expect(code).toBe(1);
    const [first = '', second = ''] = out.split('\n');
    expect(JSON.parse(first)).toEqual({
      email: 'A@b.c',
      h: null,
      hash: base64('a@b.c'),
      cause: 'constant_value',
    });
    expect(JSON.parse(second)).toEqual({
      email: 'd@e.f',
      h: base64('d@e.f'),
      hash: base64('d@e.f'),
      cause: '',
    });
  });

  it('as JSON, a diagnosis a line', async () => {
    const text = `email,h\nA@b.c,${base64('A@b.c')}\n`;
    const { code, out } = await run(['hash', '-', '--expect-column', 'h', '--json'], {}, inputOf(text));
    expect(code).toBe(1);
    expect(JSON.parse(out).expected.causes).toMatchObject([{ id: 'text_case_kept', proved: true }]);
  });

  it('shows progress on a terminal only', async () => {
    const { err } = await run(['hash', '-'], {}, { ...inputOf('a@b.c\n'), progressColumns: 80 });
    expect(err).toContain('rows');
    expect(err).toContain('\r');
    expect((await run(['hash', '-'], {}, inputOf('a@b.c\n'))).err).not.toContain('\r');
  });
});

const csvFile = fileOf('ab.csv', 'a,b\n1,2\n');
const jsonFile = fileOf('broken.ndjson', '{"email":"a@b.c"}\n\n[1]\n');
const unusualFile = fileOf('unusual.ndjson', '{"email":"a@b.c"}\n{"a":1,"b":2}\n');

it.each([
  [[], 'IDENTITY: expected an email, a phone, - or --file FILE; got nothing'],
  [['a@b.c', '--file', 'x'], 'IDENTITY: expected none with --file; got both, leave one out'],
  [
    ['-', '--expect', 'x'],
    '--expect: expected one identity; got a file, name the column of its hashes with --expect-column',
  ],
  [['a@b.c', '--column', 'x'], '--column: expected --file FILE or - with it; got one identity'],
  [
    ['--file', 'absent.csv'],
    '--file: expected a file that can be read, or - for standard input; got absent.csv (ENOENT)',
  ],
  [['--file', csvFile], '--column: expected the column of the identities, one of a, b; got nothing'],
  [['--file', csvFile, '--column', 'c'], '--column: expected one of a, b, or a number up to 2; got c'],
  [
    ['--file', csvFile, '--column', 'a', '--expect-column', '3'],
    '--expect-column: expected one of a, b, or a number up to 2; got 3',
  ],
  [['--file', jsonFile], 'FILE: expected an object of JSON on each line; got [1] on line 3'],
  [
    ['--file', unusualFile],
    '--column: expected the member of the identities, one of a, b on line 2; got nothing',
  ],
  [['--file', unusualFile, '--column', 'email'], '--column: expected one of a, b on line 2; got email'],
])('uid2-mock hash %j is wrong usage', async (flags, sentence) => {
  const { code, err } = await run(['hash', ...flags]);
  expect([code, err]).toEqual([2, `uid2-mock: ${sentence}\n`]);
});

it.each(['utf16le', 'big-endian'])('refuses a file in UTF-16 (%s)', async (order) => {
  const bytes = Buffer.from('\ufeffuser@example.com\n', 'utf16le');
  const file = fileOf(`${order}.txt`, order === 'utf16le' ? bytes : bytes.swap16());
  expect(await run(['hash', '--file', file])).toMatchObject({
    code: 2,
    out: '',
    err: `uid2-mock: --file: expected text in UTF-8; got UTF-16 (a byte order mark) in ${file}\n`,
  });
});

it('refuses a record whose quote does not end', async () => {
  const file = fileOf('open.csv', `email,h\n"a@b.c,${'x'.repeat(1_100_000)}\n`);
  const { code, err } = await run(['hash', '--file', file]);
  expect(code).toBe(2);
  expect(err).toContain('record 2 is longer, is a quote missing?');
});
