/** Measured quality, for admins: runs over time, one of them with its failures, or what changed between two. */
import { useEffect, useState } from 'preact/hooks';
import type { Mode } from '../../../eval/evaluations.ts';
import { countText } from '../format.ts';
import { evaluations, startRun, stopRun, watchEvaluations } from '../state/evaluation.ts';
import { session } from '../state/session.ts';
import { locale, t } from '../state/words.ts';
import { EvaluationDiffView } from './evaluation-diff.tsx';
import { EvaluationRunView } from './evaluation-run.tsx';
import { Runs } from './evaluation-runs.tsx';
import { Trend } from './evaluation-trend.tsx';

interface EvaluationProps {
  readonly runId: string | null;
  readonly beforeId: string | null;
}

export function Evaluation({ runId, beforeId }: EvaluationProps) {
  const isAdmin = session.value.kind === 'open' && session.value.me.isAdmin;
  return (
    <main class="evaluation">
      {isAdmin ? <Shown runId={runId} beforeId={beforeId} /> : <p class="empty">{t('evalAdmins')}</p>}
    </main>
  );
}

function Shown({ runId, beforeId }: EvaluationProps) {
  useEffect(watchEvaluations, []);
  if (runId === null) return <Overview />;
  // The key: another run is read from its beginning.
  if (beforeId === null) return <EvaluationRunView key={runId} runId={runId} />;
  return <EvaluationDiffView key={`${runId} ${beforeId}`} runId={runId} beforeId={beforeId} />;
}

function Overview() {
  const [wanted, setMode] = useState<Mode | null>(null);
  const all = evaluations.value;
  // Whoever has measured one of the two alone comes to see that.
  const mode = wanted ?? all?.runs[0]?.mode ?? 'answers';
  const runs = all?.runs.filter((run) => run.mode === mode) ?? [];
  return (
    <>
      <h1>{t('evaluation')}</h1>
      <p class="quiet">{t('evalText')}</p>
      <Modes mode={mode} onMode={setMode} />
      {all === null ? <p class="quiet">{t('loading')}</p> : <Start mode={mode} />}
      {all !== null && runs.length === 0 ? <Empty mode={mode} /> : null}
      {runs.length < 2 ? null : <Trend runs={runs} mode={mode} />}
      {runs.length === 0 ? null : <Runs key={mode} runs={runs} mode={mode} />}
      {all === null || all.unread === 0 ? null : (
        <p class="quiet small">{t('evalUnread', { count: countText(all.unread, locale.value) })}</p>
      )}
    </>
  );
}

function Modes({ mode, onMode }: { readonly mode: Mode; readonly onMode: (mode: Mode) => void }) {
  return (
    <fieldset class="modes" aria-label={t('evalMode')}>
      <button type="button" aria-pressed={mode === 'answers'} onClick={() => onMode('answers')}>
        {t('evalAnswers')}
      </button>
      <button type="button" aria-pressed={mode === 'search'} onClick={() => onMode('search')}>
        {t('evalSearch')}
      </button>
    </fieldset>
  );
}

function Start({ mode }: { readonly mode: Mode }) {
  const [isStarting, setStarting] = useState(false);
  const all = evaluations.value;
  if (all === null) return null;
  const { running, questions } = all;
  if (running !== null) return <Running />;
  const start = async (): Promise<void> => {
    setStarting(true);
    await startRun(mode);
    setStarting(false);
  };
  if (questions.count === null) {
    return (
      <p class="card problem" lang="en">
        {questions.problem}
      </p>
    );
  }
  const count = countText(questions.count, locale.value);
  return (
    <section class="card">
      <p>{t(mode === 'answers' ? 'evalStartHelp' : 'evalSearchHelp', { count })}</p>
      {questions.isSample ? <p class="quiet small">{t('evalSample')}</p> : null}
      <div class="buttons">
        <button type="button" class="main" disabled={isStarting} onClick={() => void start()}>
          {t('evalStart')}
        </button>
      </div>
    </section>
  );
}

function Running() {
  const running = evaluations.value?.running ?? null;
  if (running === null) return null;
  const { id, mode, done, total } = running;
  const now = locale.value;
  const told = t('evalProgress', { done: countText(done, now), total: countText(total, now) });
  return (
    <section class="card">
      <p>
        {t(mode === 'answers' ? 'evalAnswers' : 'evalSearch')}: {told}
      </p>
      <progress max={total} value={done} aria-label={told} />
      <div class="buttons">
        <button type="button" onClick={() => void stopRun(id)}>
          {t('evalStop')}
        </button>
      </div>
    </section>
  );
}

function Empty({ mode }: { readonly mode: Mode }) {
  return (
    <div class="empty">
      <p>{t('evalNone')}</p>
      <p>
        <code>npx spillway chat eval{mode === 'search' ? ' --search' : ''}</code>
      </p>
    </div>
  );
}
