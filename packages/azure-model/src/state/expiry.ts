/** How long a file lives: `expires_after` of files, uploads and outputs of batches. */
import { isRecord } from '@spillway/protocol';
import { type Refusal, wrongField } from './refusals.ts';

const DAY_SECONDS = 24 * 3600;
/** Source: Azure's guide to batches ("a number between 1209600-2592000"), read 2026-11. */
export const EXPIRES_AFTER_SECONDS_MIN = 14 * DAY_SECONDS;
export const EXPIRES_AFTER_SECONDS_MAX = 30 * DAY_SECONDS;

/**
 * @param given `{ anchor: 'created_at', seconds }`; undefined where the client says nothing.
 * @returns seconds from the creation; null: for ever.
 */
export function lifeOf(given: unknown, param: string): number | null | Refusal {
  if (given === undefined || given === null) return null;
  const { anchor, seconds } = isRecord(given) ? given : {};
  if (anchor !== 'created_at') return wrongField(`${param}.anchor`, "it must be 'created_at'");
  const count = typeof seconds === 'string' && /^\d{1,9}$/.test(seconds) ? Number(seconds) : seconds;
  if (typeof count !== 'number' || !(count >= EXPIRES_AFTER_SECONDS_MIN && count <= EXPIRES_AFTER_SECONDS_MAX)) {
    const rule = `it must be from ${EXPIRES_AFTER_SECONDS_MIN} to ${EXPIRES_AFTER_SECONDS_MAX}, which is 14 to 30 days`;
    return wrongField(`${param}.seconds`, rule);
  }
  return count;
}

/** The same of a form, which has its parts apart: `expires_after[anchor]`, `expires_after[seconds]`. */
export function expiryFields(fields: Readonly<Record<string, unknown>>): unknown {
  const anchor = fields['expires_after[anchor]'];
  const seconds = fields['expires_after[seconds]'];
  if (anchor === undefined && seconds === undefined) return fields.expires_after;
  return { anchor, seconds };
}

/** Seconds since 1970, as all of these objects tell time. */
export function secondsAt(nowMs: number): number {
  return Math.floor(nowMs / 1000);
}
