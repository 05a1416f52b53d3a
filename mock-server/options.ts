/**
 * The options of a mock operator, in one table. The API's type, the flags of the command line, the environment
 * variables and the table in `docs/options.md` are derived from it.
 */

import { profileNames } from './operator/profile.ts';
import { epochMs } from './operator/state/clock.ts';
import { didYouMean } from './operator/world/nearest.ts';

export { didYouMean };

const sentences = new WeakMap<ConfigurationError, string>();

/**
 * Thrown for a configuration that cannot work. Its message is one sentence for the user, or several, a line each.
 * `{name}` in a sentence stands for an option, `{name=value}` for an option with a value.
 */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(sentence: string) {
    super(withNames(sentence, (name) => name));
    sentences.set(this, sentence);
  }
}

const withNames = (sentence: string, nameOf: NameOf): string =>
  sentence.replace(/\{([a-zA-Z]+)(?:=([a-zA-Z]+))?\}/g, (whole, name: string, value?: string) => {
    if (!isOptionName(name)) return whole;
    return value === undefined ? nameOf(name) : setting(nameOf(name), value);
  });

/** An option with its value: `admin: false`, `--no-admin`, `--admin-token T` or `UID2_MOCK_ADMIN_TOKEN=T`. */
function setting(name: string, value: string): string {
  if (name.startsWith('--no-')) return name;
  if (name.startsWith('--')) return `${name} ${value}`;
  return `${name}${name === name.toUpperCase() ? '=' : ': '}${value}`;
}

/** How a user gave an option: `now`, `--now` or `UID2_MOCK_NOW`. */
export type NameOf = (option: OptionName) => string;

/** The sentences of an error, with the options as the user gave them. */
export const sentenceOf = (error: ConfigurationError, nameOf: NameOf): string =>
  withNames(sentences.get(error) ?? error.message, nameOf);

/** The error for the problems of a world, a line each. */
export const worldError = (problems: readonly string[]): ConfigurationError =>
  new ConfigurationError(problems.map((line) => `{world}: ${line}`).join('\n'));

interface OptionNotes {
  /** placeholder of the value on the command line; a switch has none */
  readonly value?: string;
  readonly help: string;
  /** the expected value, for errors */
  readonly expected: string;
  /** the same for values that are given as text */
  readonly expectedText?: string;
  readonly default?: string;
  /** a switch that is on unless it is switched off, by `--no-…` */
  readonly isOnByDefault?: boolean;
  /** may be given more than once */
  readonly isList?: boolean;
  /** another variable, by which platforms give the option */
  readonly platformName?: string;
}

/** An option. A library of schemas would take a tenth of the memory of a mock at rest to say yes or no. */
interface Option<Value> extends OptionNotes {
  readonly accepts: (value: unknown) => value is Value;
  /** values that are given as text are read as these */
  readonly form?: 'number' | 'switch';
}

/** Values of options, none of which has to be given. */
type ValuesOf<Options> = {
  [name in keyof Options]?: (Options[name] extends Option<infer Value> ? Value : never) | undefined;
};

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const text = (given: OptionNotes): Option<string> => ({ ...given, accepts: isText });
const oneOf = <const V extends readonly string[]>(
  values: V,
  given: Partial<OptionNotes> & { help: string },
): Option<V[number]> => ({
  expected: values.join(', '),
  ...given,
  accepts: (value): value is V[number] => values.some((one) => one === value),
});
const onOff = (help: string, rest: Partial<OptionNotes> = {}): Option<boolean> => ({
  help,
  expected: 'true or false',
  ...rest,
  form: 'switch',
  accepts: (value) => typeof value === 'boolean',
});
const wholeNumber = (least: number, most: number, given: Omit<OptionNotes, 'expected'>): Option<number> => ({
  ...given,
  expected: `a whole number from ${least} to ${most}`,
  form: 'number',
  accepts: (value): value is number =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
});
const lifetime = (help: string, seconds: string): Option<number> =>
  wholeNumber(0, 4_000_000_000, { value: 'S', help, default: seconds });

const optionShape = {
  /** port to listen on; 0, the default here, is any free one */
  port: wholeNumber(0, 65_535, {
    value: 'N',
    help: 'port to listen on, 0 for any free port',
    default: '8432',
    platformName: 'PORT',
  }),
  /** address to listen on; 127.0.0.1 by default */
  host: text({
    value: 'HOST',
    help: 'address to listen on',
    expected: 'an address of this machine',
    default: '127.0.0.1',
  }),
  /** path of a world file, or an object of its format; the embedded world if absent */
  world: {
    value: 'FILE',
    help: 'JSON file of sites, clients, keys and salts instead of the embedded world',
    expected: 'the path of a JSON file',
    accepts: (world: unknown): world is unknown => world !== '',
  },
  /** reads the world file again whenever it changes */
  watch: onOff('read the world file again whenever it changes'),
  /** how to behave */
  profile: oneOf(profileNames, {
    value: 'NAME',
    help: `how to behave: ${profileNames.join(', ')}`,
    default: 'local',
  }),
  /** text the keys of the embedded world are made from */
  seed: text({
    value: 'TEXT',
    help: 'text the keys of the embedded world are made from',
    expected: 'a text',
    default: 'uid2-mock',
  }),
  /** identity scope of the embedded world */
  scope: oneOf(['uid2', 'euid'], { value: 'SCOPE', help: 'uid2 or euid', default: 'uid2' }),
  /** where the clock starts: epoch ms, ISO 8601 text or Date; it runs on from there */
  now: {
    value: 'ISO',
    help: 'where the clock starts; it runs on from there',
    expected: 'epoch ms or an ISO 8601 date such as 2026-01-31T12:00:00Z',
    expectedText: 'an ISO 8601 date such as 2026-01-31T12:00:00Z',
    accepts: (time: unknown): time is number | string | Date => epochMs(time) !== undefined,
  },
  /** what the times in envelopes are checked against: the clock (default), or the machine's real time */
  envelopeClock: oneOf(['real', 'clock'], {
    value: 'CLOCK',
    help: "check the times in envelopes against the clock, or the machine's real time: clock, real",
    default: 'clock',
  }),
  /** text that random bytes follow from: with `now`, where the clock stands, the same requests give the same bytes */
  deterministic: text({
    value: 'SEED',
    help: 'make the same bytes for the same requests, with --now, where the clock stands until it is moved',
    expected: 'a text',
  }),
  /** version of the advertising tokens of profile local */
  tokenVersion: oneOf(['v2', 'v3', 'v4'], {
    value: 'V',
    help: 'advertising tokens of profile local: v2, v3 or v4',
    default: 'v4',
  }),
  /** whether `/__admin` and test ids are served; true by default */
  admin: onOff('serve neither /__admin nor test ids', { isOnByDefault: true }),
  /** token that calls to `/__admin` have to send */
  adminToken: {
    value: 'T',
    help: 'ask for Authorization: Bearer T on /__admin',
    expected: 'a text that is not blank, such as openssl rand -hex 16 prints',
    accepts: (token: unknown): token is string => isText(token) && token.trim() !== '',
  },
  /** names of hosts under which `/__admin` may be called, beside its own address */
  allowHost: {
    value: 'NAME',
    help: 'host name under which /__admin may be called; repeatable',
    expected: 'a host name, or a list of them',
    isList: true,
    accepts: (hosts: unknown): hosts is string | string[] => [hosts].flat().every(isText),
  },
  /** how many exchanges the journal keeps; 1000 by default, 0 for none */
  journal: wholeNumber(0, 1_000_000, {
    value: 'N',
    help: 'how many exchanges the journal keeps; 0 for none',
    default: '1000',
  }),
  /** shows identities, keys and secrets in the journal as they were sent */
  journalPlain: onOff('show identities, keys and secrets in the journal as they were sent'),
  /** URL of a Valkey or Redis server through which instances share their state */
  store: text({
    value: 'URL',
    help: 'Valkey or Redis server that shares the state of many instances, such as redis://127.0.0.1:6379',
    expected: 'a URL such as redis://127.0.0.1:6379',
  }),
  /** says the cause of an answer in its header `X-UID2-Mock-Explain` */
  explain: onOff('say the cause of each refusal in the header X-UID2-Mock-Explain'),
  /** folder of the scripts that are served under `/static/js/` */
  static: text({
    value: 'DIR',
    help: 'folder of scripts to serve under /static/js/, where the operator has its own',
    expected: 'the path of a folder',
  }),
  /** lifetime of advertising tokens */
  identityTokenExpiresAfterSeconds: lifetime('lifetime of advertising tokens', '3600'),
  /** lifetime of refresh tokens */
  refreshTokenExpiresAfterSeconds: lifetime('lifetime of refresh tokens', '86400'),
  /** age at which tokens should be refreshed */
  refreshIdentityTokenAfterSeconds: lifetime('age at which tokens should be refreshed', '900'),
};

/** Options of the command line alone. */
const commandLineShape = {
  mutant: text({
    value: 'ID',
    help: 'serve one deliberate fault; ids: uid2-mock selftest --list',
    expected: 'an id that uid2-mock selftest --list names',
  }),
  workers: wholeNumber(1, 64, { value: 'N', help: 'serve by so many processes on one port' }),
  json: onOff('print one line of JSON when listening'),
  logLevel: oneOf(['silent', 'error', 'info'], {
    value: 'LEVEL',
    help: 'silent, error or info (a line per request)',
    default: 'error',
  }),
  quiet: onOff('print nothing but errors'),
};

/** Called for every request that is answered (`info`), and for every failure that no caller caused (`error`). */
export type Log = (level: 'error' | 'info', message: string) => void;

const apiShape = {
  ...optionShape,
  /** `process`: the clock follows `Date.now()` of this process, fake timers included */
  clock: oneOf(['process'], { help: '' }),
  /** called for every request and failure; by default nothing is logged; errors that it throws are ignored */
  log: { help: '', expected: 'a function', accepts: (log: unknown): log is Log => typeof log === 'function' },
};

/** The options of `startMockOperator`. */
export type MockOperatorOptions = ValuesOf<typeof apiShape>;

const flagShape = { ...optionShape, ...commandLineShape };
export type OptionName = keyof typeof flagShape;

export type CommandLineOptions = ValuesOf<typeof flagShape>;

const isOptionName = (name: string): name is OptionName => Object.hasOwn(flagShape, name);

const LONGEST_SHOWN = 40;

/** A value for a message. An object is never shown, because it may hold secrets. */
function shown(value: unknown): string {
  if (value === '') return 'nothing';
  if (typeof value === 'string' && value.trim() === '') return 'blanks alone';
  if (typeof value === 'string' && value.length > LONGEST_SHOWN)
    return `a text of ${value.length} characters`;
  if (value instanceof Date) return 'an invalid date';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}

/**
 * Checks the options of a caller without type checks: their names, and each value.
 *
 * @throws ConfigurationError for the first invalid option
 */
export function checkOptions(given: object): MockOperatorOptions {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ConfigurationError(`options: expected an object; got ${shown(given)}`);
  }
  const checked: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(apiShape)) {
    const value: unknown = Reflect.get(given, name);
    if (value === undefined) continue;
    if (!option.accepts(value)) throw wrongValue(name, option, value);
    checked[name] = value;
  }
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(apiShape, name));
  if (unknown !== undefined) throw unknownOption(unknown);
  return checked;
}

function unknownOption(name: string): ConfigurationError {
  if (isOptionName(name)) {
    return new ConfigurationError(`${name}: expected on the command line only; leave it out here`);
  }
  const known = Object.keys(apiShape);
  return new ConfigurationError(
    `options: expected ${known.join(', ')}; got ${name}${didYouMean(name, known)}`,
  );
}

function wrongValue(name: string, option: Option<unknown>, value: unknown): ConfigurationError {
  // the text of a number or a switch looks like a valid value in a message
  const isWritten = option.form !== undefined && typeof value === 'string' && value.length <= LONGEST_SHOWN;
  return new ConfigurationError(
    `${name}: expected ${option.expected}; got ${isWritten ? 'the text ' : ''}${shown(value)}`,
  );
}

export interface OptionRow extends OptionNotes {
  readonly name: OptionName;
}

/** The options as rows, in the order of the help and of `docs/options.md`. */
export const optionRows: readonly OptionRow[] = Object.entries(flagShape).flatMap(([name, option]) =>
  isOptionName(name) ? [{ ...option, name }] : [],
);

const kebab = (name: string): string => name.replace(/[A-Z]/g, (upper) => `-${upper.toLowerCase()}`);

export const flagOf = ({ name, isOnByDefault }: OptionRow): string =>
  `--${isOnByDefault === true ? 'no-' : ''}${kebab(name)}`;

/** The environment variables of an option, the first before the second. */
export const environmentNamesOf = ({ name, platformName }: OptionRow): string[] => [
  `UID2_MOCK_${kebab(name).replaceAll('-', '_').toUpperCase()}`,
  ...(platformName === undefined ? [] : [platformName]),
];

const switchWords: Readonly<Record<string, boolean>> = { true: true, 1: true, false: false, 0: false };

/**
 * The value of an option given as text.
 *
 * @param source the flag or variable that gave it, for the message
 * @throws ConfigurationError
 */
export function readOption(name: OptionName, given: string, source: string): unknown {
  const { form, accepts, expected, expectedText = expected }: Option<unknown> = flagShape[name];
  const isNumber = form === 'number' && /^\d+$/.test(given);
  const value = form === 'switch' ? switchWords[given] : isNumber ? Number(given) : given;
  if (accepts(value)) return value;
  throw new ConfigurationError(`${source}: expected ${expectedText}; got ${shown(given)}`);
}
