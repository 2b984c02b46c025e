/** Why there is no answer, or not all of it, in plain words; and what can be done about it. */
import type { FailureKind } from '../../../events.ts';
import { secondsLeft, timeText } from '../format.ts';
import type { Answer, Failure } from '../model/answer.ts';
import { useNow } from '../state/now.ts';
import { locale, t, type Word } from '../state/words.ts';
import { Icon } from './icons.tsx';

const TITLES: Readonly<Record<FailureKind, Word>> = {
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
  const { kind, message, retryAtMs } = failure;
  const now = useNow(retryAtMs !== null);
  const left = retryAtMs === null ? 0 : secondsLeft(retryAtMs, now);
  return (
    <div class={`failure ${kind === 'throttled' ? 'wait' : 'bad'}`} role="alert">
      <Icon name={kind === 'throttled' ? 'clock' : 'warn'} />
      <div>
        <p class="title">{t(TITLES[kind])}</p>
        <p>{message}</p>
        {answer.text === '' ? null : <p class="quiet">{t('textKept')}</p>}
        {answer.sources.length > 0 && answer.text === '' ? <p class="quiet">{t('sourcesFoundAnyway')}</p> : null}
        <div class="buttons">
          {kind === 'notAllowed' ? null : (
            <button type="button" disabled={left > 0 || isBusy} onClick={onAgain}>
              {left > 0 ? t('tryAgainIn', { seconds: left }) : t('tryAgain')}
            </button>
          )}
          {answer.sources.length > 0 ? (
            <button type="button" onClick={onSources}>
              {t('showSources')}
            </button>
          ) : null}
        </div>
      </div>
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
