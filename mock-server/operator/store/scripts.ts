/**
 * What a Valkey or Redis server holds, and the scripts that change it. Every script is atomic.
 *
 * PREFIX:log        stream of entries; the id of entry N is N-0, so a missing number shows that entries were trimmed
 * PREFIX:meta       hash: `epoch` (another one when the server has lost its data), `started` (the
 *                   time of the first instance), `seq` (the last entry), `bytes` (since
 *                   the last snapshot), `snapshot` (key of its list), `snapshot_seq`, `snapshot_bytes`, `snapshot_count`
 * PREFIX:instances  hash: name of an instance to `TIME:SEQ`, its last sign of life and the last entry it has applied
 * PREFIX:last:NAME  the number of the last entry that an instance has added, so that a retry never adds one twice
 * PREFIX:lock       the instance that makes a snapshot
 */

import type { Redis } from 'iovalkey';

export interface Keys {
  readonly log: string;
  readonly meta: string;
  readonly instances: string;
  readonly lock: string;
  readonly last: (instance: string) => string;
  readonly snapshot: (name: string) => string;
}

/** The braces keep the keys of one prefix on one node of a cluster. */
export const keysOf = (prefix: string): Keys => ({
  log: `{${prefix}}:log`,
  meta: `{${prefix}}:meta`,
  instances: `{${prefix}}:instances`,
  lock: `{${prefix}}:lock`,
  last: (instance) => `{${prefix}}:last:${instance}`,
  snapshot: (name) => `{${prefix}}:snapshot:${name}`,
});

const NOW = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/**
 * Adds an entry unless this was done, or its time is over.
 * KEYS log meta last; ARGV number deadline instance entry; gives `added`, `again` or `late`.
 */
export const APPEND = `${NOW}
if tonumber(redis.call('GET', KEYS[3]) or '0') >= tonumber(ARGV[1]) then return 'again' end
if now > tonumber(ARGV[2]) then return 'late' end
local seq = tonumber(redis.call('HGET', KEYS[2], 'seq') or '0') + 1
redis.call('XADD', KEYS[1], string.format('%d-0', seq), 'by', ARGV[3], 'number', ARGV[1], 'entry', ARGV[4])
redis.call('HSET', KEYS[2], 'seq', seq)
redis.call('HINCRBY', KEYS[2], 'bytes', #ARGV[4])
redis.call('SET', KEYS[3], ARGV[1], 'EX', 86400)
return 'added'`;

/**
 * Notes a sign of life. KEYS meta instances; ARGV instance applied ttl epoch;
 * gives time, epoch, seq, bytes, snapshot_seq, snapshot_bytes, started, then a name and its last entry for each instance.
 */
export const SIGN = `${NOW}
redis.call('HSETNX', KEYS[1], 'epoch', ARGV[4])
redis.call('HSETNX', KEYS[1], 'started', string.format('%.0f', now))
redis.call('HSET', KEYS[2], ARGV[1], string.format('%.0f:%s', now, ARGV[2]))
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'bytes', 'snapshot_seq', 'snapshot_bytes', 'started')
local answer = { string.format('%.0f', now), meta[1], meta[2] or '0', meta[3] or '0', meta[4] or '0', meta[5] or '0', meta[6] }
local all = redis.call('HGETALL', KEYS[2])
for i = 1, #all, 2 do
  local at, seq = string.match(all[i + 1], '^(%d+):(%d+)$')
  if now - tonumber(at) > tonumber(ARGV[3]) then
    redis.call('HDEL', KEYS[2], all[i])
  else
    answer[#answer + 1] = all[i]
    answer[#answer + 1] = seq
  end
end
return answer`;

/**
 * Makes a written list the snapshot, and trims the log behind it, if the lock is still held and the data the same.
 * KEYS meta log lock list; ARGV instance epoch seq bytes count bytes-of-the-log-covered.
 */
export const COMMIT = `if redis.call('GET', KEYS[3]) ~= ARGV[1] then return 0 end
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[2] then return 0 end
if tonumber(redis.call('HGET', KEYS[1], 'snapshot_seq') or '0') >= tonumber(ARGV[3]) then return 0 end
local former = redis.call('HGET', KEYS[1], 'snapshot')
redis.call('HSET', KEYS[1], 'snapshot', KEYS[4], 'snapshot_seq', ARGV[3], 'snapshot_bytes', ARGV[4],
  'snapshot_count', ARGV[5])
redis.call('HINCRBY', KEYS[1], 'bytes', -tonumber(ARGV[6]))
redis.call('PERSIST', KEYS[4])
if former then redis.call('EXPIRE', former, 60) end
redis.call('XTRIM', KEYS[2], 'MINID', string.format('%d-0', tonumber(ARGV[3]) + 1))
redis.call('DEL', KEYS[3])
return 1`;

/** Runs a script. */
export const run = (
  client: Redis,
  script: string,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> => client.eval(script, keys.length, ...keys, ...args);
