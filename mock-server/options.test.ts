/** Options as JavaScript may pass them: unusual objects that work, and the errors for those that cannot. */

import { describe, expect, it } from 'vitest';
import { ConfigurationError, startMockOperator } from './index.ts';

/** Starts with options that are not type-checked. */
const started = (options: unknown) => startMockOperator(options as object);

describe('taken are', () => {
  class Settings {
    get scope() {
      return 'euid';
    }
  }

  it.each<[string, unknown]>([
    ['an object without prototype', Object.assign(Object.create(null), { scope: 'euid' })],
    ['a frozen object', Object.freeze({ scope: 'euid' })],
    [
      'a getter',
      {
        get scope() {
          return 'euid';
        },
      },
    ],
    ['a getter of a class', new Settings()],
    ['an inherited value', Object.create({ scope: 'euid' })],
    ['members by symbols, which are ignored', { scope: 'euid', [Symbol('port')]: 'http' }],
  ])('%s', async (_what, options) => {
    const mock = await started(options);
    expect(mock.world.identity_scope).toBe('EUID');
    await mock.close();
  });

  it('undefined for any option, which is its default', async () => {
    const names = [
      'port',
      'host',
      'world',
      'watch',
      'profile',
      'seed',
      'scope',
      'now',
      'tokenVersion',
      'log',
    ];
    const mock = await started(Object.fromEntries(names.map((name) => [name, undefined])));
    expect(mock.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect([mock.profile, mock.world.identity_scope]).toEqual(['local', 'UID2']);
    await mock.close();
  });

  it('no options', async () => {
    await (await started(undefined)).close();
  });
});

describe('refused is', () => {
  const anyOption = 'expected port, host, world, .*, log';

  it.each<[string, unknown, RegExp]>([
    ['null', null, /^options: expected an object; got null$/],
    ['a text', 'current', /^options: expected an object; got current$/],
    ['a list', [], /^options: expected an object; got a list$/],
    ['a function', () => ({}), /^options: expected an object; got a function$/],
    ['a name near one', { prot: 0 }, new RegExp(`^options: ${anyOption}; got prot; did you mean port\\?$`)],
    ['a name in small letters', { tokenversion: 'v2' }, /; got tokenversion; did you mean tokenVersion\?$/],
    ['a name of the command line', { 'token-version': 'v2' }, /; did you mean tokenVersion\?$/],
    ['a name near none', { certificate: '' }, new RegExp(`^options: ${anyOption}; got certificate$`)],
    ['a name without value', { prot: undefined }, /; got prot; did you mean port\?$/],
    ['a name of every object', JSON.parse('{"__proto__": {}}'), /; got __proto__$/],
    ['quiet', { quiet: true }, /^quiet: expected on the command line only; leave it out here$/],
    ['json', { json: false }, /^json: expected on the command line only; leave it out here$/],
    ['a log level', { logLevel: 'info' }, /^logLevel: expected on the command line only; leave it out here$/],
    ['a mutant', { mutant: 'any' }, /^mutant: expected on the command line only; leave it out here$/],
    ['a switch in a text', { watch: 'true' }, /^watch: expected true or false; got the text true$/],
    ['a long text', { profile: 'x'.repeat(41) }, /^profile: expected .*; got a text of 41 characters$/],
    ['an invalid date', { now: new Date(NaN) }, /^now: expected .*; got an invalid date$/],
    ['an empty path', { world: '' }, /^world: expected the path of a JSON file; got nothing$/],
    ['a blank admin token', { adminToken: ' ' }, /^adminToken: expected a text .*; got blanks alone$/],
    ['a watch over no world', { watch: true }, /^watch: expected world with the path of a file; got none$/],
    ['a watch over an object', { watch: true, world: {} }, /^watch: expected world with .*; got an object$/],
  ])('%s', async (_what, options, message) => {
    const failure = await started(options).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure).toMatchObject({ name: 'ConfigurationError', message: expect.stringMatching(message) });
  });
});
