import assert from 'node:assert/strict';
import test from 'node:test';
import { drawOf } from '../lab/draw.ts';
import { measuredTable } from './measured-table.ts';
import { madeUpPromise, madeUpScenario } from './testing/made-up.ts';
import type { LabView } from './view.ts';

const GOOD = { ...madeUpScenario('steady'), promises: [madeUpPromise({ promise: 'no429', values: [0, 3], limit: 2 })] };
const BAD = {
  ...madeUpScenario('bursts'),
  promises: [madeUpPromise({ promise: 'no429', values: [4, 8], limit: 1, pooledLimit: 7 })],
  exception: 'Minutes that slide have no edge.',
};

function view(firstSeed: number, scenarios: LabView['scenarios']): LabView {
  return { firstSeed, seeds: 2, scenarios };
}

const TABLE = measuredTable({ held: view(1, [GOOD, BAD]), heldOut: view(1_001, [GOOD, BAD]), day: '2026-11-22' });

test('measuredTable: says when, by what and with which seeds it was made', () => {
  assert.match(TABLE, /Measured on 2026-11-22, by `node scripts\/lab-table\.ts`, which runs all 2 shipped/);
  assert.match(TABLE, /seeds 1 to 2,/);
  assert.match(TABLE, /seeds 1001 to 1002,/);
});

test('measuredTable: what is missed is named first, for both', () => {
  const missed =
    '- bursts, `no429`: what was refused, per 10,000: median 6 · pooled 6 · 2 of 2 seeds over (worst seed 2: 8);';
  assert.equal(TABLE.split(`${missed} wanted at most 1, pooled at most 7`).length, 3);
  assert.match(TABLE, /\*\*Seeds 1 to 2\*\*: 1 of 2 hold\. Missed:/);
  const held = measuredTable({ held: view(1, [GOOD]), heldOut: view(1_001, [GOOD]), day: '2026-11-22' });
  assert.match(held, /\*\*Seeds 1001 to 1002\*\*: 1 of 1 hold\.\n/);
});

test('measuredTable: a row for each promise with median, pooled and seeds over of both, and what is missed marked', () => {
  const lines = TABLE.split('\n');
  const name = 'what was refused, per 10,000';
  const good = '1.5 | 1.5 | 1 of 2';
  assert.ok(lines.includes(`| steady | \`no429\` | ${name} | at most 2 | ${good} | ${good} |`), TABLE);
  const bad = '✗ 6 | 6 | 2 of 2';
  assert.ok(lines.includes(`| bursts | \`no429\` | ${name} | at most 1, pooled at most 7 | ${bad} | ${bad} |`), TABLE);
});

test('measuredTable: limits that go by what others did are told for both', () => {
  const other = { ...GOOD, promises: [madeUpPromise({ promise: 'no429', values: [0, 3], limit: 2.5 })] };
  const table = measuredTable({ held: view(1, [GOOD]), heldOut: view(1_001, [other]), day: '2026-11-22' });
  assert.match(table, /\| at most 2; then at most 2\.5 \|/);
});

test('measuredTable: names each exception with its reason', () => {
  assert.match(TABLE, /^\| bursts \| Minutes that slide have no edge\. \|$/m);
  const none = measuredTable({ held: view(1, [GOOD]), heldOut: view(1_001, [GOOD]), day: '2026-11-22' });
  assert.match(none, /less than their median\n\nNowhere\./);
});

test('measuredTable: refusals are told apart by what was drawn of the minute', () => {
  // Seeds 1 and 2 of both scenarios: 0 and 4, 3 and 8.
  assert.deepEqual(
    [1, 2].map(drawOf).map(({ window, refunds }) => [window, refunds]),
    [
      ['fixed', false],
      ['fixed', true],
    ],
  );
  assert.match(TABLE, /^\| fixed, keeps what was not used \| 1 \| 2 \| 1 \| 2 \|$/m);
  assert.match(TABLE, /^\| fixed, gives it back \| 1 \| 5\.5 \| 1 \| 5\.5 \|$/m);
  assert.match(TABLE, /^\| slides, gives it back \| 0 \| – \| 0 \| – \|$/m);
});
