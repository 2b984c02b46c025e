import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawOf } from './draw.ts';
import { shippedNames, shippedScenario } from './scenario-file.ts';
import { labClient, labDeployment, labScenario } from './testing.ts';
import { ARRIVALS_MAX, traceOf } from './traffic.ts';
import { usableRate } from './traffic-capacity.ts';
import { standardCharge, standardRoom } from './traffic-charge.ts';
import type { Arrival, Draw, LabDeployment } from './types.ts';

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

function offered(trace: readonly Arrival[], room: (arrival: Arrival) => number, seconds = 600): number {
  return (trace.reduce((sum, arrival) => sum + room(arrival), 0) * 60) / seconds;
}

for (const load of [0.95, 1.5]) {
  test(`traceOf: a load of ${load} charges as much of the usable tokens under every draw (seeds 1 to 20)`, () => {
    const scenario = labScenario({ fleet: [labDeployment(), labDeployment({ id: 'west/chat' })], traffic: { load } });
    for (const seed of SEEDS) {
      const draw: Draw = { ...drawOf(seed), refunds: false };
      const share = offered(traceOf(scenario, draw, seed), (arrival) => standardCharge(arrival, draw)) / 600_000;
      assert.ok(Math.abs(share / load - 1) < 0.02, `seed ${seed}: ${share}`);
    }
  });
}

test('traceOf: what is given back counts as long as it stands (seeds 1 to 20)', () => {
  const scenario = labScenario();
  for (const seed of SEEDS) {
    const draw: Draw = { ...drawOf(seed), refunds: true };
    const trace = traceOf(scenario, draw, seed);
    const share = offered(trace, (arrival) => standardRoom(arrival, draw, labDeployment())) / 300_000;
    assert.ok(Math.abs(share / 0.95 - 1) < 0.02, `seed ${seed}: ${share}`);
    const charged = offered(trace, (arrival) => standardCharge(arrival, draw)) / 300_000;
    assert.ok(charged > 1, `seed ${seed}: ${charged} would be refused if nothing were given back`);
  }
});

test('traceOf: every scenario that ships offers its load, within 2 % (seeds 1 to 3)', () => {
  for (const scenario of shippedNames().map(shippedScenario)) {
    for (const seed of SEEDS.slice(0, 3)) {
      const draw = drawOf(seed);
      const trace = traceOf(scenario, draw, seed);
      const share = (trace.length * 60) / scenario.seconds / usableRate(scenario, draw, trace);
      assert.ok(Math.abs(share / scenario.traffic.load - 1) < 0.02, `${scenario.name}, seed ${seed}: ${share}`);
    }
  }
});

test('traceOf: the same seed makes the same trace, another one another', () => {
  const scenario = labScenario();
  assert.deepEqual(traceOf(scenario, drawOf(1), 9), traceOf(scenario, drawOf(1), 9));
  assert.notDeepEqual(traceOf(scenario, drawOf(1), 9), traceOf(scenario, drawOf(1), 10));
});

test('traceOf: clients come by their shares, each in its own way, sorted together (seed 2)', () => {
  const clients = [
    labClient({ name: 'even', share: 3, arrivals: { kind: 'steady' } }),
    labClient({ name: 'wild', share: 1, arrivals: { kind: 'bursts', onSeconds: 5, offSeconds: 50, factor: 100 } }),
  ];
  const trace = traceOf(labScenario({ traffic: { clients } }), drawOf(2), 2);
  assert.ok(trace.every(({ atMs }, index) => atMs >= (trace[index - 1]?.atMs ?? 0)));
  const even = trace.filter(({ client }) => client === 'even');
  assert.ok(Math.abs(even.length / trace.length - 0.75) < 0.001);
  const gaps = even.slice(1).map(({ atMs }, index) => atMs - (even[index]?.atMs ?? 0));
  assert.ok(Math.max(...gaps) - Math.min(...gaps) < 1);
});

test('traceOf: says what to change where a load is too many requests, or none', () => {
  const huge: readonly LabDeployment[] = [labDeployment({ capacity: 100_000 })];
  const wanted = (count: string) =>
    new RegExp(`^a test: a load of .* is ${count} requests .* 1 to ${ARRIVALS_MAX}; change`);
  assert.throws(() => traceOf(labScenario({ fleet: huge, seconds: 7_200 }), drawOf(1), 1), {
    message: wanted('\\d{6,}'),
  });
  assert.throws(() => traceOf(labScenario({ traffic: { load: 0.00001 } }), drawOf(1), 1), { message: wanted('0') });
});

test('traceOf: a long trace takes less than a second', { timeout: 20_000 }, () => {
  const fleet = Array.from({ length: 8 }, (_, index) => labDeployment({ id: `r${index}/chat`, capacity: 500 }));
  const scenario = labScenario({ fleet, seconds: 3_000 });
  const draw: Draw = { ...drawOf(1), refunds: false };
  const before = performance.now();
  const { length } = traceOf(scenario, draw, 1);
  assert.ok(length > 100_000, `${length}`);
  assert.ok(performance.now() - before < 2_000, 'twice as long as it should take on a busy machine');
});
