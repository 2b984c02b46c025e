/** A deployment: what it is, how much of its quota is used, what may be done to it. */
import { useState } from 'preact/hooks';
import { pathOf } from './api.ts';
import { Chart } from './chart.tsx';
import { capacityText, countText, percentText, typeText, waitText } from './format.ts';
import { Bar, Meter } from './meter.tsx';
import type { BucketView, DeploymentView, LimitsView, WindowView } from './shapes.ts';
import { act, asking } from './store.ts';

/** Where the bar of a bucket ends: it may stand above its brim. 1 is 100 %. */
const BAR_TOP = 1.5;
const THROTTLE_SECONDS = 30;

export interface DeploymentProps {
  readonly resource: string;
  readonly deployment: DeploymentView;
  readonly nowMs: number;
}

export function Deployment({ resource, deployment, nowMs }: DeploymentProps) {
  const { name, model, modelVersion, type, capacity, limits, window, bucket, minutes } = deployment;
  return (
    <article class="card" aria-label={`${name} on ${resource}`}>
      <div class="cardHead">
        <h3>{name}</h3>
        <span class="kind">{typeText(type)}</span>
      </div>
      <p class="quiet facts">
        <span>{modelVersion === null ? model : `${model} ${modelVersion}`}</span>
        <span>{capacityText(type, capacity)}</span>
      </p>
      {window === null || limits === null ? null : <Minute limits={limits} window={window} nowMs={nowMs} />}
      {bucket === null ? null : <Bucket bucket={bucket} nowMs={nowMs} />}
      {minutes === null ? null : <Chart minutes={minutes} nowMs={nowMs} />}
      <Counts deployment={deployment} />
      <Actions resource={resource} name={name} throttled={throttledOf(deployment)} />
    </article>
  );
}

function throttledOf({ window, bucket }: DeploymentView): boolean {
  return (window?.throttledUntilMs ?? bucket?.throttledUntilMs ?? null) !== null;
}

interface MinuteProps {
  readonly limits: LimitsView;
  readonly window: WindowView;
  readonly nowMs: number;
}

export function Minute({ limits, window, nowMs }: MinuteProps) {
  return (
    <div class="meters">
      <Meter label="Tokens" value={window.tokens} limit={limits.tokensPerMinute} unit="this minute" />
      <Meter label="Requests" value={window.requests} limit={limits.requestsPerMinute} unit="this minute" />
      <p class={stateClass(window.throttledUntilMs)}>{windowText(window, nowMs)}</p>
    </div>
  );
}

function stateClass(throttledUntilMs: number | null): string {
  return throttledUntilMs === null ? 'quiet state' : 'wait state';
}

function windowText({ throttledUntilMs, loweredUntilMs, endsAtMs }: WindowView, nowMs: number): string {
  if (throttledUntilMs !== null) return `Throttled by hand for ${waitText(throttledUntilMs - nowMs)} more.`;
  const ends = endsAtMs === null ? 'No minute has begun.' : `The next minute begins in ${waitText(endsAtMs - nowMs)}.`;
  return loweredUntilMs === null ? ends : `${ends} Limit lowered for ${waitText(loweredUntilMs - nowMs)}.`;
}

function Bucket({ bucket, nowMs }: { readonly bucket: BucketView; readonly nowMs: number }) {
  const { level, bucket: size, utilisation, throttledUntilMs } = bucket;
  const percent = percentText(utilisation);
  return (
    <div class="meters">
      <div class="meter">
        <span class="name">Utilisation</span>
        <span class="value">
          {percent} <span class="quiet">now</span>
        </span>
        <Bar
          label="Utilisation now"
          share={Math.min(1, utilisation / BAR_TOP)}
          limitAt={1 / BAR_TOP}
          text={`${percent}; requests are refused above 100 %`}
        />
      </div>
      <p class={stateClass(throttledUntilMs)}>
        {throttledUntilMs === null
          ? `Bucket: ${countText(level)} of ${countText(size)} tokens.`
          : `Throttled by hand for ${waitText(throttledUntilMs - nowMs)} more.`}
      </p>
    </div>
  );
}

function Counts({ deployment: { served, refused, active } }: { readonly deployment: DeploymentView }) {
  return (
    <dl class="counts">
      <div>
        <dt>served</dt>
        <dd>{countText(served)}</dd>
      </div>
      <div class={refused > 0 ? 'some' : ''}>
        <dt>refused</dt>
        <dd>{countText(refused)}</dd>
      </div>
      <div>
        <dt>under way</dt>
        <dd>{countText(active)}</dd>
      </div>
    </dl>
  );
}

interface ActionsProps {
  readonly resource: string;
  readonly name: string;
  readonly throttled: boolean;
}

function Actions({ resource, name, throttled }: ActionsProps) {
  const [seconds, setSeconds] = useState(String(THROTTLE_SECONDS));
  const whose = `${name} on ${resource}`;
  const path = (action: string): string => pathOf('resources', resource, 'deployments', name, action);
  const throttle = (): Promise<void> =>
    throttled
      ? act({ method: 'DELETE', path: path('throttle'), done: `${whose} answers again.` })
      : act({
          method: 'POST',
          path: path('throttle'),
          body: { seconds: Number(seconds) },
          done: `${whose} answers 429 for ${seconds} s.`,
        });
  return (
    <div class="actions">
      <label>
        <input
          type="number"
          min="1"
          value={seconds}
          aria-label={`Seconds to throttle ${whose}`}
          onInput={({ currentTarget }) => setSeconds(currentTarget.value)}
        />{' '}
        s
      </label>
      <button
        type="button"
        class="steady"
        aria-label={`${throttled ? 'Lift' : 'Throttle'} ${whose}`}
        onClick={throttle}
      >
        {throttled ? 'Lift' : 'Throttle'}
      </button>
      <button
        type="button"
        aria-label={`Reset ${whose}`}
        onClick={() => act({ method: 'POST', path: path('reset'), done: `${whose}: counters are empty.` })}
      >
        Reset
      </button>
      <button
        type="button"
        class="danger"
        aria-label={`Delete ${whose}`}
        onClick={() => {
          asking.value = { kind: 'delete', resource, deployment: name };
        }}
      >
        Delete
      </button>
    </div>
  );
}
