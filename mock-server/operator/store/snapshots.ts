/** Snapshots in the store, so that a new instance need not read all entries and the log can be trimmed. */

import type { Redis } from 'iovalkey';
import { nextTurn } from '../turns.ts';
import type { Entry } from '../state/changes.ts';
import type { Replica } from '../state/replica.ts';
import { snapshotOf } from '../state/snapshot.ts';
import { COMMIT, type Keys, run } from './scripts.ts';

const LOCK_MS = 15_000;
/** A list that no snapshot names any more, or not yet, is kept so long. */
const LIST_SECONDS = 300;
const BYTES_AT_ONCE = 262_144;
const ENTRIES_READ_AT_ONCE = 16;

export interface SnapshotWork {
  readonly client: Redis;
  readonly keys: Keys;
  readonly instance: string;
}

/** What the state was when a snapshot of it began. */
interface Covered {
  readonly epoch: string;
  /** the last entry that is in it */
  readonly seq: number;
  /** bytes of the entries since the former snapshot */
  readonly bytes: number;
}

/** Writes entries into a list. Gives their number and bytes. */
async function writeList(
  { client, keys }: SnapshotWork,
  list: string,
  entries: Iterable<Entry>,
): Promise<{ count: number; bytes: number }> {
  let [count, bytes, held] = [0, 0, 0];
  let texts: string[] = [];
  const push = async (): Promise<void> => {
    if (texts.length === 0) return;
    const pushed = texts;
    [texts, held] = [[], 0];
    await client.rpush(list, ...pushed);
    await client.expire(list, LIST_SECONDS);
    await client.pexpire(keys.lock, LOCK_MS);
  };
  for (const entry of entries) {
    const text = JSON.stringify(entry);
    texts.push(text);
    [count, bytes, held] = [count + 1, bytes + text.length, held + text.length];
    if (held >= BYTES_AT_ONCE) await push();
    else await nextTurn();
  }
  await push();
  return { count, bytes };
}

/** Makes a snapshot, unless another instance makes one. Gives whether it did. */
export async function saveSnapshot(
  work: SnapshotWork,
  replica: Replica,
  { epoch, seq, bytes }: Covered,
): Promise<boolean> {
  const { client, keys, instance } = work;
  // taken before anything is awaited: it is the state after the entry `seq`
  const entries = snapshotOf(replica);
  if ((await client.set(keys.lock, instance, 'PX', LOCK_MS, 'NX')) === null) return false;
  const list = keys.snapshot(`${instance}-${seq}`);
  const written = await writeList(work, list, entries);
  if (written.count === 0) await client.rpush(list, '');
  const done = await run(
    client,
    COMMIT,
    [keys.meta, keys.log, keys.lock, list],
    [instance, epoch, seq, written.bytes, written.count, bytes],
  );
  if (done !== 1) await client.del(list);
  return done === 1;
}

async function readList(client: Redis, list: string, count: number, replica: Replica): Promise<boolean> {
  let read = 0;
  while (read < count) {
    const texts = await client.lrange(list, read, read + ENTRIES_READ_AT_ONCE - 1);
    if (texts.length === 0) return false;
    for (const text of texts) {
      replica.apply(JSON.parse(text) as Entry);
      await nextTurn();
    }
    read += texts.length;
  }
  return true;
}

/** Reads the snapshot into an empty replica. Gives the last entry that is in it, 0 without a snapshot. */
export async function loadSnapshot({ client, keys }: SnapshotWork, empty: () => Replica) {
  for (;;) {
    const [list, seq, count] = await client.hmget(keys.meta, 'snapshot', 'snapshot_seq', 'snapshot_count');
    const replica = empty();
    if (!list) return { replica, seq: 0 };
    // a newer one has taken the place of this one when its list is gone
    if (await readList(client, list, Number(count), replica)) return { replica, seq: Number(seq) };
    const present = await client.hget(keys.meta, 'snapshot');
    if (present === list) throw new Error(`expected the list ${list}, which the store has lost`);
  }
}
