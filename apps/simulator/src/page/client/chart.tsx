/** Utilisation of a provisioned deployment, a column for each minute. */
import { percentText, timeText } from './format.ts';
import { type Column, columnsOf, summaryOf, topOf, WINDOW_MINUTES } from './series.ts';
import type { MinuteView } from './shapes.ts';

export interface ChartProps {
  readonly minutes: readonly MinuteView[];
  readonly nowMs: number;
}

export function Chart({ minutes, nowMs }: ChartProps) {
  const columns = columnsOf(minutes, nowMs);
  const top = topOf(columns);
  return (
    <figure class="chart">
      <figcaption>
        Utilisation by minute <span class="quiet">%, last {WINDOW_MINUTES} minutes</span>
      </figcaption>
      <div class="plot">
        <div class="scale" aria-hidden="true">
          <span style={{ bottom: '100%' }}>{Math.round(top * 100)}</span>
          <span class="brim" style={{ bottom: `${100 / top}%` }}>
            100
          </span>
          <span style={{ bottom: '0%' }}>0</span>
        </div>
        <div class="columns" role="img" aria-label={labelOf(columns)}>
          {columns.map((column) => (
            <ColumnBar key={column.fromMs} column={column} top={top} />
          ))}
          <div class="brimLine" style={{ bottom: `${100 / top}%` }} />
        </div>
      </div>
      <div class="ages" aria-hidden="true">
        <span>{WINDOW_MINUTES} min ago</span>
        <span>{WINDOW_MINUTES / 2}</span>
        <span>now</span>
      </div>
    </figure>
  );
}

/** What is above 100 % has its own colour. Requests are also refused in minutes below: their estimates are given back when answers end. */
function ColumnBar({ column, top }: { readonly column: Column; readonly top: number }) {
  const { fromMs, utilisation } = column;
  const below = Math.min(1, utilisation);
  const above = Math.min(top, utilisation) - below;
  return (
    <div class="column" title={`${timeText(fromMs).slice(0, 5)}: ${percentText(utilisation)}`}>
      <div class="above" style={{ height: `${(above / top) * 100}%` }} />
      <div class="below" style={{ height: `${(below / top) * 100}%` }} />
    </div>
  );
}

function labelOf(columns: readonly Column[]): string {
  const { highest, present, over } = summaryOf(columns);
  if (highest === null) return `Utilisation by minute: nothing was used in the last ${WINDOW_MINUTES} minutes`;
  const peak = `highest ${percentText(highest.utilisation)} at ${timeText(highest.fromMs).slice(0, 5)}`;
  return `Utilisation by minute, last ${WINDOW_MINUTES} minutes: ${peak}, present minute ${percentText(present)}, above 100 % in ${over}`;
}
