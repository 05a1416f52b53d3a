/** Long work lets other work run in between, but not more often than necessary. */

import { describe, expect, it, vi } from 'vitest';
import { atEndOfTurn, inTurns, nextTurn, slicesInTurns } from './turns.ts';

const elapsed = performance.now.bind(performance);

/** Work that takes longer than a piece may take. */
function work(): void {
  const until = elapsed() + 6;
  while (elapsed() < until);
}

/** Runs work and returns the order of events; `turn` stands for a turn of the event loop. */
async function order(run: (note: (what: string) => void) => Promise<unknown>): Promise<string[]> {
  const noted: string[] = [];
  let isOver = false;
  const tick = (): void => {
    noted.push('turn');
    if (!isOver) setImmediate(tick);
  };
  setImmediate(tick);
  await run((what) => noted.push(what));
  isOver = true;
  return noted;
}

it('steps that take long are done in a turn each', async () => {
  const noted = await order((note) => {
    let left = 4;
    return inTurns(() => {
      work();
      note('step');
      return --left === 0;
    });
  });
  expect(noted.join(' ')).toMatch(/^step( turn)+ step( turn)+ step( turn)+ step( turn)*$/);
});

it('steps that take no time are done in one turn', async () => {
  const turns = async (): Promise<number> => {
    let left = 100;
    const noted = await order(() => inTurns(() => --left === 0));
    return noted.length;
  };
  // a machine that is held up in the middle of them needs another turn
  let fewest = Infinity;
  for (let attempt = 0; attempt < 50 && fewest > 0; attempt++) fewest = Math.min(fewest, await turns());
  expect(fewest).toBe(0);
});

it('of two long works one step is done in a turn', async () => {
  const noted = await order((note) => {
    const run = (name: string) => {
      let left = 3;
      return inTurns(() => {
        work();
        note(name);
        return --left === 0;
      });
    };
    return Promise.all([run('a'), run('b')]);
  });
  // the first step of each is done at once
  expect(noted.slice(0, 2)).toEqual(['a', 'b']);
  expect(noted.slice(2).join(' ')).not.toMatch(/[ab] [ab]/);
  expect(noted.filter((what) => what !== 'turn').sort()).toEqual(['a', 'a', 'a', 'b', 'b', 'b']);
});

it('a list is handed over whole and in order, and at least once', async () => {
  for (const length of [0, 1, 31, 32, 33, 1000]) {
    const items = Array.from({ length }, (_, i) => i);
    const slices: (readonly number[])[] = [];
    await slicesInTurns(items, (slice) => slices.push(slice));
    expect(slices.flat()).toEqual(items);
    expect(slices.length).toBe(Math.max(1, Math.ceil(length / 32)));
  }
});

it('what a step throws is thrown', async () => {
  const failing = () => {
    throw new Error('broken');
  };
  await expect(inTurns(failing)).rejects.toThrow('broken');
  await expect(slicesInTurns([1], failing)).rejects.toThrow('broken');
});

describe('the end of a turn', () => {
  it('comes in the order in which it was asked for, and before a piece of long work', async () => {
    const noted: string[] = [];
    const piece = nextTurn().then(() => noted.push('piece'));
    for (const name of ['a', 'b']) atEndOfTurn(() => noted.push(name));
    expect(noted).toEqual([]);
    await piece;
    expect(noted).toEqual(['a', 'b', 'piece']);
  });

  it('comes without long work, and again in a later turn', async () => {
    for (let turn = 0; turn < 3; turn++) await new Promise<void>(atEndOfTurn);
  });

  it('comes at once when many wait for it', () => {
    const noted: number[] = [];
    for (let act = 0; act < 32; act++) atEndOfTurn(() => noted.push(act));
    expect(noted).toEqual(Array.from({ length: 32 }, (_, act) => act));
  });
});

it('timers that a test replaced do not stop it', async () => {
  vi.useFakeTimers();
  try {
    await nextTurn();
    let left = 3;
    await inTurns(() => {
      work();
      return --left === 0;
    });
    expect(left).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
