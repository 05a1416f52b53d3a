/** `uid2-mock inspect`: what a request body, token, key or raw UID is, and what is wrong with it. */

import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { connectMockOperator } from '../mock-server/admin/connect.ts';
import { inspectToken } from '../mock-server/doctor.ts';
import { type Inspection, inspectRequest, openOperator, senderOf } from '../mock-server/inspect/index.ts';
import type { World } from '../mock-server/index.ts';
import { ConfigurationError } from '../mock-server/options.ts';
import type { Io } from './io.ts';
import { shownInspection } from './inspect-report.ts';
import {
  type InspectFlags,
  givenHeaders,
  givenProfile,
  givenSecret,
  givenTime,
  isOfRequest,
  methodOf,
  needsKey,
} from './inspect-flags.ts';

/** The bytes of an argument: itself, the file behind an @, or standard input for -. */
async function givenBytes(what: string, io: Io): Promise<Uint8Array> {
  if (what === '-') {
    const chunks: Uint8Array[] = [];
    for await (const chunk of io.input()) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
  if (!what.startsWith('@')) return Buffer.from(what);
  try {
    return await readFile(what.slice(1));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new ConfigurationError(`WHAT: expected a file behind @; got ${what.slice(1)} (${code})`);
  }
}

interface Place {
  readonly world: World | string | undefined;
  readonly now: number;
}

/** The world and the time of a running mock. */
async function placeOf(flags: InspectFlags, io: Io): Promise<Place> {
  const now = givenTime(flags.now);
  if (flags.url === undefined) return { world: flags.world, now: now ?? Date.now() };
  if (flags.world !== undefined) {
    throw new ConfigurationError('--world: expected no --url, whose mock has a world of its own; got both');
  }
  const token = io.environment['UID2_MOCK_ADMIN_TOKEN'];
  try {
    await using mock = await connectMockOperator(flags.url, token ? { token } : {});
    const world = await mock.world.get({ secrets: true });
    return { world, now: now ?? Date.parse(String((await mock.clock.get()).now)) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`--url: expected a running mock operator; got ${flags.url} (${reason})`);
  }
}

async function inspect(what: Uint8Array, flags: InspectFlags, io: Io): Promise<Inspection> {
  const profile = givenProfile(flags.profile);
  const { world, now } = await placeOf(flags, io);
  await using first = await openOperator(profile, now, world);
  if (!isOfRequest(flags)) {
    return {
      ...inspectToken(Buffer.from(what).toString('utf8'), { world: first.world, now, profile }),
    } as Inspection;
  }
  const sender = senderFor(first.world, flags);
  await using changed =
    sender.world === first.world ? undefined : await openOperator(profile, now, sender.world);
  const target = flags.route ?? '/v2/token/generate';
  const headers = givenHeaders(flags.header ?? []);
  const key = sender.key ?? (needsKey(flags, headers) ? defaultKey(sender.world) : undefined);
  const authorization =
    key === undefined || hasKey(headers) ? [] : [['Authorization', `Bearer ${key}`] as const];
  return await inspectRequest(changed ?? first, {
    method: methodOf(target),
    target,
    headers: [...authorization, ...headers],
    body: what,
    now,
    profile,
    client: sender.client?.name,
  });
}

const KEY_HEADERS = /^(?:authorization|proxy-authorization|x-authorization|(?:x-)?api-?key|x-auth-token)$/i;

const hasKey = (headers: readonly (readonly [string, string])[]): boolean =>
  headers.some(([name]) => KEY_HEADERS.test(name));

/** The key of a client with every role, where nothing is known of the sender. */
const defaultKey = ({ clients }: World): string | undefined =>
  [...clients].filter(({ disabled }) => !disabled).sort((a, b) => b.roles.length - a.roles.length)[0]?.key;

function senderFor(world: World, flags: InspectFlags) {
  try {
    return senderOf(world, { secret: givenSecret(flags.secret), key: flags.key, client: flags.client });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const names = world.clients.slice(0, 8).map(({ name }) => JSON.stringify(name));
    throw new ConfigurationError(
      `--client: expected the name of a client of the world, such as ${names.join(', ')}; got ${error.message}`,
    );
  }
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export function inspectCommand(io: Io): Command {
  return new Command('inspect')
    .description('say what a request body, token, key or raw UID is, and what is wrong with it')
    .argument('<WHAT>', 'the text itself, @FILE for the bytes of a file, - for standard input')
    .option('--header <LINE>', "a header of the request, as 'Name: value'; may be repeated", collect)
    .option('--secret <B64>', 'the client secret that should open the body')
    .option('--key <KEY>', 'the API key of the client')
    .option('--client <NAME>', 'a client of the world, in place of its key')
    .option('--world <FILE>', 'a world file; the embedded world if absent')
    .option('--url <URL>', 'a running mock, whose world and clock are used')
    .option('--now <TIME>', 'time of the clock, ISO 8601 or ms; now if absent')
    .option('--profile <P>', 'the operator that answers', 'current')
    .option('--route <PATH>', 'path of the request; /v2/token/generate if absent')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nWith --header, --secret, --key, --client or --route WHAT is read as a request body, otherwise as anything.\n' +
        'Exit code: 0 right, 1 something is wrong, 2 wrong usage.',
    )
    .allowExcessArguments(false)
    .action(async (what: string, flags: InspectFlags) => {
      const inspection = await inspect(await givenBytes(what, io), flags, io);
      const { kind, opens, refusal, causes, found } = inspection;
      const isRight = refusal === null && causes.length === 0;
      io.out(
        flags.json === true
          ? `${JSON.stringify({ kind, opens, refusal, causes, found })}\n`
          : shownInspection(inspection),
      );
      io.exitCode = isRight ? 0 : 1;
    });
}
