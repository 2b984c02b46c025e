/** What Azure Monitor counted beside what this program counted, minute by minute of the clock on the wall. */
import type { MonitorView, RunReport } from '../measure/report.ts';

export interface MinuteRow {
  /** `10:42` */
  readonly minute: string;
  readonly ours: MinuteFigures;
  readonly theirs: MinuteFigures;
}

export interface MinuteFigures {
  readonly calls: number | null;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly utilisationPercent: number | null;
}

type Minute = MonitorView['minutes'][number];

/** Of the first target: Azure's figures are of one deployment. */
export function minuteRows({ startedAt, series, monitor }: RunReport): readonly MinuteRow[] {
  if (monitor === null) return [];
  return monitor.minutes.map((theirs) => {
    const fromSeconds = (Date.parse(theirs.minute) - Date.parse(startedAt)) / 1_000;
    const points = series.filter(
      ({ target, seconds }) => target === 0 && seconds >= fromSeconds && seconds < fromSeconds + 60,
    );
    const sum = (of: (point: (typeof points)[number]) => number) => points.reduce((all, point) => all + of(point), 0);
    const told = points.flatMap(({ utilisation }) => (utilisation === null ? [] : [utilisation * 100]));
    return {
      minute: theirs.minute.slice(11, 16),
      ours: {
        calls: sum(({ answered, throttled, failed }) => answered + throttled + failed),
        promptTokens: sum(({ promptTokens }) => promptTokens),
        completionTokens: sum(({ completionTokens }) => completionTokens),
        utilisationPercent: told.length === 0 ? null : told.reduce((all, value) => all + value, 0) / told.length,
      },
      theirs,
    };
  });
}

const NAMES = {
  calls: 'calls',
  promptTokens: 'prompt tokens',
  completionTokens: 'generated tokens',
  utilisationPercent: 'utilisation',
} as const satisfies Record<keyof MinuteFigures, string>;

/** Figures that Azure told of no minute at all. */
export function missingOf(minutes: readonly Minute[]): readonly string[] {
  return figureNames().flatMap((name) => (minutes.some((minute) => minute[name] !== null) ? [] : [NAMES[name]]));
}

function figureNames(): ReadonlyArray<keyof MinuteFigures> {
  return ['calls', 'promptTokens', 'completionTokens', 'utilisationPercent'];
}
