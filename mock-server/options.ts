/** The options of a mock operator, once: the API's type, the CLI's flags, the environment and the README's table. */

import { epochMs } from './operator/state/clock.ts';
import { profileNames } from './operator/profile.ts';

/** Thrown for a configuration that cannot work; its message is one sentence for the user. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

type Reader = (text: string, name: string) => unknown;

const oneOf =
  (...values: readonly string[]): Reader =>
  (text, name) => {
    if (!values.includes(text))
      throw new ConfigurationError(`${name}: expected ${values.join(', ')}; got ${text}`);
    return text;
  };

const integer =
  (min: number, max: number): Reader =>
  (text, name) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new ConfigurationError(`${name}: expected a whole number from ${min} to ${max}; got ${text}`);
    }
    return value;
  };

const text: Reader = (value, name) => {
  if (value === '') throw new ConfigurationError(`${name}: expected a value; got nothing`);
  return value;
};

const instant: Reader = (value, name) => {
  try {
    return epochMs(value);
  } catch {
    throw new ConfigurationError(
      `${name}: expected an ISO 8601 date such as 2026-01-31T12:00:00Z; got ${value}`,
    );
  }
};

const flag: Reader = oneOf('true', 'false', '1', '0');

export interface OptionRow {
  /** name in the API and, in kebab-case, of the flag */
  readonly name: string;
  /** placeholder of the value; a row without one is a switch */
  readonly value?: string;
  readonly help: string;
  readonly default?: string;
  /** a name outside of ours under which platforms give it */
  readonly platformName?: string;
  readonly read: Reader;
}

const SECONDS = integer(0, 4_000_000_000);

export const optionRows: readonly OptionRow[] = [
  {
    name: 'port',
    value: 'N',
    help: 'port to listen on, 0 for any free one',
    default: '8432',
    platformName: 'PORT',
    read: integer(0, 65_535),
  },
  { name: 'host', value: 'HOST', help: 'address to listen on', default: '127.0.0.1', read: text },
  {
    name: 'world',
    value: 'FILE',
    help: 'JSON file of sites, clients, keys and salts instead of the embedded world',
    read: text,
  },
  {
    name: 'profile',
    value: 'NAME',
    help: `how to behave: ${profileNames.join(', ')}`,
    default: 'local',
    read: oneOf(...profileNames),
  },
  {
    name: 'seed',
    value: 'TEXT',
    help: 'text the keys of the embedded world are made from',
    default: 'uid2-mock',
    read: text,
  },
  { name: 'scope', value: 'SCOPE', help: 'uid2 or euid', default: 'uid2', read: oneOf('uid2', 'euid') },
  { name: 'now', value: 'ISO', help: 'where the clock starts; it runs on from there', read: instant },
  {
    name: 'tokenVersion',
    value: 'V',
    help: 'advertising tokens of profile local: v2, v3 or v4',
    default: 'v4',
    read: oneOf('v2', 'v3', 'v4'),
  },
  {
    name: 'identityTokenExpiresAfterSeconds',
    value: 'S',
    help: 'lifetime of advertising tokens',
    default: '3600',
    read: SECONDS,
  },
  {
    name: 'refreshTokenExpiresAfterSeconds',
    value: 'S',
    help: 'lifetime of refresh tokens',
    default: '86400',
    read: SECONDS,
  },
  {
    name: 'refreshIdentityTokenAfterSeconds',
    value: 'S',
    help: 'age at which tokens should be refreshed',
    default: '900',
    read: SECONDS,
  },
  {
    name: 'mutant',
    value: 'ID',
    help: 'serve one deliberate fault; ids: uid2-mock selftest --list',
    read: text,
  },
  { name: 'json', help: 'print one line of JSON when listening', read: flag },
  {
    name: 'logLevel',
    value: 'LEVEL',
    help: 'silent, error or info (a line per request)',
    default: 'error',
    read: oneOf('silent', 'error', 'info'),
  },
  { name: 'quiet', help: 'print nothing but errors', read: flag },
];

const kebab = (name: string): string => name.replace(/[A-Z]/g, (upper) => `-${upper.toLowerCase()}`);

export const flagOf = (row: OptionRow): string => `--${kebab(row.name)}`;

/** The names under which the environment gives an option, the first before the second. */
export const environmentNamesOf = ({ name, platformName }: OptionRow): string[] => [
  `UID2_MOCK_${kebab(name).replaceAll('-', '_').toUpperCase()}`,
  ...(platformName === undefined ? [] : [platformName]),
];

/** Options that are more than a text; whoever uses them says what is wrong with them. */
const notTexts = ['world', 'now'];

/**
 * Checks the options of a caller in JavaScript, whom no type stops: their names, and that each value is one its flag
 * would take.
 *
 * @throws ConfigurationError
 */
export function checkOptions(given: object): void {
  const rows = new Map(optionRows.map((row) => [row.name, row]));
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || notTexts.includes(name)) continue;
    const row = rows.get(name);
    if (row !== undefined) {
      const read = row.read(String(value), name);
      if (row.value !== undefined && read !== value)
        throw new ConfigurationError(`${name}: expected a ${typeof read}; got a ${typeof value}`);
    } else if (name !== 'log') {
      throw new ConfigurationError(`options: expected ${[...rows.keys()].join(', ')} or log; got ${name}`);
    } else if (typeof value !== 'function') {
      throw new ConfigurationError(`log: expected a function; got ${typeof value}`);
    }
  }
}
