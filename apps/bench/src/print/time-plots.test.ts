import assert from 'node:assert/strict';
import test from 'node:test';
import type { SeriesPoint } from '../measure/report.ts';
import { bridged, timelineOf, timePlots } from './time-plots.ts';

function points(count: number, of: (at: number) => Partial<SeriesPoint> = () => ({})): readonly SeriesPoint[] {
  return Array.from({ length: count }, (_, at) => ({
    seconds: at,
    phase: 'measure',
    target: 0,
    sent: 1,
    answered: 1,
    throttled: 0,
    failed: 0,
    promptTokens: 10,
    completionTokens: 5,
    e2eP50: 1,
    e2eP95: 2,
    ttftP50: 0.1,
    ttftP95: 0.2,
    utilisation: null,
    remainingTokens: null,
    remainingRequests: null,
    ...of(at),
  }));
}

test('timelineOf: many points become few bins; warm-up and end are where they were', () => {
  const phaseOf = (at: number) => ({ phase: at < 30 ? 'warmUp' : at < 550 ? 'measure' : 'drain' }) as const;
  const { bins, binMs, warmUpMs, endsMs } = timelineOf(points(600, phaseOf));
  assert.deepEqual([bins.length, binMs, warmUpMs, endsMs], [60, 10_000, 30_000, 550_000]);
  assert.deepEqual(timelineOf([]), { bins: [], binMs: 1_000, warmUpMs: 0, endsMs: 0 });
});

test('bridged: short gaps are drawn through, long ones and the ends are not', () => {
  const rows: ReadonlyArray<readonly [given: readonly (number | null)[], want: readonly (number | null)[]]> = [
    [
      [1, null, 3],
      [1, 2, 3],
    ],
    [
      [0, null, null, 3],
      [0, 1, 2, 3],
    ],
    [
      [0, null, null, null, 3],
      [0, null, null, null, 3],
    ],
    [
      [null, 1, null],
      [null, 1, null],
    ],
    [[], []],
  ];
  for (const [given, want] of rows) assert.deepEqual(bridged(given), want);
});

test('timePlots: a plot for each figure that the run has, none for one that it has not', () => {
  const titles = (of: (at: number) => Partial<SeriesPoint>) =>
    timePlots(points(20, of), 'here').map(({ text }) => /here: ([a-z ]+) over time/.exec(text)?.[1]);
  assert.deepEqual(
    titles(() => ({})),
    ['requests', 'first word', 'whole answer', 'tokens'],
  );
  assert.deepEqual(
    titles(() => ({ utilisation: 0.5, remainingTokens: 9, remainingRequests: 4, ttftP50: null, ttftP95: null })),
    ['requests', 'whole answer', 'tokens', 'utilisation', 'remaining tokens', 'remaining requests'],
  );
  assert.deepEqual(timePlots([], 'here'), []);
});

test('timePlots: refusals are bars where there are any, and nowhere else', () => {
  const [requests] = timePlots(
    points(20, (at) => ({ throttled: at > 10 ? 3 : 0 })),
    'here',
  );
  assert.match(requests?.text ?? '', /class="bars refused"/);
  const [quiet] = timePlots(points(20), 'here');
  assert.doesNotMatch(quiet?.text ?? '', /bars|>429</);
  for (const { text } of timePlots(points(1), 'here')) assert.doesNotMatch(text, /NaN|Infinity|undefined/);
});
