import assert from 'node:assert/strict';
import test from 'node:test';
import { type Layer, linePath, type PanelSpec, panel, panelHeight, spreadApart } from './panel.ts';
import { linear } from './scale.ts';

const PLACE = { x: linear([0, 40], [0, 400]), y: linear([0, 10], [100, 0]), stepSeconds: 10 };

test('linePath: goes through the middle of each step, is cut where nothing is known, and stays within its panel', () => {
  const rows: ReadonlyArray<readonly [string, readonly (number | null)[], string]> = [
    ['whole', [0, 5, 10], 'M50 100L150 50L250 0'],
    ['a gap', [0, null, 10, 10], 'M50 100M250 0L350 0'],
    ['too high and too low', [99, -1], 'M50 0L150 100'],
    ['nothing', [], ''],
  ];
  for (const [name, values, want] of rows) assert.equal(linePath(values, PLACE), want, name);
});

test('spreadApart: names that would lie on each other are moved apart in their order, none below the lowest place', () => {
  const at = (wanted: readonly number[]) =>
    spreadApart(
      wanted.map((each) => ({ at: each })),
      100,
    ).map((each) => each.at);
  assert.deepEqual(at([20, 50]), [20, 50]);
  assert.deepEqual(at([50, 50, 52]), [50, 62, 74]);
  assert.deepEqual(at([99, 98]), [88, 100]);
});

function spec(layers: readonly Layer[], more: Partial<PanelSpec> = {}): PanelSpec {
  return {
    title: 'load',
    unit: 'tokens per minute',
    max: 100,
    stepMs: 5_000,
    warmUpMs: 10_000,
    isLast: true,
    layers,
    ...more,
  };
}

test('panel: has title, unit, numbered axes, the warm-up shaded, and each line named', () => {
  const { text } = panel(spec([{ kind: 'line', name: 'sent <now>', tone: 'load', values: [1, 2, 3, 4] }]), 0);
  for (const want of ['load', 'tokens per minute', '>100<', '>0:00<', 'warm-up', 'sent &#60;now&#62;', 'min:s'])
    assert.ok(text.includes(want), want);
});

test('panel: each kind of layer draws what there is, and nothing where there is nothing', () => {
  const path = (kind: Layer['kind'], values: Layer['values']) =>
    / d="([^"]*)"/.exec(panel(spec([{ kind, name: '', tone: 'load', values }]), 0).text)?.[1];
  for (const kind of ['bars', 'marks'] as const) {
    assert.equal(path(kind, [0, null, 0]), '', kind);
    assert.match(path(kind, [0, 7, 0]) ?? '', /^M[\d.]+ [\d.]+h[^M]*Z$/, `${kind}: one`);
  }
  assert.match(path('area', [1, null, 3]) ?? '', /^M.*Z$/);
  assert.doesNotMatch(path('area', [1, null, 3]) ?? '', /NaN/);
});

test('panelHeight: only the last one below each other needs room for the numbers of its axis of time', () => {
  assert.ok(panelHeight({ isLast: true }) > panelHeight({ isLast: false }));
  assert.doesNotMatch(panel(spec([], { isLast: false }), 0).text, /min:s/);
});

test('panel: what comes behind the end is shaded like the warm-up, and nothing is where the end is not given or never came', () => {
  const shades = (more: Partial<PanelSpec>) => {
    const layers = [{ kind: 'line', name: '', tone: 'load', values: [1, 2, 3, 4] }] as const;
    return panel(spec(layers, { warmUpMs: 0, ...more }), 0).text.match(/class="warm-up"/g)?.length ?? 0;
  };
  assert.deepEqual([shades({}), shades({ endsMs: 15_000 }), shades({ endsMs: 20_000 })], [0, 1, 0]);
  assert.equal(shades({ warmUpMs: 5_000, endsMs: 15_000 }), 2);
});
