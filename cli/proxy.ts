/** `uid2-mock proxy`: stands between a client and an operator, and explains what passes. */

import { appendFileSync } from 'node:fs';
import { Command } from 'commander';
import { isProduction } from '../contract-tests/index.ts';
import { ConfigurationError, type Log, readOption, sentenceOf } from '../mock-server/options.ts';
import { type ProxyOptions, profileNames, serveProxy } from '../mock-server/proxy/serve-proxy.ts';
import type { Io } from './io.ts';
import { addTo } from './settings.ts';
import { readCredentialsFile } from './verify-credentials.ts';
import { wrong } from './verify-input.ts';

interface ProxyFlags {
  target?: string;
  credentials?: string;
  world?: string;
  profile: string;
  compare?: true;
  host: string;
  port: string;
  adminToken?: string;
  allowHost?: string[];
  save?: string;
  allowProduction?: true;
  json?: true;
  quiet?: true;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;

function targetOf({ target, allowProduction }: ProxyFlags): URL {
  const expected = 'the URL of an operator without a path, such as https://operator.example.com';
  if (target === undefined) throw wrong('--target', expected, '');
  const url = URL.canParse(target) ? new URL(target) : undefined;
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href;
  // the part before an @ may be a password
  if (!isOrigin) throw wrong('--target', expected, target.includes('@') ? 'one with a user name' : target);
  if (isProduction(target) && allowProduction !== true) {
    throw wrong('--target', 'no production host, or --allow-production beside it', url.host);
  }
  return url;
}

function portOf({ port }: ProxyFlags): number {
  if (/^\d{1,5}$/.test(port) && Number(port) <= 65_535) return Number(port);
  throw wrong('--port', 'a whole number from 0 to 65535', port);
}

function profileOf({ profile }: ProxyFlags): ProxyOptions['profile'] {
  const found = profileNames.find((name) => name === profile);
  if (found === undefined) throw wrong('--profile', profileNames.join(', '), profile);
  return found;
}

/** Writes a line for each exchange, in a file that only its owner may read. */
function saverTo(file: string | undefined): ProxyOptions['save'] {
  if (file === undefined) return undefined;
  const append = (text: string): void => {
    appendFileSync(file, text, { mode: 0o600 });
  };
  try {
    append('');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw wrong('--save', 'a file that can be written', `${file} (${code})`);
  }
  return (detail) => {
    append(`${JSON.stringify(detail)}\n`);
  };
}

function checkHost({ host, adminToken }: ProxyFlags): void {
  if (LOOPBACK.test(host) || adminToken !== undefined) return;
  const expected =
    'a loopback address, or --admin-token beside it, because /__admin would be open to the network';
  throw wrong('--host', expected, host);
}

function optionsOf(flags: ProxyFlags, io: Io) {
  const { credentials: file, world, adminToken, allowHost } = flags;
  const target = targetOf(flags);
  if (adminToken !== undefined) readOption('adminToken', adminToken, '--admin-token');
  checkHost(flags);
  if (file === undefined && world === undefined) {
    throw wrong('--credentials', 'a file of API keys and client secrets, or --world FILE', 'neither');
  }
  const known = file === undefined ? undefined : readCredentialsFile(file);
  const log: Log = (level, message) => {
    if (flags.quiet !== true || level === 'error') io.error(`${message}\n`);
  };
  const options: ProxyOptions = {
    target,
    host: flags.host,
    port: portOf(flags),
    clients: known?.credentials ?? [],
    world,
    profile: profileOf(flags),
    compares: flags.compare === true,
    adminToken,
    allowedHosts: allowHost ?? [],
    log,
    save: saverTo(flags.save),
  };
  return { options, known };
}

type Known = ReturnType<typeof optionsOf>['known'];

function bannerOf(url: string, { target, clients, compares, profile }: ProxyOptions): string {
  const clientCount = clients.length === 1 ? '1 client' : `${clients.length} clients`;
  return [
    `UID2 proxy on ${url}`,
    `Target   ${target.origin}, with the secrets of ${clientCount}`,
    ...(compares ? [`Compared with a mock of profile ${profile}`] : []),
    `Page     ${url}/__admin/ui`,
    `Journal  ${url}/__admin/requests`,
    '',
    '',
  ].join('\n');
}

function jsonLine(url: string, { target }: ProxyOptions, known: Known): string {
  const { credentials = [], clientSideKeypairs = [] } = known ?? {};
  return JSON.stringify({
    url,
    admin_url: `${url}/__admin`,
    target: target.origin,
    credentials,
    client_side_keypairs: clientSideKeypairs,
  });
}

/** A wrong option with the name of its flag. A world that was made of the credentials is wrong because of them. */
function asFlag(error: unknown, { world }: ProxyFlags): unknown {
  if (!(error instanceof ConfigurationError)) return error;
  const nameOf = (name: string): string =>
    name === 'world' && world === undefined ? '--credentials' : `--${name}`;
  return new ConfigurationError(sentenceOf(error, nameOf));
}

async function proxy(flags: ProxyFlags, io: Io): Promise<void> {
  const { options, known } = optionsOf(flags, io);
  let served;
  try {
    served = await serveProxy(options);
  } catch (error) {
    throw asFlag(error, flags);
  }
  const stopped = io.stopped();
  io.out(flags.json === true ? `${jsonLine(served.url, options, known)}\n` : bannerOf(served.url, options));
  await stopped;
  await served.close();
}

const NOTES = `
Every byte passes unchanged, in both directions, but for the header Host of requests: it names the target. Requests to
/__admin are answered by the proxy. Certificates of the target are checked; NODE_EXTRA_CA_CERTS names a file of further
authorities. Nothing is written to a file without --save.

Credentials are JSON as uid2-mock start --json prints it and uid2-mock verify takes it: credentials (key, secret;
optional: name, site_id, roles).`;

/** The command; wrong flags are a ConfigurationError (exit code 2). */
export function proxyCommand(io: Io): Command {
  return new Command('proxy')
    .description('pass requests on to an operator, and explain what passes')
    .option('--target <URL>', 'the operator, such as https://operator-integ.uidapi.com')
    .option('--credentials <FILE>', 'API keys and client secrets, which open what passes')
    .option('--world <FILE>', 'the data of the operator, in place of a world made of the credentials')
    .option('--profile <NAME>', `what the operator is taken for: ${profileNames.join(', ')}`, 'current')
    .option('--compare', 'ask a mock of the profile too, and mark what departs from it')
    .option('--host <HOST>', 'address to listen on', '127.0.0.1')
    .option('--port <N>', 'port to listen on, 0 for any free port', '8432')
    .option('--admin-token <T>', 'ask for Authorization: Bearer T on /__admin')
    .option('--allow-host <NAME>', 'host name under which /__admin may be called; repeatable', addTo)
    .option('--save <FILE>', 'append each exchange to a file, a line of JSON each, masked as in the journal')
    .option('--allow-production', 'pass requests on to production hosts too')
    .option('--json', 'print one line of JSON when listening')
    .option('--quiet', 'log nothing but exchanges that failed')
    .addHelpText('after', NOTES)
    .allowExcessArguments(false)
    .action((flags: ProxyFlags) => proxy(flags, io));
}
