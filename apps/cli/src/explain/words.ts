/** Figures and reasons of a decision in words. Pure. */
import { type Figure, numberOf, type ObstacleRecord, type PassedOverReason } from '@spillway/policy';

/** Short: they stand in the last column of a table of 80. */
const REASONS: Readonly<Record<PassedOverReason, string>> = {
  tried: 'tried before',
  paused: 'paused by an operator',
  notPinned: 'request pinned elsewhere',
  ownedElsewhere: 'state kept elsewhere',
  regionNotAllowed: 'region not allowed',
  typeNotAllowed: 'type not allowed',
  modelVersionNotAllowed: 'version not allowed',
  contentFilterNotAllowed: 'filter not allowed',
  featureMissing: 'lacks a feature',
  contextTooShort: 'context too short',
  throttled: 'throttled',
  breakerOpen: 'breaker open',
  backendBreakerOpen: "backend's breaker open",
  probing: 'probe under way',
  promptTooLong: 'prompt too long',
  tooLarge: 'larger than its quota',
  noHeadroom: 'quota spent',
  coldCache: 'waits where it is cached',
  higherPriorityNumber: 'lower priority serves',
  notDrawn: 'another was drawn',
};

/** `quota spent, 4.2 s more`; with a mark where that is believed, not told. */
export function reasonText({ reason, untilMs }: ObstacleRecord, { isGuess, atMs }: { isGuess: boolean; atMs: number }) {
  const mark = isGuess ? '*' : '';
  if (untilMs === null) return `${REASONS[reason]}${mark}`;
  return `${REASONS[reason]}${mark}, ${spanText(Math.max(0, numberOf(untilMs) - atMs))} more`;
}

/** `212 ms`, `4.2 s`, `3 min 20 s`. */
export function spanText(ms: number): string {
  if (!Number.isFinite(ms)) return 'for ever';
  if (ms < 999.5) return `${Math.round(ms * 10) / 10 < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `2026-11-21 12:17:03.120 UTC`. */
export function momentText(ms: number): string {
  return Math.abs(ms) > MOMENT_MS_MAX ? `${ms} ms` : new Date(ms).toISOString().replace('T', ' ').replace('Z', ' UTC');
}

/** Later ones have no date. */
const MOMENT_MS_MAX = 8.64e15;

export function shareText(share: Figure): string {
  return `${Math.round(numberOf(share) * 100)}%`;
}

export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
