import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawOf } from './draw.ts';
import { offeredLoads } from './offered.ts';
import { shippedScenario } from './scenario-file.ts';
import { traceOf } from './traffic.ts';

test('offeredLoads: at equal distances each minute brings the load that was asked for, after the first', () => {
  const scenario = shippedScenario('evenly-95');
  const draw = drawOf(3);
  const trace = traceOf(scenario, draw, 3);
  const loads = offeredLoads(trace, { scenario, draw });
  const whole = trace.filter(({ atMs }) => atMs >= 60_000).map((arrival) => loads.get(arrival) ?? 0);
  const mean = whole.reduce((sum, load) => sum + load, 0) / whole.length;
  assert.ok(Math.abs(mean - 0.95) < 0.005, `${mean}`);
  const [first] = trace;
  assert.ok(first !== undefined && (loads.get(first) ?? 1) < 0.02);
});

test('offeredLoads: a burst counts for the minute after it, and no longer', () => {
  const scenario = shippedScenario('evenly-95');
  const draw = drawOf(3);
  const [one] = traceOf(scenario, draw, 3);
  assert.ok(one !== undefined);
  const at = (atMs: number) => ({ ...one, atMs });
  const burst = Array.from({ length: 99 }, () => at(0));
  const [soon, late] = [at(59_999), at(60_000)];
  const loads = offeredLoads([...burst, soon, late], { scenario, draw });
  assert.ok(Math.abs((loads.get(soon) ?? 0) / (loads.get(late) ?? 1) - 50) < 1e-9);
});

test('offeredLoads: of nothing there is none', () => {
  const scenario = shippedScenario('evenly-95');
  assert.equal(offeredLoads([], { scenario, draw: drawOf(1) }).size, 0);
});
