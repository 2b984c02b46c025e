import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderMarkdown, renderText, TABLE_BEGIN, TABLE_END, withTable } from './report.ts';
import { type Cell, MEASURES, type Row } from './table.ts';

const ABOUT = { date: '2026-11-21', machine: '2 × Some CPU', node: '24.21.0', nginx: '1.22.1', rounds: 3 };
const COLUMNS_MAX = 100;

const cell = (figure: number, timesNginx: number | null): Cell => ({
  figure,
  span: [figure, figure],
  rounds: 3,
  timesNginx,
  coreShare: 0.97,
});
const NONE: Cell = { figure: null, span: null, rounds: 0, timesNginx: null, coreShare: null };

/** Every row of the table, with figures as wide as they get. */
const WIDE: readonly Row[] = MEASURES.map(({ key, title, unit, load, target }) => ({
  ...{ key, title, unit, load, target, met: target === null ? null : target.kind === 'timesNginx' },
  cells: { nginx: cell(1_234.5, null), undici: cell(1_234.5, 1), gateway: cell(1_234.5, 10) },
}));

test('renderText: stays within 100 columns and shows each measure with its unit', () => {
  const text = renderText(WIDE, { ...ABOUT, machine: '2 × AMD EPYC, 24 GiB, Linux 6.18' }, []);
  for (const line of text.split('\n')) assert.ok(line.length <= COLUMNS_MAX, `${line.length}: ${line}`);
  assert.match(text, /CPU, 2 kB request +10\.00 +≤ 3\.6 × met +1\.00 +1,235 µs +1,235 µs +1,235 µs +97\/97\/97$/m);
  assert.match(text, /memory per open stream .*≤ 60 kB missed/);
  assert.match(
    text,
    /2026-11-21, 2 × AMD EPYC, 24 GiB, Linux 6\.18, Node 24\.21\.0, nginx 1\.22\.1, median of 3 rounds\./,
  );
});

test('renderText: a proxy that was not measured is a dash, and remarks stand below', () => {
  const rows = WIDE.slice(0, 1).map((row) => ({
    ...row,
    met: null,
    cells: { nginx: cell(20, null), undici: NONE, gateway: NONE },
  }));
  const text = renderText(rows, { ...ABOUT, rounds: 1 }, ['careful']);
  assert.match(text, /CPU, 2 kB request +– +≤ 3\.6 × +– +20\.0 µs +– +– +97\/–\/–$/m);
  assert.match(text, /median of 1 round\./);
  assert.match(text, /^! careful$/m);
});

test('renderMarkdown: has as many cells in each line as in the header', () => {
  const lines = renderMarkdown(WIDE, ABOUT, ['careful']).split('\n');
  const tableLines = lines.filter((line) => line.startsWith('|'));
  assert.equal(tableLines.length, MEASURES.length + 2);
  for (const line of tableLines) assert.equal(line.split('|').length, 10, line);
  assert.ok(lines.includes('- careful'));
});

test('withTable: replaces what stands between the marks, and nothing else', () => {
  const document = `before\n${TABLE_BEGIN}\nold\n${TABLE_END}\nafter\n`;
  const once = withTable(document, 'new');
  assert.equal(once, `before\n${TABLE_BEGIN}\n\nnew\n\n${TABLE_END}\nafter\n`);
  assert.equal(withTable(once ?? '', 'new'), once);
});

test('withTable: a document without both marks in order is left alone', () => {
  assert.equal(withTable('no marks', 'new'), null);
  assert.equal(withTable(`${TABLE_END}${TABLE_BEGIN}`, 'new'), null);
});
