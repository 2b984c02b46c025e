import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contextSizes, mixOf, PROMPT_TOKENS_MAX, PROMPT_TOKENS_MIN, SIZES_MAX } from './size-words.ts';
import { Problems } from './words-of.ts';

function read<Of>(of: (problems: Problems) => Of): { readonly read: Of; readonly told: string } {
  const problems = new Problems();
  const found = of(problems);
  return { read: found, told: problems.list.join('; ') };
}

const sizes = (text: string) => {
  const { read: found, told } = read((problems) => contextSizes(problems, text));
  return told === '' && found !== null ? found : assert.fail(told);
};
const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
const below = (values: readonly number[], bound: number) =>
  values.filter((each) => each <= bound).length / values.length;

test('contextSizes: a number is one size, a list its sizes in turns, each as often as it says', () => {
  assert.deepEqual(sizes('800'), [800]);
  assert.deepEqual(sizes('200,800'), [200, 800]);
  assert.deepEqual(sizes('200,800x3'), [800, 200, 800, 800]);
});

test('contextSizes: uniform and lognormal have the mean and the tail that were asked for, the same each time', () => {
  const uniform = sizes('uniform:100-300');
  assert.deepEqual(
    [uniform.length, mean(uniform), Math.min(...uniform), Math.max(...uniform)],
    [SIZES_MAX, 200, 102, 298],
  );
  const lognormal = sizes('lognormal:mean=800,p95=2000');
  assert.ok(Math.abs(mean(lognormal) - 800) < 16, `${mean(lognormal)}`);
  assert.deepEqual([below(lognormal, 2_000), lognormal.length], [61 / 64, SIZES_MAX]);
  assert.deepEqual(sizes('lognormal:mean=800,p95=2000'), lognormal);
  assert.notDeepEqual(
    lognormal,
    lognormal.toSorted((a, b) => a - b),
    'a run that is cut short has all sizes',
  );
  assert.ok(Math.abs(mean(uniform.slice(0, 32)) - 200) < 25);
});

test('contextSizes: no size of a distribution is shorter than the instruction has room, or longer than any prompt', () => {
  assert.equal(Math.min(...sizes('uniform:1-1000')), PROMPT_TOKENS_MIN);
  assert.ok(Math.max(...sizes('lognormal:mean=1500000,p95=2000000')) <= PROMPT_TOKENS_MAX);
});

test('contextSizes: what is none says so, with the forms', () => {
  const rows: ReadonlyArray<readonly [string, RegExp]> = [
    ['some', /--context-tokens some: is no whole number from 1 to 2000000/],
    ['0', /--context-tokens 0/],
    ['normal:1-2', /normal:1-2: is none of a number \(800\), a list/],
    ['1,two', /1,two: is none of/],
    ['uniform:300-100', /uniform:300-100: does not rise/],
    ['uniform:1-2000001', /goes beyond 2000000/],
    ['lognormal:mean=9,p95=1', /there is no such distribution; p95 is above the mean, up to 3\.87 times it/],
    ['lognormal:mean=100,p95=400', /up to 3\.87 times/],
    ['1,2x0', /each part is there at least once/],
    ['1,2x64', /all together at most 64 times, not 65/],
    ['1,2000001', /--context-tokens 2000001: is no whole number/],
  ];
  for (const [text, want] of rows) assert.match(read((problems) => contextSizes(problems, text)).told, want, text);
});

test('mixOf: shapes by name and sizes by tokens, evenly spread', () => {
  const { read: mix, told } = read((problems) => mixOf(problems, 'mix:balanced=3,4000/100'));
  const [balanced, own] = [
    { contextTokens: 500, answerTokensMax: 500 },
    { contextTokens: 4_000, answerTokensMax: 100 },
  ];
  assert.deepEqual([mix, told], [[balanced, balanced, own, balanced], '']);
});

test('mixOf: what is none says so', () => {
  const rows: ReadonlyArray<readonly [string, RegExp]> = [
    ['mix:', /--shape-profile mix:: has a part that is none of balanced, context, generation or PROMPT\/ANSWER/],
    ['mix:round=1', /has a part that is none of/],
    ['mix:0/5', /has a part that is none of/],
    ['mix:balanced=x', /each part is there at least once/],
    ['mix:balanced=60,context=5', /at most 64 times, not 65/],
  ];
  for (const [text, want] of rows) assert.match(read((problems) => mixOf(problems, text)).told, want, text);
});
