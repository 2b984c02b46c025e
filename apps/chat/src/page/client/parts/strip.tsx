/** One line above the question: which deployment answered last, which are throttled until when, what was waited for. */
import { durationText, timeText } from '../format.ts';
import { summaryOf } from '../model/gateway.ts';
import { turns } from '../state/chat.ts';
import { openPanel } from '../state/panel.ts';
import { locale, t } from '../state/words.ts';

export function Strip() {
  const turn = turns.value.at(-1);
  const summary = turn === undefined ? null : summaryOf(turn.answer.value.gateways);
  if (turn === undefined || summary === null) return null;
  const { answeredBy, throttled, waitedMs } = summary;
  const now = Date.now();
  return (
    <button type="button" class="strip" onClick={() => openPanel({ turnKey: turn.key, tab: 'gateway', label: null })}>
      {answeredBy === null ? null : (
        <span class="good">
          <i class="dot" aria-hidden="true" />
          {t('answeredBy', { name: answeredBy })}
        </span>
      )}
      {throttled.map(({ deployment, untilMs }) => (
        <span class="wait" key={deployment}>
          <i class="dot" aria-hidden="true" />
          {untilMs === null || untilMs <= now
            ? t('throttledNow', { name: deployment })
            : t('throttledUntil', { name: deployment, time: timeText(untilMs, locale.value) })}
        </span>
      ))}
      {waitedMs > 0 ? <span>{t('waited', { time: durationText(waitedMs, locale.value) })}</span> : null}
    </button>
  );
}
