/** The main figures of the runs of one kind, each a small drawing of its own: colour says only that a floor is missed. */
import type { Mode } from '../../../eval/evaluations.ts';
import type { Metric } from '../../../eval/score.ts';
import type { RunSummary } from '../../../eval/summary.ts';
import { countText } from '../format.ts';
import {
  floorOf,
  MAIN_METRICS,
  METRIC_WORDS,
  moveText,
  type Point,
  shareText,
  TREND_RUNS_MAX,
  trendOf,
} from '../model/evaluation.ts';
import { locale, t } from '../state/words.ts';

/** @param runs newest first. */
export function Trend({ runs, mode }: { readonly runs: readonly RunSummary[]; readonly mode: Mode }) {
  const shown = Math.min(runs.length, TREND_RUNS_MAX);
  return (
    <section class="trendSection" aria-label={t('evalTrend')}>
      <h2>{t('evalTrend')}</h2>
      <div class="trends">
        {MAIN_METRICS[mode].map((metric) => (
          <Figure key={metric} runs={runs} metric={metric} />
        ))}
      </div>
      <p class="quiet small">{t('evalTrendText', { count: countText(shown, locale.value) })}</p>
    </section>
  );
}

function Figure({ runs, metric }: { readonly runs: readonly RunSummary[]; readonly metric: Metric }) {
  const points = trendOf(runs, metric);
  const last = points.at(-1);
  if (last === undefined) return null;
  const now = locale.value;
  const values = points.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => shareText(value, now));
  const figure = t(METRIC_WORDS[metric]);
  const text = t('evalTrendOf', {
    figure,
    last: shareText(last.value, now),
    count: countText(points.length, now),
    low: low ?? '',
    high: high ?? '',
  });
  const moved = moveText(points.at(-2)?.value ?? null, last.value, now);
  const floor = runs[0] === undefined ? null : floorOf(runs[0], metric);
  return (
    <figure class="trend">
      <figcaption>
        <span>{figure}</span>
        <span>
          <b>{shareText(last.value, now)}</b> {moved === null ? null : <small class={tone(moved)}>{moved}</small>}
        </span>
      </figcaption>
      <Line points={points} floor={floor} label={text} />
    </figure>
  );
}

export function tone(moved: string | null): string {
  if (moved?.startsWith('▲') === true) return 'rises';
  return moved?.startsWith('▼') === true ? 'falls' : 'quiet';
}

/** Of the drawing, within its edges. Units of its own, not pixels. */
const [WIDTH, HEIGHT, EDGE] = [200, 56, 5];
const at = ({ x, value }: Pick<Point, 'x' | 'value'>): readonly [number, number] => [
  EDGE + x * (WIDTH - 2 * EDGE),
  HEIGHT - EDGE - value * (HEIGHT - 2 * EDGE),
];

interface LineProps {
  readonly points: readonly Point[];
  /** Of the newest run; null: it has none. */
  readonly floor: number | null;
  readonly label: string;
}

function Line({ points, floor, label }: LineProps) {
  const path = points
    .map((point) =>
      at(point)
        .map((value) => value.toFixed(1))
        .join(' '),
    )
    .join('L');
  const [, floorY] = at({ x: 0, value: floor ?? 0 });
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {[0, 1].map((value) => {
        const [, y] = at({ x: 0, value });
        return <line key={value} class="edge" x1={EDGE} x2={WIDTH - EDGE} y1={y} y2={y} />;
      })}
      {floor === null ? null : <line class="floor" x1={EDGE} x2={WIDTH - EDGE} y1={floorY} y2={floorY} />}
      <path d={`M${path}`} />
      {points.map((point, i) => {
        const [cx, cy] = at(point);
        const isLast = i === points.length - 1;
        return <circle key={point.runId} class={point.isMissed ? 'missed' : ''} cx={cx} cy={cy} r={isLast ? 3.5 : 2} />;
      })}
    </svg>
  );
}
