import assert from 'node:assert/strict';
import test from 'node:test';
import type { Row } from './page.ts';
import { headingLevel, styleOf } from './style.ts';

const item = (text: string, size: number) => ({ text, x: 60, y: 700, width: 100, size, font: 'body' });
const page = (sizes: readonly number[]) => {
  const items = [item('text of the body '.repeat(20), 10), ...sizes.map((size) => item(`Heading ${size}`, size))];
  return { number: 1, width: 600, height: 800, items };
};
const rowOf = (text: string, size: number): Row => ({
  y: 700,
  fragments: [{ text, left: 60, right: 160, y: 700, size, font: 'body' }],
});

test('styleOf: four sizes above that of the text are levels of their own, smaller ones share the last', () => {
  const levels = (sizes: readonly number[]) => {
    const style = styleOf([page(sizes)]);
    return sizes.map((size) => headingLevel(rowOf('Heading', size), style, true));
  };
  assert.deepEqual(levels([30, 26, 22, 18]), [1, 2, 3, 4]);
  assert.deepEqual(levels([30, 26, 22, 18, 14, 12]), [1, 2, 3, 4, 4, 4]);
});

test('headingLevel: a line of 120 letters may be one, a longer one is text', () => {
  const style = styleOf([page([20])]);
  assert.equal(headingLevel(rowOf('a'.repeat(120), 20), style, true), 1);
  assert.equal(headingLevel(rowOf('a'.repeat(121), 20), style, true), 0);
});
