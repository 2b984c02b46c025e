import assert from 'node:assert/strict';
import test from 'node:test';
import { seededUnit } from '@spillway/clock';
import { BINS_MAX, drawShape, momentsOf, shapeFrom, shapeText, TOKENS_MAX } from './shape.ts';

const FILES: Readonly<Record<string, string>> = {
  'lengths.csv': 'tokens,count\n100,3\r\n500;1\n\n',
  'wrong.csv': '100,3\nmany,1\n',
  'empty.csv': 'tokens,count\n',
  'large.csv': '1,1\n'.repeat(BINS_MAX + 1),
};

function readFile(file: string): string {
  const text = FILES[file];
  if (text === undefined) throw new Error('ENOENT');
  return text;
}

function shapeOf(text: string) {
  const read = shapeFrom(text, readFile);
  return 'shape' in read ? read.shape : assert.fail(read.problem);
}

test('shapeFrom: reads each form, tells its mean, and writes it as it was', () => {
  const rows: ReadonlyArray<readonly [text: string, mean: number, variance: number, again: string]> = [
    ['800', 800, 0, '800'],
    ['12_000', 12_000, 0, '12000'],
    ['uniform:100-300', 200, 3_366.67, 'uniform:100-300'],
    ['uniform:7-7', 7, 0, 'uniform:7-7'],
    ['lognormal:mean=800,p95=2000', 800, 420_313.64, 'lognormal:mean=800,p95=2000'],
    ['histogram:lengths.csv', 200, 30_000, 'histogram of 2 lengths'],
  ];
  for (const [text, mean, variance, again] of rows) {
    const moments = momentsOf(shapeOf(text));
    assert.ok(Math.abs(moments.mean - mean) < 1e-6 * mean, `${text}: mean ${moments.mean}`);
    assert.ok(Math.abs(moments.variance - variance) <= 0.1, `${text}: variance ${moments.variance}`);
    assert.equal(shapeText(shapeOf(text)), again);
  }
});

test('shapeFrom: what is wrong is named with its rule and the way out', () => {
  const rows: ReadonlyArray<readonly [text: string, want: RegExp]> = [
    ['', /'' is no number of tokens; write a number \(800\)/],
    ['-5', /'-5' is no number/],
    [String(TOKENS_MAX + 1), /more than 10000000; no model/],
    ['uniform:300-100', /does not rise/],
    ['lognormal:mean=800,p95=700', /p95 must be above the mean, up to 3\.87 times it/],
    ['lognormal:mean=100,p95=400', /up to 3\.87/],
    ['lognormal:mean=0,p95=0', /no lognormal/],
    ['histogram:gone.csv', /gone\.csv cannot be read \(ENOENT\)/],
    ['histogram:wrong.csv', /wrong\.csv:2: 'many,1' is not "tokens,count"/],
    ['histogram:empty.csv', /counts nothing/],
    ['histogram:large.csv', /more than 10000 rows/],
  ];
  for (const [text, want] of rows) {
    const read = shapeFrom(text, readFile);
    assert.match('problem' in read ? read.problem : 'read', want, text);
  }
});

test('drawShape: draws have the mean of their shape, and the percentile that was asked for', () => {
  for (const text of ['800', 'uniform:100-300', 'lognormal:mean=800,p95=2000', 'histogram:lengths.csv']) {
    const shape = shapeOf(text);
    const unit = seededUnit(7);
    const drawn = Float64Array.from({ length: 50_000 }, () => drawShape(shape, unit)).sort();
    const mean = drawn.reduce((sum, each) => sum + each, 0) / drawn.length;
    assert.ok(Math.abs(mean / momentsOf(shape).mean - 1) < 0.02, `${text}: ${mean}`);
    if (shape.kind === 'lognormal') assert.ok(Math.abs((drawn[47_500] ?? 0) / 2_000 - 1) < 0.03, `${drawn[47_500]}`);
  }
});
