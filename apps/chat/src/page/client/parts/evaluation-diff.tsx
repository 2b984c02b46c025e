/** What changed from one run to another: figures over the questions that both asked, and each question that went another way. */
import { useEffect, useState } from 'preact/hooks';
import type { Change, QuestionChange } from '../../../eval/difference.ts';
import type { EvaluationDiff } from '../../../server/evaluation-api.ts';
import { countText, momentText } from '../format.ts';
import { KIND_WORDS, METRIC_WORDS, movedFigures, moveText, shareText } from '../model/evaluation.ts';
import { readDiff } from '../state/evaluation.ts';
import { lock } from '../state/session.ts';
import { refusalText } from '../state/telling.ts';
import { locale, t, type Word } from '../state/words.ts';
import { OutcomeFacts } from './evaluation-outcome.tsx';
import { Back, Choice } from './evaluation-run.tsx';
import { tone } from './evaluation-trend.tsx';

interface DiffProps {
  readonly runId: string;
  readonly beforeId: string;
}

export function EvaluationDiffView({ runId, beforeId }: DiffProps) {
  const [diff, setDiff] = useState<EvaluationDiff | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let isLeft = false;
    const read = async (): Promise<void> => {
      const answer = await readDiff(runId, beforeId);
      if (isLeft) return;
      if (answer.kind === 'ok') setDiff(answer.value);
      else if (answer.kind === 'locked') lock(answer);
      else setProblem(refusalText(answer));
    };
    void read();
    return () => {
      isLeft = true;
    };
  }, [runId, beforeId]);
  return (
    <>
      <Back />
      <h1>{t('evalDiff')}</h1>
      {problem === null ? null : <p class="empty">{problem}</p>}
      {diff === null && problem === null ? <p class="quiet">{t('loading')}</p> : null}
      {diff === null ? null : <Shown diff={diff} />}
    </>
  );
}

const CHANGES: Readonly<Record<Change, Word>> = {
  broken: 'evalBroken',
  worse: 'evalWorse',
  better: 'evalBetter',
  mended: 'evalMended',
};
const TONES: Readonly<Record<Change, string>> = { broken: 'bad', worse: 'wait', better: 'good', mended: 'good' };
const ORDER: readonly Change[] = ['broken', 'worse', 'better', 'mended'];

function Shown({ diff }: { readonly diff: EvaluationDiff }) {
  const now = locale.value;
  const { before, after, counts, added, gone } = diff;
  const dates = { before: momentText(before.startedMs, now), after: momentText(after.startedMs, now) };
  return (
    <>
      <p class="quiet">{t('evalDiffText', dates)}</p>
      <p class="pills">
        {ORDER.map((change) => (
          <span key={change} class={`pill ${counts[change] === 0 ? '' : TONES[change]}`}>
            {t(CHANGES[change])}: {countText(counts[change], now)}
          </span>
        ))}
      </p>
      {added.length + gone.length === 0 ? null : (
        <p class="quiet small">
          {t('evalOthers', { added: countText(added.length, now), gone: countText(gone.length, now) })}
        </p>
      )}
      <Figures diff={diff} />
      <Questions diff={diff} />
    </>
  );
}

function Figures({ diff: { figures } }: { readonly diff: EvaluationDiff }) {
  const now = locale.value;
  return (
    <section>
      <h2>{t('evalFigures')}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('evalFigure')}</th>
            <th scope="col">{t('evalBefore')}</th>
            <th scope="col">{t('evalAfter')}</th>
            <th scope="col">{t('evalChange')}</th>
          </tr>
        </thead>
        <tbody>
          {figures.map(({ metric, before, after }) => {
            const moved = moveText(before, after, now);
            return (
              <tr key={metric}>
                <th scope="row">{t(METRIC_WORDS[metric])}</th>
                <td>{shareText(before, now)}</td>
                <td>{shareText(after, now)}</td>
                <td class={tone(moved)}>{moved ?? '–'}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function Questions({ diff: { changed, counts } }: { readonly diff: EvaluationDiff }) {
  const [wish, setWish] = useState<Change | 'all'>('all');
  const shown = changed.filter(({ change }) => wish === 'all' || change === wish);
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const now = locale.value;
  return (
    <section class="questions">
      <h2>{t('evalQuestions')}</h2>
      {all === 0 ? (
        <p class="empty">{t('evalSame')}</p>
      ) : (
        <div class="filters">
          <Choice<Change | 'all'> label={t('evalShow')} value={wish} onChange={setWish}>
            {[
              ['all', `${t('evalAll')} (${countText(all, now)})`],
              ...ORDER.filter((change) => counts[change] > 0).map(
                (change) => [change, `${t(CHANGES[change])} (${countText(counts[change], now)})`] as const,
              ),
            ]}
          </Choice>
        </div>
      )}
      <ul class="outcomes">
        {shown.map((one) => (
          <ChangeView key={one.after.id} one={one} />
        ))}
      </ul>
      {all > changed.length ? (
        <p class="quiet small">{t('evalOf', { part: countText(changed.length, now), all: countText(all, now) })}</p>
      ) : null}
    </section>
  );
}

function ChangeView({ one: { change, before, after } }: { readonly one: QuestionChange }) {
  const now = locale.value;
  return (
    <li>
      <details class="outcome">
        <summary>
          <span class="outcomeQuestion">{after.question}</span>
          <span class="pills">
            <span class={`pill ${TONES[change]}`}>{t(CHANGES[change])}</span>
            <span class="pill">{t(KIND_WORDS[after.kind])}</span>
            {movedFigures(before, after).map(({ metric, before: from, after: to }) => (
              <span key={metric} class="pill">
                {t(METRIC_WORDS[metric])} {shareText(from, now)} → {shareText(to, now)}
              </span>
            ))}
          </span>
        </summary>
        <div class="columns">
          <section>
            <h3>{t('evalBefore')}</h3>
            <OutcomeFacts outcome={before} />
          </section>
          <section>
            <h3>{t('evalAfter')}</h3>
            <OutcomeFacts outcome={after} />
          </section>
        </div>
      </details>
    </li>
  );
}
