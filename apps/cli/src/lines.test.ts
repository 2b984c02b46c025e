import assert from 'node:assert/strict';
import { test } from 'node:test';
import picocolors from 'picocolors';
import { grouped, type Line, NO_PAINT, paintFor, paintWith, plain, render, table, widthOf, wrap } from './lines.ts';

const LINE: Line = [['abc', 'good'], ['def'], ['ghi', 'bad']];

test('render: cuts at the column, whatever the tones', () => {
  for (let columns = 0; columns <= 9; columns++) {
    assert.equal(render(LINE, columns, NO_PAINT), 'abcdefghi'.slice(0, columns));
  }
  assert.equal(render(LINE, 100, NO_PAINT), 'abcdefghi');
  assert.equal(widthOf(LINE), 9);
});

test('render: colours take no columns', () => {
  const paint = paintWith(picocolors.createColors(true));
  assert.equal(render(LINE, 7, paint), '\x1b[32mabc\x1b[39mdef\x1b[31mg\x1b[39m');
});

test('paintFor: colours only on a terminal, and only where nobody objects', () => {
  const terminal = { isTTY: true };
  assert.notEqual(paintFor(terminal, {})('x', 'good'), 'x');
  assert.notEqual(paintFor(terminal, { NO_COLOR: '' })('x', 'good'), 'x');
  assert.equal(paintFor(terminal, { NO_COLOR: '1' })('x', 'good'), 'x');
  assert.equal(paintFor(terminal, { TERM: 'dumb' })('x', 'good'), 'x');
  assert.equal(paintFor({}, {})('x', 'good'), 'x');
});

test('plain: nothing that could steer the terminal or take two columns', () => {
  assert.equal(plain('a\x1b[2Jb\n語é~'), 'a?[2Jb???~');
});

test('wrap: words in lines of at most so many columns; a longer word stands alone', () => {
  const rows: ReadonlyArray<readonly [string, number, readonly string[]]> = [
    ['', 10, []],
    ['one', 10, ['one']],
    ['one two three', 7, ['one two', 'three']],
    ['one two three', 6, ['one', 'two', 'three']],
    ['extraordinary word', 5, ['extraordinary', 'word']],
  ];
  for (const [text, columns, want] of rows) assert.deepEqual(wrap(text, columns), want);
});

test('grouped: thousands apart', () => {
  const rows = [
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [29_735.4, '29,735'],
    [1_234_567, '1,234,567'],
  ] as const;
  for (const [value, want] of rows) assert.equal(grouped(value), want);
});

test('table: columns as wide as their widest cell, numbers to the right, no blanks at the end', () => {
  const rows = [
    ['name', 'n', 'note'],
    ['a', '10', ''],
  ];
  assert.deepEqual(table(rows, new Set([1])), ['name   n  note', 'a     10']);
  assert.deepEqual(table([], new Set()), []);
});
