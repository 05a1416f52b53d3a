/** Follows the log of a store, and applies its entries in order. */

import type { Redis } from 'iovalkey';
import type { Entry } from '../state/changes.ts';
import type { Replica } from '../state/replica.ts';
import { Turn } from '../turns.ts';
import { type SnapshotWork, loadSnapshot } from './snapshots.ts';
import type { Keys } from './scripts.ts';

/** An entry as it stands in the log. */
interface Logged {
  readonly seq: number;
  /** the instance that added it, and its number there */
  readonly by: string;
  readonly number: number;
  readonly text: string;
}

export interface Applied extends Omit<Logged, 'text'> {
  /** what applying gave, or threw */
  readonly outcome: { readonly given: unknown } | { readonly error: unknown };
}

interface FollowerOptions {
  readonly keys: Keys;
  readonly replica: Replica;
  /** called with every entry when this process sees it */
  readonly applied: (entry: Applied) => void;
}

const ENTRIES_AT_ONCE = 64;
const BLOCK_MS = 500;

/** The log goes on behind entries that are not there any more. */
class Trimmed extends Error {}

type Fields = readonly string[];
type Read = readonly [log: string, entries: readonly [id: string, fields: Fields][]][];

function loggedOf([id, fields]: readonly [string, Fields]): Logged {
  const named = new Map<string, string>();
  for (let i = 0; i < fields.length; i += 2) named.set(fields[i] ?? '', fields[i + 1] ?? '');
  return {
    seq: Number(id.split('-')[0]),
    by: named.get('by') ?? '',
    number: Number(named.get('number')),
    text: named.get('entry') ?? '{}',
  };
}

function outcomeOf(replica: Replica, text: string): Applied['outcome'] {
  try {
    return { given: replica.apply(JSON.parse(text) as Entry) };
  } catch (error) {
    // such as a world that does not fit the options of this instance
    return { error };
  }
}

export class Follower {
  readonly #options: FollowerOptions;
  #seq = 0;
  /** the last entry, where it was read from the log */
  #last: Applied | undefined;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** The last entry that was applied. */
  get seq(): number {
    return this.#seq;
  }

  /** Starts from the snapshot and the rest of the log. What this process sees changes at once, at the end. */
  async restart(work: SnapshotWork): Promise<void> {
    const { keys, replica, applied } = this.#options;
    for (;;) {
      const loaded = await loadSnapshot(work, () => replica.beside());
      const head = Number(await work.client.hget(keys.meta, 'seq'));
      const seen: Applied[] = [];
      try {
        const seq = await this.#catchUp(work.client, loaded, head, (one) => seen.push(one));
        replica.takeOver(loaded.replica);
        this.#seq = seq;
        this.#last = seen.at(-1);
        for (const one of seen) applied(one);
        return;
      } catch (error) {
        if (!(error instanceof Trimmed)) throw error;
      }
    }
  }

  /**
   * Waits for entries, and applies them.
   *
   * @param client a connection of its own, since it waits there
   * @returns false when entries that were not applied yet are gone, so that it has to restart
   */
  async step(client: Redis): Promise<boolean> {
    const { keys, replica, applied } = this.#options;
    const read = await client.xread(
      'COUNT',
      ENTRIES_AT_ONCE,
      'BLOCK',
      BLOCK_MS,
      'STREAMS',
      keys.log,
      this.#id,
    );
    try {
      await this.#apply(read, replica, this.#seq, (one) => {
        this.#seq = one.seq;
        this.#last = one;
        applied(one);
      });
    } catch (error) {
      if (error instanceof Trimmed) return false;
      throw error;
    }
    return true;
  }

  /** Whether the log still holds what was applied: a server may come back with less. */
  async isOnLog(client: Redis): Promise<boolean> {
    const { keys } = this.#options;
    const [found] = await client.xrange(keys.log, this.#id, this.#id);
    if (found) {
      const { by, number } = loggedOf(found);
      return this.#last === undefined || (this.#last.by === by && this.#last.number === number);
    }
    const [seq, snapshotSeq] = (await client.hmget(keys.meta, 'seq', 'snapshot_seq')).map(Number);
    return this.#seq === 0 || ((seq ?? 0) >= this.#seq && (snapshotSeq ?? 0) >= this.#seq);
  }

  get #id(): string {
    return `${this.#seq}-0`;
  }

  async #catchUp(
    client: Redis,
    { replica, seq: from }: { readonly replica: Replica; readonly seq: number },
    head: number,
    applied: (entry: Applied) => void,
  ): Promise<number> {
    let seq = from;
    while (seq < head) {
      const read = await client.xread(
        'COUNT',
        ENTRIES_AT_ONCE,
        'STREAMS',
        this.#options.keys.log,
        `${seq}-0`,
      );
      if (read === null) throw new Trimmed();
      seq = await this.#apply(read, replica, seq, applied);
    }
    return seq;
  }

  async #apply(
    read: Read | null,
    replica: Replica,
    from: number,
    applied: (entry: Applied) => void,
  ): Promise<number> {
    let seq = from;
    const turn = new Turn();
    for (const entry of read?.[0]?.[1] ?? []) {
      const logged = loggedOf(entry);
      if (logged.seq !== seq + 1) throw new Trimmed();
      seq = logged.seq;
      const { by, number, text } = logged;
      applied({ seq, by, number, outcome: outcomeOf(replica, text) });
      if (turn.isOver) await turn.next();
    }
    return seq;
  }
}
