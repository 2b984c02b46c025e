/** Figures and kinds of endings as people read them: the same on the terminal, in the report, in a comparison. */
import { grouped } from '@spillway/drawing';
import type { CallClass, SenderReport } from '../drive/call.ts';
import type { Difference } from '../measure/difference.ts';
import type { RunReport, TargetSummary } from '../measure/report.ts';

/** What a call that is no answer came to. */
export const ENDINGS: Readonly<Record<Exclude<CallClass, 'ok' | 'length'>, string>> = {
  throttled: 'refused with 429',
  filtered: 'stopped by the content filter',
  refused: 'refused otherwise (4xx)',
  serverError: 'failed on the server (5xx)',
  timeout: 'timed out',
  reset: 'without an answer',
  broken: 'broken off',
  cancelled: 'cut off by the end of the run',
};

export const STOPPED: Readonly<Record<RunReport['stopped'], string>> = {
  ended: '',
  interrupted: 'interrupted; these figures are of what was measured until then',
  tokens: 'as many tokens as --max-tokens-total allows are used or under way',
  knee: 'refusals began, and the sweep was after that',
  unanswered: 'calls failed or piled up without a 429; the sweep was after refusals, and has not seen where they begin',
  behind: 'more calls waited for a free client than may; the server had fallen behind for good',
};

/** What a sweep found, and what it cannot say; null: it was none, or nothing ended it. */
export function kneeText({ sweep }: Pick<RunReport, 'sweep'>): string | null {
  if (sweep === null || sweep.beyondPerMinute === null) return null;
  const { stepSeconds, carriedPerMinute, beyondPerMinute, why } = sweep;
  const carried =
    carriedPerMinute === null ? 'not even the first was carried' : `${numberText(carriedPerMinute)} were carried`;
  const steps = `in steps of ${numberText(stepSeconds)} s (${carried})`;
  const from = `from ${numberText(beyondPerMinute)} requests per minute on`;
  if (why === 'unanswered')
    return `not answered ${from}, ${steps}, and not refused with 429: this is no limit of a quota`;
  const less = stepSeconds < MINUTE_S ? ': a quota counted by the minute may carry less' : '';
  return `refused ${from}, ${steps}${less}`;
}

/** Quota of Standard deployments counts by the minute. Seconds. */
export const MINUTE_S = 60;

/** Whole answers, those that their bound cut included. */
export function answersOf({ calls }: TargetSummary): number {
  return calls.ok + calls.length;
}

/** Calls that came to an end of their own. */
export function endedOf({ calls }: TargetSummary): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0) - calls.cancelled;
}

/** `3 refused with 429, 1 timed out`, or that none failed. */
export function failuresText({ calls }: TargetSummary): string {
  const failed = Object.entries(ENDINGS).flatMap(([name, text]) => {
    const count = calls[name as keyof typeof ENDINGS];
    return count > 0 ? [`${grouped(count)} ${text}`] : [];
  });
  return failed.length === 0 ? 'no call failed' : failed.join(', ');
}

/** `, 12 sent twice, 5 of these answered by the copy`; '' where none was. */
export function hedgesText({ hedges: { sent, won } }: Pick<TargetSummary, 'hedges'>): string {
  return sent === 0 ? '' : `, ${grouped(sent)} sent twice, ${grouped(won)} of these answered by the copy`;
}

/** Calls that waited in line, and those that never left it; '' where there were none. */
export function queueText({ capped, unsent }: Pick<SenderReport, 'capped' | 'unsent'>): string {
  const never = unsent === 0 ? '' : `, ${grouped(unsent)} of them never sent`;
  return capped === 0 ? '' : `; ${grouped(capped)} calls waited for a free client${never}`;
}

/** Of latencies: three digits that say something. */
export function secondsText(value: number | null): string {
  if (value === null) return '–';
  return value.toFixed(value < 10 ? 3 : value < 100 ? 2 : 1);
}

/** Of round trips, which may be far below a millisecond: 0.00021 → `0.21 ms`. */
export function millisecondsText(seconds: number | null): string {
  if (seconds === null) return '–';
  const ms = seconds * 1_000;
  return `${ms.toFixed(ms < 1 ? 2 : ms < 100 ? 1 : 0)} ms`;
}

/** 12345.67 → 12,345.7; whole ones without a fraction. */
export function numberText(value: number): string {
  const rounded = Number(value.toFixed(1));
  return grouped(rounded, Number.isInteger(rounded) ? 0 : 1);
}

/** 0.0123 → `1.23 %` */
export function percentText(share: number | null): string {
  return share === null ? '–' : `${Number((share * 100).toPrecision(3))} %`;
}

/** A figure of a comparison, in its unit. */
export function figureText(value: number | null, unit: Difference['unit']): string {
  if (value === null) return '–';
  switch (unit) {
    case 'seconds':
      return `${secondsText(value)} s`;
    case 'share':
      return percentText(value);
    case 'per minute':
      return `${numberText(value < 100 ? value : Math.round(value))}/min`;
    case 'tokens':
      return numberText(value);
  }
}

/** By how much the second differs: `+12.3 %`. */
export function ratioText(ratio: number | null): string {
  if (ratio === null) return '–';
  const percent = (ratio - 1) * 100;
  return `${percent >= 0 ? '+' : '−'}${Math.abs(percent).toFixed(1)} %`;
}

export function verdictText({ isBetter }: Pick<Difference, 'isBetter'>): string {
  if (isBetter === null) return '';
  return isBetter ? 'better' : 'worse';
}

/** What may stand in an address and open a door: a user with password, a key or signature in the query. */
const SECRET_QUERY = /([?&](?:api-key|subscription-key|access_token|token|code|sig|key)=)[^&#]*/gi;

/** The address without what opens doors, so that it may be shown and kept. */
export function withoutSecrets(address: string): string {
  return address.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, '$1').replace(SECRET_QUERY, '$1…');
}
