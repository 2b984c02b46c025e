import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STRATEGY_NAMES } from '@spillway/policy';
import { drawOf } from './draw.ts';
import { figuresOf } from './figures.ts';
import { oracleRun } from './oracle.ts';
import { goodputBound, mostWorth } from './oracle-bound.ts';
import { run } from './run.ts';
import { labArrival, labClient, labDeployment, labDraw, labScenario } from './testing.ts';
import { traceOf } from './traffic.ts';

test('mostWorth: fills the room with what is worth most for it, and cuts the last', () => {
  const items = [
    { worth: 10, room: 10 },
    { worth: 30, room: 10 },
    { worth: 20, room: 10 },
  ];
  for (const [budget, worth] of [
    [0, 0],
    [5, 15],
    [15, 40],
    [25, 55],
    [100, 60],
  ] as const) {
    assert.equal(mostWorth(items, budget), worth, `a budget of ${budget}`);
  }
});

test('goodputBound: is what is offered, or the limits of all minutes where that is less', () => {
  const scenario = labScenario({ seconds: 60, warmUpSeconds: 0, fleet: [labDeployment({ capacity: 1 })] });
  const trace = (count: number) => Array.from({ length: count }, (_, i) => labArrival({ atMs: i * 500 }));
  const bound = (count: number) => goodputBound({ scenario, trace: trace(count), draw: labDraw(), seed: 1 });
  // 60 s and 2 s of waiting touch two minutes of 1,000 tokens each.
  assert.deepEqual([bound(4), bound(100)], [600, 2_000]);
});

test('goodputBound: deployments that share a quota have no more than it', () => {
  const quotaKey = { name: 'east', capacity: 1 };
  const fleet = ['east/a', 'east/b', 'east/c'].map((id) => labDeployment({ id, capacity: 1, quotaKey }));
  const scenario = labScenario({ seconds: 60, warmUpSeconds: 0, fleet });
  const trace = Array.from({ length: 100 }, (_, i) => labArrival({ atMs: i * 500 }));
  assert.equal(goodputBound({ scenario, trace, draw: labDraw(), seed: 1 }), 2_000);
});

const OVERLOAD = labScenario({
  seconds: 180,
  warmUpSeconds: 60,
  fleet: [
    labDeployment({ id: 'units/chat', type: 'GlobalProvisionedManaged', capacity: 15 }),
    labDeployment({ capacity: 60, priority: 2 }),
  ],
  traffic: { load: 1.6, clients: [labClient(), labClient({ name: 'other', bound: 100, class: 'interactive' })] },
});

test('goodputBound: neither a strategy nor the oracle passes it, whatever is drawn (seeds 1 to 8)', () => {
  for (let seed = 1; seed <= 8; seed++) {
    const draw = drawOf(seed);
    const spec = { scenario: OVERLOAD, draw, seed, trace: traceOf(OVERLOAD, draw, seed) };
    const bound = goodputBound(spec);
    const oracle = figuresOf(oracleRun(spec), spec).goodput;
    assert.ok(oracle <= bound, `seed ${seed}: oracle ${oracle}, bound ${bound}`);
    for (const strategy of STRATEGY_NAMES) {
      const { goodput } = figuresOf(run({ ...spec, strategy }), spec);
      assert.ok(goodput <= bound, `seed ${seed}: ${strategy} ${goodput}, bound ${bound}`);
    }
  }
});
