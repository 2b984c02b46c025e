import assert from 'node:assert/strict';
import test from 'node:test';
import { readJson } from './json.ts';
import { readWith } from './testing/told.ts';

const CASES: ReadonlyArray<readonly [name: string, given: unknown, want: readonly string[]]> = [
  ['a record is lines', { name: 'x', beds: 2, tags: ['a', 'b'] }, ['p name: x\nbeds: 2\ntags: a, b']],
  ['records of a list are a paragraph each', [{ a: 1 }, { a: null }], ['p a: 1', 'p a: –']],
  ['what is plain comes before what is deep', { b: { c: 1 }, a: 2 }, ['p a: 2', 'h1 b', 'p c: 1']],
  [
    'a long list of words is a list',
    Array.from({ length: 13 }, (_, i) => i),
    [`list ${Array.from({ length: 13 }, (_, i) => `- ${i}`).join('\n')}`],
  ],
  ['a value alone', 'x', ['p x']],
];

for (const [name, given, want] of CASES) {
  test(`readJson: ${name}`, () => {
    assert.deepEqual(
      readWith((limits, to) => readJson(JSON.stringify(given), limits, to)),
      want,
    );
  });
}

test('readJson: tells the title of an object that has one', () => {
  readWith((limits, to) => assert.equal(readJson('{"title":" A  b "}', limits, to), 'A b'));
  readWith((limits, to) => assert.equal(readJson('[1]', limits, to), null));
});

test('readJson: refuses what is no JSON, and says what to do', () => {
  assert.throws(() => readWith((limits, to) => readJson('{', limits, to)), /not valid JSON; mend it/);
});

test('readJson: refuses brackets deeper than the limit before they are parsed', () => {
  const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  readWith((limits, to) => readJson(deep(5), limits, to), { nestingMax: 5 });
  assert.throws(
    () => readWith((limits, to) => readJson(deep(6), limits, to), { nestingMax: 5 }),
    /deeper than 5 levels/,
  );
});

test('readJson: a list of twelve stays in the line of its record, a longer one stands by itself', () => {
  const read = (length: number) => {
    const tags = Array.from({ length }, (_, i) => i);
    return readWith((limits, to) => readJson(JSON.stringify({ a: 'b', tags }), limits, to));
  };
  assert.deepEqual(read(12), ['p a: b\ntags: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11']);
  assert.deepEqual(read(13).slice(0, 2), ['p a: b', 'h1 tags']);
});
