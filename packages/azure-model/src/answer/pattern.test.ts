import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compiledPattern, MATCHED_CHARS_MAX, PATTERN_CHARS_MAX, patternProblem } from './pattern.ts';

const TAKEN = [
  'weather',
  '^hello\\b',
  'weather.*(paris|london|rome)',
  '^.*a.*$',
  '(?:ab)+c',
  '[a-z*+(]+x',
  'a{3}',
  'a{2,4}?b',
  '(?=x)x',
  '\\(+',
  'colou?r',
  '[\\]]',
];

for (const source of TAKEN) {
  test(`patternProblem: takes ${source}`, () => assert.equal(patternProblem(source), null));
}

const REFUSED: ReadonlyArray<readonly [source: string, problem: RegExp]> = [
  ['(a+)+$', /very long/],
  ['(a|aa)+$', /very long/],
  ['(.*)*', /very long/],
  ['(?:a+){10}', /very long/],
  ['.*.*.*x', /very long/],
  [`${'a?'.repeat(30)}b`, /very long/],
  ['(a|a)'.repeat(30), /very long/],
  ['(', /no regular expression/],
  ['x'.repeat(PATTERN_CHARS_MAX + 1), /at most 300 characters/],
];

for (const [source, problem] of REFUSED) {
  test(`patternProblem: refuses ${source.slice(0, 20)}`, () => {
    assert.match(patternProblem(source) ?? '', problem);
    assert.equal(compiledPattern(source), null);
  });
}

test('compiledPattern: matches in any case', () => assert.equal(compiledPattern('hello')?.test('HELLO'), true));

test('compiledPattern: the worst pattern that is taken ends soon on the longest text', () => {
  const pattern = compiledPattern('a.*a.*b');
  assert.equal(pattern?.test('a'.repeat(MATCHED_CHARS_MAX)), false);
});
