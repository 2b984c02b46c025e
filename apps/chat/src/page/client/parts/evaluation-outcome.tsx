/** How one question went: what was expected, what was answered, what was found and cited. Whatever the app said is text here. */
import type { Outcome } from '../../../eval/result.ts';
import { durationText } from '../format.ts';
import { isDisliked, isWrong, KIND_WORDS, lowFigures, METRIC_WORDS, placeIn, shareText } from '../model/evaluation.ts';
import { originalUrl } from '../model/passage.ts';
import { locale, t } from '../state/words.ts';

export function OutcomeView({ outcome }: { readonly outcome: Outcome }) {
  const { question, kind } = outcome;
  const isBad = isWrong(outcome);
  return (
    <li>
      <details class="outcome">
        <summary>
          <span class={isBad ? 'falls' : 'rises'} aria-hidden="true">
            {isBad ? '✗' : '✓'}
          </span>
          <span class="outcomeQuestion">
            {question}
            <span class="unseen"> {t(isBad ? 'evalWrong' : 'evalRight')}</span>
          </span>
          <span class="pills">
            <span class="pill">{t(KIND_WORDS[kind])}</span>
            {isDisliked(outcome) ? <span class="pill wait">{t('evalDisliked')}</span> : null}
            <LowFigures outcome={outcome} />
          </span>
        </summary>
        <OutcomeFacts outcome={outcome} />
      </details>
    </li>
  );
}

function LowFigures({ outcome }: { readonly outcome: Outcome }) {
  return lowFigures(outcome).map(([metric, value]) => (
    <span key={metric} class="pill bad">
      {t(METRIC_WORDS[metric])} {shareText(value, locale.value)}
    </span>
  ));
}

export function OutcomeFacts({ outcome }: { readonly outcome: Outcome }) {
  const { gold, expected, answer, failure, found, cited } = outcome;
  return (
    <dl class="outcomeFacts">
      <dt>{t('evalExpected')}</dt>
      <dd>
        {gold.length === 0 ? <p>{t('evalUnknown')}</p> : null}
        <ol>
          {gold.map((name, i) => (
            <li key={`${name} ${i}`}>
              <Name name={name} />
              {expected[i] === undefined ? null : <blockquote>{expected[i]}</blockquote>}
            </li>
          ))}
        </ol>
      </dd>
      {answer === null ? null : (
        <>
          <dt>{t('answer')}</dt>
          <dd class="said">{answer.trim() === '' ? '–' : answer.trim()}</dd>
        </>
      )}
      {failure === null ? null : <dd class="problem">{failure}</dd>}
      <Names title={t('evalFound')} of={found} gold={gold} />
      {answer === null ? null : <Names title={t('evalCited')} of={cited} gold={gold} />}
      <dt>{t('evalTook')}</dt>
      <dd>{tookText(outcome)}</dd>
    </dl>
  );
}

function tookText({ firstMs, totalMs }: Outcome): string {
  const now = locale.value;
  const whole = durationText(totalMs, now);
  return firstMs === null ? whole : t('evalTookText', { first: durationText(firstMs, now), whole });
}

interface NamesProps {
  readonly title: string;
  readonly of: readonly string[];
  readonly gold: readonly string[];
}

function Names({ title, of, gold }: NamesProps) {
  const files = gold.map((name) => placeIn(name).path);
  return (
    <>
      <dt>{title}</dt>
      <dd>
        {of.length === 0 ? t('evalNothing') : null}
        <ol>
          {of.map((name, i) => (
            <li key={`${name} ${i}`}>
              <Name name={name} />
              {files.includes(placeIn(name).path) ? <span class="rises"> ✓</span> : null}
            </li>
          ))}
        </ol>
      </dd>
    </>
  );
}

/** The document itself, as long as it is in the index. */
function Name({ name }: { readonly name: string }) {
  const { path, page } = placeIn(name);
  return (
    <a class="path" href={originalUrl(path, page)} target="_blank" rel="noopener">
      {path}
      {page === null ? '' : `, ${t('page', { page })}`}
    </a>
  );
}
