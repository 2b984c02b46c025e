/** One run: its figures beside their floors, how each kind of question went, and the questions that went wrong. */
import { useEffect, useState } from 'preact/hooks';
import type { QuestionKind } from '../../../eval/question.ts';
import type { EvaluationView } from '../../../server/evaluation-api.ts';
import { countText, durationText, momentText } from '../format.ts';
import {
  floorOf,
  isDisliked,
  KIND_WORDS,
  kindsOf,
  METRIC_WORDS,
  missedFloor,
  shareText,
  type Wish,
  wished,
} from '../model/evaluation.ts';
import { evaluations, readRun, removeRun } from '../state/evaluation.ts';
import { succeeded } from '../state/notices.ts';
import { go, hashOf } from '../state/route.ts';
import { locale, t } from '../state/words.ts';
import { Confirm } from './dialog.tsx';
import { OutcomeView } from './evaluation-outcome.tsx';

export function EvaluationRunView({ runId }: { readonly runId: string }) {
  const [run, setRun] = useState<EvaluationView | 'loading' | 'missing'>('loading');
  useEffect(() => {
    let isLeft = false;
    const read = async (): Promise<void> => {
      const answer = await readRun(runId);
      if (!isLeft) setRun(succeeded(answer) ? answer.value : 'missing');
    };
    void read();
    return () => {
      isLeft = true;
    };
  }, [runId]);
  return (
    <>
      <Back />
      {run === 'loading' ? <p class="quiet">{t('loading')}</p> : null}
      {run === 'missing' ? <p class="empty">{t('refusedNoRun')}</p> : null}
      {typeof run === 'string' ? null : <Run run={run} />}
    </>
  );
}

export function Back() {
  return (
    <p>
      <a href={hashOf({ kind: 'evaluation', runId: null, beforeId: null })}>← {t('evalBack')}</a>
    </p>
  );
}

function Run({ run }: { readonly run: EvaluationView }) {
  const now = locale.value;
  const { id, startedMs, mode, model, asked, right, questions, misses, floors } = run;
  const about = [t(mode === 'answers' ? 'evalAnswers' : 'evalSearch'), ...(model === null ? [] : [model]), asked];
  return (
    <>
      <h1>{t('evalRunOf', { date: momentText(startedMs, now) })}</h1>
      <p class="quiet path">{about.join(' · ')}</p>
      <p class="pills">
        <span class="pill">
          {t('evalRight')}: {t('evalOf', { part: countText(right, now), all: countText(questions, now) })}
        </span>
        {misses.length === 0 ? null : (
          <span class="pill bad">{t('evalMisses', { count: countText(misses.length, now) })}</span>
        )}
        {floors !== null && misses.length === 0 ? <span class="pill good">{t('evalHeld')}</span> : null}
      </p>
      <Tools runId={id} mode={mode} startedMs={startedMs} />
      <div class="columns">
        <Figures run={run} />
        <Kinds run={run} />
      </div>
      <Questions run={run} />
    </>
  );
}

type ToolsProps = Pick<EvaluationView, 'mode' | 'startedMs'> & { readonly runId: string };

function Tools({ runId, mode, startedMs }: ToolsProps) {
  const [isAsking, setAsking] = useState(false);
  const before = evaluations.value?.runs.find((one) => one.mode === mode && one.startedMs < startedMs);
  const remove = async (): Promise<void> => {
    setAsking(false);
    if (await removeRun(runId)) go({ kind: 'evaluation', runId: null, beforeId: null });
  };
  return (
    <div class="buttons">
      {before === undefined ? null : (
        <a class="button" href={hashOf({ kind: 'evaluation', runId, beforeId: before.id })}>
          {t('evalPrevious')}
        </a>
      )}
      <button type="button" class="danger" onClick={() => setAsking(true)}>
        {t('evalDelete')}
      </button>
      {isAsking ? (
        <Confirm
          title={t('deleteTitle', { title: t('evalRunOf', { date: momentText(startedMs, locale.value) }) })}
          text={t('evalDeleteText')}
          action={t('delete')}
          onYes={() => void remove()}
          onLeave={() => setAsking(false)}
        />
      ) : null}
    </div>
  );
}

function Figures({ run }: { readonly run: EvaluationView }) {
  const now = locale.value;
  const { figures, floors, times } = run;
  const ms = (value: number | null): string => (value === null ? '–' : durationText(value, now));
  return (
    <section>
      <h2>{t('evalFigures')}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('evalFigure')}</th>
            <th scope="col">{t('evalMean')}</th>
            {floors === null ? null : <th scope="col">{t('evalFloor')}</th>}
            <th scope="col">{t('evalQuestions')}</th>
          </tr>
        </thead>
        <tbody>
          {figures.map(({ metric, mean, count }) => {
            const isMissed = missedFloor(run, metric) !== null;
            return (
              <tr key={metric}>
                <th scope="row">{t(METRIC_WORDS[metric])}</th>
                <td class={isMissed ? 'missed' : ''}>
                  {isMissed ? '✗ ' : ''}
                  {shareText(mean, now)}
                </td>
                {floors === null ? null : <td>{shareText(floorOf(run, metric), now)}</td>}
                <td>{countText(count, now)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p class="quiet small">
        {t('evalTime')}: {ms(times.totalP50Ms)} / {ms(times.totalP95Ms)}
      </p>
    </section>
  );
}

function Kinds({ run: { outcomes } }: { readonly run: EvaluationView }) {
  const now = locale.value;
  return (
    <section>
      <h2>{t('evalKinds')}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('evalKind')}</th>
            <th scope="col">{t('evalRight')}</th>
          </tr>
        </thead>
        <tbody>
          {kindsOf(outcomes).map(({ kind, right, all }) => (
            <tr key={kind}>
              <th scope="row">{t(KIND_WORDS[kind])}</th>
              <td>{t('evalOf', { part: countText(right, now), all: countText(all, now) })}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Drawn at once; more at the reader's wish. */
const SHOWN = 50;

function Questions({ run: { outcomes } }: { readonly run: EvaluationView }) {
  const [wish, setWish] = useState<Wish>({ kind: 'all', which: 'wrong' });
  const [most, setMost] = useState(SHOWN);
  const found = wished(outcomes, wish);
  const change = (to: Partial<Wish>): void => {
    setWish({ ...wish, ...to });
    setMost(SHOWN);
  };
  const wishes = [
    ['wrong', 'evalWrong'],
    ['all', 'evalAll'],
    ...(outcomes.some(isDisliked) ? ([['disliked', 'evalDisliked']] as const) : []),
  ] as const;
  return (
    <section class="questions">
      <h2>{t('evalQuestions')}</h2>
      <div class="filters">
        <Choice label={t('evalShow')} value={wish.which} onChange={(which) => change({ which })}>
          {wishes.map(([which, word]) => [which, `${t(word)} (${countOf(outcomes, { ...wish, which })})`])}
        </Choice>
        <Choice<QuestionKind | 'all'> label={t('evalKind')} value={wish.kind} onChange={(kind) => change({ kind })}>
          {[['all', t('evalAll')], ...kindsOf(outcomes).map(({ kind }) => [kind, t(KIND_WORDS[kind])] as const)]}
        </Choice>
      </div>
      <p class="unseen" role="status">
        {t('evalOf', { part: countText(found.length, locale.value), all: countText(outcomes.length, locale.value) })}
      </p>
      {found.length === 0 ? <p class="empty">{t('evalNoQuestion')}</p> : null}
      <ul class="outcomes">
        {found.slice(0, most).map((outcome) => (
          <OutcomeView key={outcome.id} outcome={outcome} />
        ))}
      </ul>
      {found.length > most ? (
        <button type="button" onClick={() => setMost(most + SHOWN)}>
          {t('more')}
        </button>
      ) : null}
    </section>
  );
}

function countOf(outcomes: EvaluationView['outcomes'], wish: Wish): string {
  return countText(wished(outcomes, wish).length, locale.value);
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  /** Value and text of each. */
  readonly children: ReadonlyArray<readonly [Value, string]>;
}

export function Choice<Value extends string>({ label, value, onChange, children }: ChoiceProps<Value>) {
  const choose = ({ currentTarget }: { readonly currentTarget: HTMLSelectElement }): void => {
    const found = children.find(([each]) => each === currentTarget.value);
    if (found !== undefined) onChange(found[0]);
  };
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onInput={choose}>
        {children.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
