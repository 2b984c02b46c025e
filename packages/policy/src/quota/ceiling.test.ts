import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ceiling } from './ceiling.ts';
import { BEGIN_MS } from './testing.ts';

type Event = readonly [atSeconds: number, what: 'refused' | 'admitted', used: number];

function after(events: readonly Event[]): readonly [ceiling: Ceiling, nowMs: number] {
  const ceiling = new Ceiling();
  let nowMs = BEGIN_MS;
  for (const [atSeconds, what, used] of events) {
    nowMs = BEGIN_MS + 1000 * atSeconds;
    if (what === 'refused') ceiling.refused(used, nowMs);
    else ceiling.admitted(used);
  }
  return [ceiling, nowMs];
}

const HISTORIES: ReadonlyArray<readonly [what: string, events: readonly Event[], share: number]> = [
  ['nothing', [], 1],
  ['one refusal', [[0, 'refused', 0.5]], 1],
  [
    'refusals of one window',
    [
      [0, 'refused', 0.5],
      [1, 'refused', 0.5],
      [9, 'refused', 0.5],
    ],
    1,
  ],
  [
    'a refusal at the same height in the next window',
    [
      [0, 'refused', 0.5],
      [60, 'refused', 0.5],
    ],
    0.5,
  ],
  [
    'the lower of two that are near',
    [
      [0, 'refused', 0.48],
      [60, 'refused', 0.53],
    ],
    0.48,
  ],
  [
    'the same, the lower one last',
    [
      [0, 'refused', 0.53],
      [60, 'refused', 0.48],
    ],
    0.48,
  ],
  [
    'two refusals far from each other',
    [
      [0, 'refused', 0.3],
      [60, 'refused', 0.8],
    ],
    1,
  ],
  [
    'two far from each other, and a third near the last',
    [
      [0, 'refused', 0.3],
      [60, 'refused', 0.8],
      [120, 'refused', 0.8],
    ],
    0.8,
  ],
  [
    'refuted by one let in above it',
    [
      [0, 'refused', 0.5],
      [30, 'admitted', 0.9],
      [60, 'refused', 0.5],
    ],
    1,
  ],
  [
    'not refuted by one let in below it',
    [
      [0, 'refused', 0.5],
      [30, 'admitted', 0.45],
      [60, 'refused', 0.5],
    ],
    0.5,
  ],
  [
    'refused with nothing counted',
    [
      [0, 'refused', 0],
      [60, 'refused', 0],
    ],
    0.05,
  ],
  [
    'refused at the limit itself',
    [
      [0, 'refused', 1],
      [60, 'refused', 1.02],
    ],
    1,
  ],
  [
    'let in above what was learned',
    [
      [0, 'refused', 0.5],
      [60, 'refused', 0.5],
      [90, 'admitted', 0.8],
    ],
    0.8,
  ],
  [
    'let in above all that was granted',
    [
      [0, 'refused', 0.5],
      [60, 'refused', 0.5],
      [90, 'admitted', 1.3],
    ],
    1,
  ],
  [
    'learned, then refused lower still',
    [
      [0, 'refused', 0.5],
      [60, 'refused', 0.5],
      [90, 'refused', 0.4],
    ],
    0.4,
  ],
];

for (const [what, events, share] of HISTORIES) {
  test(`Ceiling: ${what}: ${share} of the limit`, () => {
    const [ceiling, nowMs] = after(events);
    assert.equal(ceiling.share(nowMs), share);
  });
}

const HALVED: readonly Event[] = [
  [0, 'refused', 0.5],
  [60, 'refused', 0.5],
];

/** Until the share is above a height. Seconds, from the ceiling's last event on. */
function secondsUntilAbove(ceiling: Ceiling, nowMs: number, height: number): number {
  for (let seconds = 0; seconds < 100_000; seconds++)
    if (ceiling.share(nowMs + 1000 * seconds) > height) return seconds;
  return Number.POSITIVE_INFINITY;
}

test('Ceiling: what was learned is kept for more than a window, and raised step by step until all is granted again', () => {
  const [ceiling, nowMs] = after(HALVED);
  const shares = new Set<number>();
  assert.ok(secondsUntilAbove(ceiling, nowMs, 0.5) > 60);
  let last = 0.5;
  for (let seconds = 0; seconds < 3 * 3600; seconds += 10) {
    const share = ceiling.share(nowMs + 1000 * seconds);
    assert.ok(share >= last && share - last <= 0.2, `from ${last} to ${share}`);
    last = share;
    shares.add(share);
  }
  assert.equal(last, 1);
  assert.ok(shares.size >= 4);
});

test('Ceiling: raises all steps that are due when it is asked after a long time', () => {
  const [ceiling, nowMs] = after(HALVED);
  assert.equal(ceiling.share(nowMs + 30 * 86_400_000), 1);
});

test('Ceiling: each time it was right it waits longer before it is raised, up to a limit', () => {
  const [ceiling, beginMs] = after(HALVED);
  const waits: number[] = [];
  let nowMs = beginMs;
  for (let round = 0; round < 8; round++) {
    const seconds = secondsUntilAbove(ceiling, nowMs, 0.5);
    waits.push(seconds);
    nowMs += 1000 * (seconds + 30);
    ceiling.refused(0.5, nowMs);
    ceiling.refused(0.5, nowMs + 60_000);
    nowMs += 60_000;
    assert.equal(ceiling.share(nowMs), 0.5, `round ${round}`);
  }
  const [first = 0, second = 0, third = 0] = waits;
  assert.ok(second >= 1.5 * first && third >= 1.5 * second, waits.join(' '));
  assert.ok(Math.max(...waits) <= 3600, waits.join(' '));
  assert.equal(waits.at(-1), waits.at(-2), 'no longer than the limit');
});

test('Ceiling: once all was granted again, it begins anew with the short wait', () => {
  const [ceiling, nowMs] = after(HALVED);
  const first = secondsUntilAbove(ceiling, nowMs, 0.5);
  const dayMs = nowMs + 86_400_000;
  assert.equal(ceiling.share(dayMs), 1);
  ceiling.admitted(0.95);
  ceiling.refused(0.5, dayMs + 1000);
  ceiling.refused(0.5, dayMs + 61_000);
  assert.equal(secondsUntilAbove(ceiling, dayMs + 61_000, 0.5), first);
});

test('Ceiling: knows nothing any more once the granted limit has changed', () => {
  const [ceiling, nowMs] = after(HALVED);
  ceiling.reset();
  assert.equal(ceiling.share(nowMs), 1);
  ceiling.refused(0.5, nowMs + 60_000);
  assert.equal(ceiling.share(nowMs + 60_000), 1);
});
