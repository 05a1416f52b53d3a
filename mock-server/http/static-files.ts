/**
 * `/static/js/*`: scripts for browsers, which the operator serves from its disk (Protocol §6.4). They are not part of
 * this package, but come from a folder that the user names. GET and HEAD, whole or one range of bytes.
 */

import { readFile, stat } from 'node:fs/promises';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { join, sep } from 'node:path';
import { type Answer, textAnswer } from './route.ts';

export const STATIC_PREFIX = '/static/js/';
const SCRIPT = 'text/javascript;charset=UTF-8';
const CACHE_CONTROL = 'public, immutable, max-age=86400';
const RANGE = /^bytes=(\d+)-(\d*)$/;
const RANGE_REFUSED = 'Requested Range Not Satisfiable';

/** Whether a normalised path may be that of a file. */
export const isStaticPath = (path: string): boolean => path.startsWith(STATIC_PREFIX);

/** The file of a normalised path in the folder; undefined when the path leads out of it. */
function fileOf(folder: string, path: string): string | undefined {
  try {
    const file = join(folder, decodeURIComponent(path.slice(STATIC_PREFIX.length)));
    return file.startsWith(folder.endsWith(sep) ? folder : folder + sep) && !file.includes('\0')
      ? file
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The first and last byte that a `Range` header asks for, the whole file without a header; undefined for an impossible
 * range.
 */
function rangeOf(header: string | undefined, size: number): readonly [number, number] | undefined {
  const asked = RANGE.exec(header ?? '');
  if (asked === null) return [0, size - 1];
  const first = Number(asked[1]);
  const last = asked[2] === '' ? size - 1 : Math.min(size - 1, Number(asked[2]));
  return first < size && last >= first ? [first, last] : undefined;
}

const isUnchanged = (header: string | undefined, modified: Date): boolean =>
  header !== undefined && Math.floor(modified.getTime() / 1000) * 1000 <= Date.parse(header);

interface StaticAnswer {
  readonly answer: Answer;
  readonly headers: OutgoingHttpHeaders;
}

/**
 * The answer to a request for a file; undefined when the folder has no such file.
 *
 * @param path normalised
 */
export async function answerStatic(
  folder: string,
  path: string,
  { range, 'if-modified-since': since }: IncomingHttpHeaders,
): Promise<StaticAnswer | undefined> {
  const file = fileOf(folder, path);
  const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
  if (file === undefined || !found?.isFile()) return undefined;
  if (isUnchanged(since, found.mtime))
    return { answer: textAnswer('', 304, 'script_unchanged'), headers: {} };
  const asked = rangeOf(range, found.size);
  if (asked === undefined) {
    const answer = { ...textAnswer(RANGE_REFUSED, 416, 'script_range'), phrase: RANGE_REFUSED };
    return { answer, headers: { 'content-range': `bytes */${found.size}` } };
  }
  const [first, last] = asked;
  const partial = range !== undefined && RANGE.test(range);
  const body = (await readFile(file)).subarray(first, last + 1);
  return {
    answer: { http: partial ? 206 : 200, ...(file.endsWith('.js') && { type: SCRIPT }), body },
    headers: {
      'accept-ranges': 'bytes',
      'cache-control': CACHE_CONTROL,
      'last-modified': found.mtime.toUTCString(),
      ...(partial && { 'content-range': `bytes ${first}-${last}/${found.size}` }),
    },
  };
}
