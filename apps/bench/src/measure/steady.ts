/** Since when a run's figures stay where they are: what was measured before is the way there, not the state. */
import type { SeriesPoint, Steady } from './report.ts';

/** Shortest stretch that is called steady. Seconds. */
const SECONDS_MIN = 20;
/** And of the measured part: a short lull in a climb is none. Share. */
const SHARE_MIN = 0.25;
/** Parts of a stretch that are held against each other. */
const PARTS = 4;
/** How far parts may be from each other. Share of the whole. */
const NEAR = 0.15;
/** What is smaller than this differs by chance alone. Answers in a part. */
const ANSWERS_MIN = 8;

/** @param stepSeconds length of a point. */
export function steadyOf(points: readonly SeriesPoint[], stepSeconds: number): Steady {
  const measured = points.filter(({ phase }) => phase === 'measure');
  const shortest = Math.max(Math.ceil(SECONDS_MIN / stepSeconds), Math.ceil(SHARE_MIN * measured.length));
  if (measured.length * stepSeconds < SECONDS_MIN) {
    return { isSteady: false, sinceSeconds: null, why: `the measured part is shorter than ${SECONDS_MIN} s` };
  }
  let why = '';
  for (let from = 0; measured.length - from >= shortest; from++) {
    const problem = unsteady(measured.slice(from));
    if (problem === null) {
      const sinceSeconds = measured[from]?.seconds ?? 0;
      return { isSteady: true, sinceSeconds, why: `answers and latency stay within ${100 * NEAR} % from here on` };
    }
    why = problem;
  }
  return { isSteady: false, sinceSeconds: null, why };
}

/** @returns what moves; null: nothing does. */
function unsteady(points: readonly SeriesPoint[]): string | null {
  const parts = Array.from({ length: PARTS }, (_, i) => {
    return points.slice(Math.floor((i * points.length) / PARTS), Math.floor(((i + 1) * points.length) / PARTS));
  });
  const rates = parts.map((part) => total(part) / Math.max(1, part.length));
  const mean = total(points) / points.length;
  if (parts.some((part) => total(part) < ANSWERS_MIN)) return 'too few answers to tell';
  if (range(rates) > NEAR * mean) return 'the rate of answers still moves';
  const latencies = parts.map((part) => latency(part));
  const usual = latency(points);
  if (range(latencies) > NEAR * usual) return 'latency still moves';
  return null;
}

function range(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}

function total(points: readonly SeriesPoint[]): number {
  return points.reduce((sum, { answered }) => sum + answered, 0);
}

/** Mean of the medians, each as often as it was answered. */
function latency(points: readonly SeriesPoint[]): number {
  let sum = 0;
  let count = 0;
  for (const { e2eP50, answered } of points) {
    if (e2eP50 === null) continue;
    sum += e2eP50 * answered;
    count += answered;
  }
  return count === 0 ? 0 : sum / count;
}
