/** Why there is no answer, or not all of it, in plain words; and what can be done about it. */
import type { FailureKind } from '../../../events.ts';
import { secondsLeft, timeText } from '../format.ts';
import type { Answer, Failure } from '../model/answer.ts';
import { useNow } from '../state/now.ts';
import { failureTold } from '../state/telling.ts';
import { locale, t, type Word } from '../state/words.ts';
import { Icon } from './icons.tsx';
import { SourceCard } from './source-card.tsx';

export const TITLES: Readonly<Record<FailureKind, Word>> = {
  throttled: 'failedThrottled',
  filtered: 'failedFiltered',
  tooLong: 'failedTooLong',
  gatewayDown: 'failedGatewayDown',
  notAllowed: 'failedNotAllowed',
  timeout: 'failedTimeout',
  internal: 'failedInternal',
};

export interface FailureProps {
  readonly answer: Answer;
  readonly failure: Failure;
  readonly isBusy: boolean;
  readonly onAgain: () => void;
  readonly onSources: () => void;
}

export function FailureNote({ answer, failure, isBusy, onAgain, onSources }: FailureProps) {
  const { kind, retryAtMs } = failure;
  const told = failureTold(failure);
  const now = useNow(retryAtMs !== null);
  const left = retryAtMs === null ? 0 : secondsLeft(retryAtMs, now);
  return (
    <div class={`failure ${kind === 'throttled' ? 'wait' : 'bad'}`} role="alert">
      <Icon name={kind === 'throttled' ? 'clock' : 'warn'} />
      <div>
        <p class="title">{t(TITLES[kind])}</p>
        <p>{told.text}</p>
        {told.detail === null ? null : (
          <p class="quiet small" lang="en">
            {told.detail}
          </p>
        )}
        {answer.text === '' ? null : <p class="quiet">{t('textKept')}</p>}
        <div class="buttons">
          {kind === 'notAllowed' ? null : (
            <button type="button" disabled={left > 0 || isBusy} onClick={onAgain}>
              {left > 0 ? t('tryAgainIn', { seconds: left }) : t('tryAgain')}
            </button>
          )}
          {answer.sources.length > 0 && answer.text !== '' ? (
            <button type="button" onClick={onSources}>
              {t('showSources')}
            </button>
          ) : null}
        </div>
      </div>
    </div>
  );
}

/** Of what was found: the best; all of it is in the panel. */
const FOUND_MAX = 3;

/** No model answered: what was found is the answer. */
export function Found({ answer, onOpen }: { readonly answer: Answer; readonly onOpen: (label: string) => void }) {
  if (answer.failure === null || answer.text !== '' || answer.sources.length === 0) return null;
  return (
    <div class="found">
      <p class="quiet">{t('sourcesFoundAnyway')}</p>
      <ul class="sources" aria-label={t('sourcesFoundAnyway')}>
        {answer.sources.slice(0, FOUND_MAX).map((source) => (
          <SourceCard
            key={source.label}
            source={source}
            number={null}
            note={null}
            onOpen={() => onOpen(source.label)}
          />
        ))}
      </ul>
    </div>
  );
}

/** A 429 is being waited for; the question is asked once more by itself. */
export function Waiting({ untilMs }: { readonly untilMs: number }) {
  const now = useNow(true);
  return (
    <div class="failure wait">
      <Icon name="clock" />
      <div>
        <p class="title">{t('waitingTitle')}</p>
        <p role="timer" aria-live="off">
          {t('waitingText', { seconds: secondsLeft(untilMs, now), time: timeText(untilMs, locale.value) })}
        </p>
      </div>
    </div>
  );
}
