/** The table of runs; two of them are ticked to be compared. */
import { useState } from 'preact/hooks';
import type { Mode } from '../../../eval/evaluations.ts';
import type { Metric } from '../../../eval/score.ts';
import type { RunSummary } from '../../../eval/summary.ts';
import { countText, durationText, momentText } from '../format.ts';
import { MAIN_METRICS, METRIC_WORDS, meanOf, missedFloor, shareText } from '../model/evaluation.ts';
import { go, hashOf } from '../state/route.ts';
import { locale, t } from '../state/words.ts';

interface RunsProps {
  /** Newest first, of one mode. */
  readonly runs: readonly RunSummary[];
  readonly mode: Mode;
}

export function Runs({ runs, mode }: RunsProps) {
  const [picked, setPicked] = useState<readonly string[]>([]);
  // A run may have gone meanwhile; the newer of the two is what it changed to.
  const chosen = runs.filter(({ id }) => picked.includes(id));
  const [after, before] = chosen;
  const compare = (): void => {
    if (after !== undefined && before !== undefined) {
      go({ kind: 'evaluation', runId: after.id, beforeId: before.id });
    }
  };
  const pick = (id: string, isPicked: boolean): void => {
    setPicked(isPicked ? [...picked, id] : picked.filter((one) => one !== id));
  };
  return (
    <div class="runsSection">
      <div class="sectionHead">
        <h2>{t('evalRuns')}</h2>
        <button type="button" disabled={chosen.length !== 2} title={t('evalPickTwo')} onClick={compare}>
          {t('evalCompare')}
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table that is wider than the window is moved with the keyboard, too. */}
      <section class="tableScroll" aria-label={t('evalRuns')} tabIndex={0}>
        <table>
          <Head mode={mode} />
          <tbody>
            {runs.map((run) => (
              <Row key={run.id} run={run} mode={mode} isPicked={picked.includes(run.id)} onPick={pick} />
            ))}
          </tbody>
        </table>
      </section>
      {runs.length < 2 ? null : <p class="quiet small">{t('evalPickTwo')}</p>}
    </div>
  );
}

function Head({ mode }: { readonly mode: Mode }) {
  return (
    <thead>
      <tr>
        <th scope="col">{t('evalRun')}</th>
        <th scope="col">{t('evalRight')}</th>
        {MAIN_METRICS[mode].map((metric) => (
          <th key={metric} scope="col">
            {t(METRIC_WORDS[metric])}
          </th>
        ))}
        <th scope="col">{t('evalTime')}</th>
      </tr>
    </thead>
  );
}

interface RowProps {
  readonly run: RunSummary;
  readonly mode: Mode;
  readonly isPicked: boolean;
  readonly onPick: (id: string, isPicked: boolean) => void;
}

function Row({ run, mode, isPicked, onPick }: RowProps) {
  const now = locale.value;
  const { id, startedMs, right, questions, fromFeedback, misses, times, model, asked } = run;
  const date = momentText(startedMs, now);
  const ms = (value: number | null): string => (value === null ? '–' : durationText(value, now));
  return (
    <tr>
      <th scope="row">
        <div class="runName">
          <input
            type="checkbox"
            aria-label={t('evalPick', { date })}
            checked={isPicked}
            onInput={({ currentTarget }) => onPick(id, currentTarget.checked)}
          />
          <div>
            <a href={hashOf({ kind: 'evaluation', runId: id, beforeId: null })}>{date}</a>
            <p class="quiet small path">{[...(model === null ? [] : [model]), asked].join(' · ')}</p>
            {fromFeedback === 0 ? null : (
              <span class="pill">
                {t('evalDisliked')}: {countText(fromFeedback, now)}
              </span>
            )}
            {misses.length === 0 ? null : (
              <span class="pill bad">{t('evalMisses', { count: countText(misses.length, now) })}</span>
            )}
          </div>
        </div>
      </th>
      <td>{t('evalOf', { part: countText(right, now), all: countText(questions, now) })}</td>
      {MAIN_METRICS[mode].map((metric) => (
        <Cell key={metric} run={run} metric={metric} />
      ))}
      <td>
        {ms(times.totalP50Ms)} / {ms(times.totalP95Ms)}
      </td>
    </tr>
  );
}

function Cell({ run, metric }: { readonly run: RunSummary; readonly metric: Metric }) {
  const now = locale.value;
  const floor = missedFloor(run, metric);
  const value = shareText(meanOf(run, metric), now);
  if (floor === null) return <td>{value}</td>;
  return (
    <td class="missed">
      <span aria-hidden="true">✗ </span>
      {value}
      <span class="unseen"> {t('evalBelow', { floor: shareText(floor, now) })}</span>
    </td>
  );
}
