import assert from 'node:assert/strict';
import test from 'node:test';
import { type ChartSpec, type Curve, chart, curvePath } from './chart.ts';
import { linear } from './scale.ts';

const X = linear([0, 10], [0, 100]);
const Y = linear([0, 10], [100, 0]);

test('curvePath: lines, steps and areas go through their points, and never beyond the axes', () => {
  const rows: ReadonlyArray<readonly [Curve['kind'], Curve['points'], string]> = [
    [
      'line',
      [
        [0, 0],
        [5, 10],
      ],
      'M0 100L50 0',
    ],
    [
      'steps',
      [
        [0, 5],
        [5, 10],
      ],
      'M0 50H50V0',
    ],
    [
      'area',
      [
        [0, 5],
        [5, 10],
      ],
      'M0 50H50V0V100H0Z',
    ],
    [
      'line',
      [
        [0, -3],
        [50, 99],
      ],
      'M0 100L100 0',
    ],
    ['area', [], ''],
  ];
  for (const [kind, points, want] of rows) assert.equal(curvePath({ kind, points }, X, Y), want, `${kind} ${points}`);
});

function spec(more: Partial<ChartSpec> = {}): ChartSpec {
  return {
    title: 'cost',
    subtitle: 'by load',
    xName: 'load, %',
    yName: 'EUR per month',
    curves: [
      {
        name: 'by <use>',
        tone: 'load',
        kind: 'line',
        points: [
          [0, 0],
          [100, 3_000],
        ],
      },
    ],
    marks: [{ x: 100, y: 3_000, text: 'break-even' }],
    xMax: 100,
    ...more,
  };
}

test('chart: has title, axes with units and numbers, a legend, and marks whose words stay inside', () => {
  const { body, height, width } = chart(spec());
  for (const want of ['cost', 'by load', 'load, %', 'EUR per month', '>100<', '>3K<', 'by &#60;use&#62;', 'break-even'])
    assert.ok(body.text.includes(want), want);
  assert.match(body.text, /class="label end">break-even/);
  assert.ok(height > 200 && width === 420);
  assert.doesNotMatch(body.text, /NaN|undefined|<use>/);
});

test('chart: without anything to draw it is an empty one, and not a broken one', () => {
  assert.doesNotMatch(chart(spec({ curves: [], marks: [], xMax: 0 })).body.text, /NaN|Infinity/);
});

test('chart: marks of x may have words of their own; those beyond the axis are left out', () => {
  const { text } = chart(
    spec({
      xMarks: [
        [0, 'none'],
        [50, 'half'],
        [101, 'beyond'],
      ],
    }),
  ).body;
  assert.match(text, />none<.*>half</s);
  assert.doesNotMatch(text, />beyond<|>20</);
});
