/**
 * The table of `docs/troubleshooting.md`: what an operator answers, and the causes behind it. It comes from the requests
 * that reach every reason (`mock-server/testing/reasons/`), so that none is missing.
 */

import { isRefusing, fixes } from '../mock-server/core/doctor/causes/reasons.ts';
import { type Reason, reasons } from '../mock-server/core/reasons.ts';
import { repliesOf } from '../mock-server/http/replies.ts';
import { configurations } from '../mock-server/testing/reasons/configurations.ts';
import type { Row } from '../mock-server/testing/reasons/row.ts';
import { type Stage, openStage } from '../mock-server/testing/reasons/stage.ts';
import { rows } from '../mock-server/testing/reasons/table.ts';
import { closeConnections, send, sendBytes } from '../mock-server/testing/wire-client.ts';

const WITHHOLDS = '200 with less than you asked for';
const FAILS = 'Unknown error while';

/** What a client sees of the answer to the broken request of a row. */
async function answerTo({ broken }: Row, stage: Stage): Promise<{ status: number; body: string }> {
  const request = broken(stage);
  if (!('bytes' in request)) return send(stage.mock.url, request);
  const answer = await sendBytes(stage.mock.url, Buffer.from(request.bytes), request.ends);
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0), body: body.split('HTTP/1.1')[0] ?? '' };
}

/** A message in the form of the page, without what differs from request to request. */
const general = (message: string): string =>
  message
    .replace(/\{quoted\}| See https:.*$/, '')
    .replace(/\{list\}|^email(?= must be an array)/, 'NAME')
    .replace(/(received|Key ID:|site id) (\d+|\{\w+\})/, '$1 N')
    .trim();

function shown(status: number, body: string): string {
  if (status === 0) return '0 no answer';
  if (status < 300) return WITHHOLDS;
  if (!body.startsWith('{'))
    return `${status} ${body === '' ? 'without a body' : body.replace(/<[^>]*>/g, '')}`;
  const { status: word, message = '' } = JSON.parse(body) as { status: string; message?: string };
  if (message.startsWith(FAILS)) return `${status} ${FAILS}`;
  return `${status} ${message === '' ? word : general(message)}`;
}

interface Messages {
  /** what a client sees -> the reasons behind it, in the order of the table of reasons */
  readonly seen: ReadonlyMap<string, ReadonlySet<Reason>>;
  /** all messages of the operators of the table */
  readonly texts: readonly string[];
}

async function readMessages(): Promise<Messages> {
  const stages = new Map<string, Stage>();
  const seen = new Map<string, Set<Reason>>();
  for (const row of rows) {
    const stage = stages.get(row.on) ?? (await openStage(configurations[row.on]));
    stages.set(row.on, stage);
    const { status, body } = await answerTo(row, stage);
    // a preflight that the browser takes is no answer to look up
    if (row.reason === 'preflight') continue;
    const name = shown(status, body);
    seen.set(name, (seen.get(name) ?? new Set()).add(row.reason));
  }
  const replies = [...stages.values()].flatMap(({ composed }) =>
    Object.values(repliesOf(composed.deployment())),
  );
  closeConnections();
  await Promise.all([...stages.values()].map(({ mock }) => mock.close()));
  return { seen, texts: [...new Set(replies.map(({ message = '' }) => general(message)))] };
}

const escaped = (text: string): string => text.replace(/[|<>]/g, '\\$&').replace(/\{(\w+)\}/g, '*$1*');

const fixOf = (reason: Reason): string => (isRefusing(reason) ? fixes[reason].fix : '');

/** Messages that no request of the table gets: those of other versions of the operator, with the same causes. */
function others({ seen, texts }: Messages): string {
  const names = [...seen.keys()].map((name) => name.replace(/^\d+ /, ''));
  const rest = texts.filter((text) => text !== '' && !names.includes(text));
  return rest.map((text) => `- \`${text}\``).join('\n');
}

/** Sections of Markdown, one for each message. */
export async function messagesTable(): Promise<string> {
  const messages = await readMessages();
  const byStatus = [...messages.seen].sort(([one], [other]) => Number.parseInt(one) - Number.parseInt(other));
  const sections = byStatus.map(([name, causes]) => {
    const lines = [...causes].map(
      (reason) => `| \`${reason}\` | ${escaped(reasons[reason])} | ${escaped(fixOf(reason))} |`,
    );
    return [
      `### \`${name}\`\n`,
      '| Reason | What is wrong | What to do |',
      '| --- | --- | --- |',
      ...lines,
    ].join('\n');
  });
  const rest = others(messages);
  const same =
    '### The same in other words\n\nOther versions and scopes of the operator have these messages, for the same reasons:\n\n';
  return `\n${[...sections, `${same}${rest}`].join('\n\n')}\n`;
}
