import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEnd, formatEnding, formatNote, parseReport, type TestEnding } from './test-ending.ts';

const ending: TestEnding = {
  kind: 'test',
  name: 'a: says "b"\nand c',
  line: 3,
  file: '/f',
  passed: false,
  skip: null,
  todo: null,
  error: 'Error: x\n  at y',
  byChild: false,
};

test('parseReport: reads back what was written', () => {
  const text = formatEnding(ending) + formatNote('seed 7') + formatEnding({ ...ending, skip: '' }) + formatEnd();
  assert.deepEqual(parseReport(text), {
    complete: true,
    endings: [ending, { ...ending, skip: '' }],
    notes: ['seed 7'],
  });
});

test('parseReport: a report cut short keeps what is whole and says that it is not complete', () => {
  const text = formatEnding(ending) + formatEnding(ending).slice(0, 20);
  assert.deepEqual(parseReport(text), { complete: false, endings: [ending], notes: [] });
});

test('parseReport: no report at all is not complete', () => {
  assert.deepEqual(parseReport(''), { complete: false, endings: [], notes: [] });
});

test('parseReport: other lines are no endings', () => {
  assert.deepEqual(parseReport(`{"kind":"x"}\n7\nnull\n${formatEnd()}`), { complete: true, endings: [], notes: [] });
});
