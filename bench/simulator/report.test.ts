import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadSample } from './measure.ts';
import {
  type Figures,
  MARK_BEGIN,
  MARK_END,
  missed,
  renderMarkdown,
  renderText,
  rowsOf,
  withSimulatorTable,
} from './report.ts';

const samples = (...cpuUs: readonly number[]): LoadSample[] =>
  cpuUs.map((each) => ({ cpuUs: each, perSecond: 1, coreShare: 0.96 }));

const FIGURES: Figures = {
  loads: {
    answer: { simulator: samples(50, 60, 90), bare: samples(20, 30, 30) },
    event: { simulator: samples(70), bare: samples(20) },
  },
  hour: { requests: 360_886, seconds: 6.25, cpuSeconds: 7 },
  admission: [{ name: 'sliding minute', ns: [50, 60, 75] }],
  day: { requests: 864_000, firstHourMib: 11, lastHourMib: 13.5 },
};

test('rowsOf: ratios are taken within a round, and the median counts', () => {
  assert.deepEqual(
    rowsOf(FIGURES).map(({ measure, figure }) => [measure, figure]),
    [
      ['CPU, short answer', 2.5],
      ['CPU, streamed event', 3.5],
      ['an hour at 100 requests/s, virtual', 6.25],
      ['admission, sliding minute', 1.5],
      ['growth of the heap over a day, virtual', 2.5],
    ],
  );
});

test('rowsOf: what was not measured has no row', () => {
  assert.deepEqual(rowsOf({ loads: null, hour: null, admission: null, day: null }), []);
});

test('missed: names what is above its target, and what has no figure', () => {
  assert.deepEqual(missed(rowsOf(FIGURES)), ['CPU, streamed event', 'growth of the heap over a day, virtual']);
  assert.deepEqual(missed([{ measure: 'a', figure: null, unit: '×', target: 3, details: '' }]), ['a']);
  assert.deepEqual(missed([{ measure: 'a', figure: null, unit: '×', target: null, details: '' }]), []);
});

test('renderText, renderMarkdown: figure with unit, target and whether it is met, what it is made of', () => {
  const rows = rowsOf({ ...FIGURES, loads: null, admission: null, day: null });
  const cells = ['an hour at 100 requests/s, virtual', '6.25 s', '≤ 10 s met', '360,886 requests, 7.0 s of CPU'];
  assert.equal(renderText(rows, 'today'), `${cells.join('  ')}\n\ntoday\n`);
  assert.ok(renderMarkdown(rows, 'today').includes(`\n| ${cells.join(' | ')} |\n\n- today`));
});

test('withSimulatorTable: puts the table between its marks, and nothing where they are missing', () => {
  const document = `a\n${MARK_BEGIN}\nold\n${MARK_END}\nb\n`;
  assert.equal(withSimulatorTable(document, 'new'), `a\n${MARK_BEGIN}\n\nnew\n\n${MARK_END}\nb\n`);
  assert.equal(withSimulatorTable(`${MARK_END}${MARK_BEGIN}`, 'new'), null);
  assert.equal(withSimulatorTable('a', 'new'), null);
});
