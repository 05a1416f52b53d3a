/** The flags of `uid2-mock verify`, read and checked before the first request. */

import {
  apis,
  participants,
  profiles,
  type Api,
  type ContractOptions,
  type Participant,
  type Profile,
} from '../contract-tests/index.ts';
import { reporters, type ReportKind } from '../contract-tests/reporters/index.ts';
import { readBaseline, type Baseline } from './baseline.ts';
import { environmentCredentials, readCredentialsFile, type Known } from './verify-credentials.ts';
import { readJson, wrong } from './verify-input.ts';

/** As commander hands them over. */
export interface VerifyFlags {
  target?: string[];
  world?: string[];
  credentials?: string[];
  profile?: string[];
  as?: string;
  api?: string;
  filter?: string[];
  list?: true;
  explain?: string;
  strict?: true;
  expectedFailures?: string;
  updateBaseline?: true;
  report?: string[];
  timeout?: string;
  wait?: string;
  concurrency?: string;
  order?: string;
  rps?: string;
  allowProduction?: true;
  quiet?: true;
  verbose?: true;
}

/** A target; without `url` a mock is started for the run. */
interface PlannedTarget extends Known {
  readonly url: string | undefined;
  readonly world: unknown;
  readonly profile: Profile | undefined;
}

export interface VerifyPlan {
  readonly targets: readonly PlannedTarget[];
  readonly as: ContractOptions['as'];
  readonly api: ContractOptions['api'];
  readonly filter: readonly string[] | undefined;
  readonly baseline: Baseline | undefined;
  readonly updateBaseline: boolean;
  readonly reports: readonly { readonly kind: ReportKind; readonly file: string }[];
  /** Options that `runContract` takes unchanged. */
  readonly limits: Pick<
    ContractOptions,
    'strict' | 'timeoutMs' | 'waitMs' | 'concurrency' | 'order' | 'rps' | 'allowProduction'
  >;
  readonly list: boolean;
  /** How the console shows the report. */
  readonly shown: { readonly quiet: boolean; readonly verbose: boolean; readonly command: string };
}

const alternatives = (words: readonly string[]): string =>
  `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;

/** `a,b` of `words`, or `all`. */
function choice<T extends string>(flag: string, text: string, words: readonly T[]): T[] | 'all' {
  if (text === 'all') return 'all';
  return text.split(',').map((part) => {
    const found = words.find((word) => word === part.trim());
    if (found === undefined) throw wrong(flag, alternatives([...words, 'all']), part.trim());
    return found;
  });
}

function number(flag: string, text: string | undefined, expected: string, fits: (value: number) => boolean) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || !fits(value)) throw wrong(flag, expected, text);
  return value;
}

/** The URL to suggest: a host such as `localhost:8432` with a scheme added, or an example. */
function withScheme(text: string): string {
  const isHost = /^[\w-]+(\.[\w-]+)*(:\d+)?(\/.*)?$/.test(text) && /^localhost\b|[.:]/.test(text);
  if (!isHost) return 'https://operator.example.com';
  return `${/^(localhost|127\.)/.test(text) ? 'http' : 'https'}://${text}`;
}

function targetUrl(flag: string, text: string): string {
  // The part before an @ may be a password.
  const shown = text.includes('@') ? 'one with a user name or password' : text;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBase =
    url && /^https?:$/.test(url.protocol) && `${url.search}${url.hash}${url.username}${url.password}` === '';
  if (!isBase) throw wrong(flag, `an http or https URL such as ${withScheme(text)}`, shown);
  return text;
}

/** A flag that was given once for all targets, or once for each. */
function perTarget<T>(flag: string, values: readonly T[], targets: number): (index: number) => T | undefined {
  if (values.length > 1 && values.length !== targets) {
    throw wrong(
      flag,
      targets === 1 ? 'it once' : `it once, or once for each of ${targets} targets`,
      `it ${values.length} times`,
    );
  }
  return (index) => (values.length === 1 ? values[0] : values[index]);
}

function profileNamed(name: string): Profile {
  const found = profiles.find((profile) => profile === name);
  if (found === undefined) throw wrong('--profile', alternatives(profiles), name);
  return found;
}

const none: Known = { credentials: [], clientSideKeypairs: [] };

/** The targets, with the credentials of each: from `--credentials`, else from the environment. */
function plannedTargets(flags: VerifyFlags, environment: NodeJS.ProcessEnv): PlannedTarget[] {
  const files = (flags.credentials ?? []).map(readCredentialsFile);
  const urls =
    flags.target?.map((text) => targetUrl('--target', text)) ??
    files.map(({ url }, index) => {
      if (url === undefined)
        throw wrong('--target', `a URL, or the member url in ${flags.credentials?.[index] ?? ''}`, 'neither');
      return targetUrl('--credentials', url);
    });
  const total = Math.max(urls.length, 1);
  const known = perTarget('--credentials', files, total);
  // A mock started for the run has its own credentials.
  const others = urls.length === 0 ? none : files.length === 0 ? environmentCredentials(environment) : none;
  const read = (file: string): unknown => readJson('--world', file);
  const world = perTarget('--world', (flags.world ?? []).map(read), total);
  const profile = perTarget('--profile', (flags.profile ?? []).map(profileNamed), total);
  return Array.from({ length: total }, (_, index) => ({
    ...others,
    ...known(index),
    url: urls[index],
    world: world(index),
    profile: profile(index),
  }));
}

const isKind = (text: string): text is ReportKind => Object.hasOwn(reporters, text);

function reportOf(text: string): { kind: ReportKind; file: string } {
  const [kind = '', ...rest] = text.split('=');
  const file = rest.join('=');
  const kinds = Object.keys(reporters);
  if (!isKind(kind) || file === '') throw wrong('--report', `KIND=FILE, KIND ${alternatives(kinds)}`, text);
  return { kind, file };
}

function limitsOf(flags: VerifyFlags): VerifyPlan['limits'] {
  const positive = (value: number): boolean => value > 0 && value <= 86_400;
  const timeout = number('--timeout', flags.timeout, 'seconds above 0', positive);
  const wait = number('--wait', flags.wait, 'seconds', (value) => value <= 86_400);
  const whole = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 1000;
  return {
    strict: flags.strict,
    timeoutMs: timeout === undefined ? undefined : timeout * 1000,
    waitMs: wait === undefined ? undefined : wait * 1000,
    concurrency: number('--concurrency', flags.concurrency, 'a whole number from 1 to 1000', whole),
    order: number('--order', flags.order, 'a whole number', Number.isSafeInteger),
    rps: number('--rps', flags.rps, 'requests per second above 0', positive),
    allowProduction: flags.allowProduction,
  };
}

const quoted = (text: string): string =>
  /^[\w./:@=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** The command line without flags that select scenarios or write files; a report adds `--filter` to run one again. */
function commandOf(flags: VerifyFlags): string {
  const kept = {
    target: flags.target,
    world: flags.world,
    credentials: flags.credentials,
    profile: flags.profile,
    as: flags.as,
    api: flags.api,
    timeout: flags.timeout,
    'allow-production': flags.allowProduction,
  };
  const parts = Object.entries(kept).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return value === true ? [`--${name}`] : [value].flat().map((one) => `--${name} ${quoted(one)}`);
  });
  return ['uid2-mock verify', ...parts].join(' ');
}

/** @throws ConfigurationError naming the flag or variable, what was expected and what came */
export function planOf(flags: VerifyFlags, environment: NodeJS.ProcessEnv): VerifyPlan {
  const updateBaseline = flags.updateBaseline === true;
  if (updateBaseline && flags.expectedFailures === undefined) {
    throw wrong('--update-baseline', '--expected-failures FILE with it', 'it alone');
  }
  // The roles of the keys in the file, and so the participants, are known only after the look at the target.
  const byDefault = flags.credentials === undefined ? undefined : 'all';
  const as = flags.as === undefined ? byDefault : choice<Participant>('--as', flags.as, participants);
  const api = flags.api === undefined ? undefined : choice<Api>('--api', flags.api, apis);
  const { expectedFailures } = flags;
  return {
    targets: plannedTargets(flags, environment),
    as,
    api,
    filter: flags.filter,
    baseline: expectedFailures === undefined ? undefined : readBaseline(expectedFailures, updateBaseline),
    updateBaseline,
    reports: (flags.report ?? []).map(reportOf),
    limits: limitsOf(flags),
    list: flags.list === true,
    shown: { quiet: flags.quiet === true, verbose: flags.verbose === true, command: commandOf(flags) },
  };
}
