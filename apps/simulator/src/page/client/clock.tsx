/** The simulator's time, and what may be done with it. */
import { pathOf } from './api.ts';
import { dateText, timeText } from './format.ts';
import type { ClockView } from './shapes.ts';
import { act } from './store.ts';

const SPEEDS = [0.1, 1, 10, 60, 600];
const STEP_MS = 60_000;

export function Clock({ clock }: { readonly clock: ClockView }) {
  const { nowMs, paused, speed } = clock;
  const toggle = paused ? 'resume' : 'pause';
  return (
    <section class="clock" aria-label="Simulated time">
      <div class="time">
        <time dateTime={new Date(nowMs).toISOString()}>{timeText(nowMs)}</time>
        <span class="quiet">
          {dateText(nowMs)} UTC{paused ? ' · stands' : ''}
        </span>
      </div>
      <button
        type="button"
        class="steady"
        onClick={() =>
          act({ method: 'POST', path: pathOf('clock', toggle), done: paused ? 'Time goes on.' : 'Time stands still.' })
        }
      >
        {paused ? 'Resume' : 'Pause'}
      </button>
      <button
        type="button"
        onClick={() =>
          act({ method: 'POST', path: pathOf('clock', 'step'), body: { ms: STEP_MS }, done: 'One minute on.' })
        }
      >
        +1 min
      </button>
      <label>
        <span class="quiet">Speed</span>
        <select value={String(speed)} onChange={({ currentTarget }) => setSpeed(Number(currentTarget.value))}>
          {[...new Set([...SPEEDS, speed])]
            .sort((a, b) => a - b)
            .map((each) => (
              <option key={each} value={String(each)}>
                {each} ×
              </option>
            ))}
        </select>
      </label>
    </section>
  );
}

function setSpeed(factor: number): Promise<void> {
  const done = `Time goes ${factor} times as fast.`;
  return act({ method: 'POST', path: pathOf('clock', 'speed'), body: { factor }, done });
}
