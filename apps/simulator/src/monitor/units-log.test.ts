import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment } from '@spillway/azure-model';
import { deploymentOf, MINUTE_MS, NINE_MS } from './testing.ts';
import { SPANS_MAX, UnitsLog } from './units-log.ts';

/** Second of the minute, and what there is from then on. */
type Step = readonly [second: number, deployments: readonly Deployment[]];

const TEN = deploymentOf({ capacity: 10 });
const TWENTY = deploymentOf({ capacity: 20 });
const MINI = deploymentOf({ model: 'gpt-4o-mini', capacity: 30 });
const STANDARD = deploymentOf({ name: 'chat', type: 'Standard' });

const MINUTES: ReadonlyArray<readonly [name: string, steps: readonly Step[], want: Readonly<Record<string, number>>]> =
  [
    ['one that is there all the time', [[-90, [TEN]]], { 'gpt-4o': 10 }],
    ['none', [], {}],
    ['a Standard one', [[-90, [STANDARD]]], {}],
    ['one that comes in the middle counts by what it is, not by how long', [[45, [TEN]]], { 'gpt-4o': 10 }],
    [
      'one that changes in the middle',
      [
        [-90, [TEN]],
        [30, [TWENTY]],
      ],
      { 'gpt-4o': 15 },
    ],
    [
      'one that changes and comes back',
      [
        [-90, [TEN]],
        [15, [TWENTY]],
        [30, [TEN]],
      ],
      { 'gpt-4o': 12.5 },
    ],
    [
      'one that goes',
      [
        [-90, [TEN]],
        [30, []],
      ],
      { 'gpt-4o': 10 },
    ],
    [
      'one that has gone before',
      [
        [-90, [TEN]],
        [0, []],
      ],
      {},
    ],
    [
      'another model under its name',
      [
        [-90, [TEN]],
        [30, [MINI]],
      ],
      { 'gpt-4o': 10, 'gpt-4o-mini': 30 },
    ],
    [
      'one that comes and goes at once',
      [
        [30, [TEN]],
        [30, []],
      ],
      { 'gpt-4o': 10 },
    ],
    [
      'one that became a Standard one',
      [
        [-90, [TEN]],
        [0, [deploymentOf({ type: 'Standard' })]],
      ],
      {},
    ],
  ];

for (const [name, steps, want] of MINUTES) {
  test(`UnitsLog: knows the mean of what was deployed in a minute: ${name}`, () => {
    const log = new UnitsLog();
    for (const [second, deployments] of steps) {
      const nowMs = NINE_MS + second * 1000;
      log.look(new Map(deployments.map((each) => [each.name, each])), nowMs);
    }
    const found = log
      .during(NINE_MS, NINE_MS + MINUTE_MS)
      .map(({ model, units }) => [model, Math.round(units * 1e6) / 1e6]);
    assert.deepEqual(Object.fromEntries(found), want);
  });
}

test('UnitsLog: looking again changes nothing', () => {
  const log = new UnitsLog();
  for (let i = 0; i < 3; i++) log.look(new Map([[TEN.name, TEN]]), NINE_MS + i * 1000);
  assert.equal(log.fromMs, NINE_MS);
  assert.equal(log.during(NINE_MS + 10, NINE_MS + MINUTE_MS)[0]?.units, 10);
});

test('UnitsLog: keeps no more changes than its limit, the latest', () => {
  const log = new UnitsLog();
  for (let i = 0; i <= SPANS_MAX; i++) log.look(new Map([['units', i % 2 === 0 ? TEN : TWENTY]]), NINE_MS + i);
  assert.equal(log.fromMs, NINE_MS + 1);
});
