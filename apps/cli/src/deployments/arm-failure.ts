/** What the control plane refused, in its own words, with the way out. Pure. */
import { isRecord } from '@spillway/config';
import { plain } from '../lines.ts';
import { type Asked, wayOutOf } from './way-out.ts';

/** A detail says more than its parent; deeper than this nobody reads. */
const DETAILS_MAX = 10;
const MESSAGE_CHARS_MAX = 2_000;

export class ArmFailure extends Error {
  /** Azure's: `InsufficientQuota`; ours where there was none: `HTTP 502`, `NotReached`. */
  readonly code: string;
  /** Of the answer; null where there was none. */
  readonly status: number | null;
  /** `code: message` of each. */
  readonly details: readonly string[];

  constructor(code: string, message: string, status: number | null, details: readonly string[] = []) {
    super(message);
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

/** @param body `{error: {code, message, details}}`, as of every error and of every operation that failed. */
export function failureOf(body: unknown, status: number): ArmFailure {
  const error = isRecord(body) ? body.error : undefined;
  if (!isRecord(error)) return new ArmFailure(`HTTP ${status}`, 'the answer says no more than this', status);
  const details = Array.isArray(error.details) ? error.details.filter(isRecord).slice(0, DETAILS_MAX) : [];
  return new ArmFailure(
    textOf(error.code) ?? `HTTP ${status}`,
    textOf(error.message) ?? 'the answer gives no message',
    status,
    details.map((detail) => `${textOf(detail.code) ?? '-'}: ${textOf(detail.message) ?? '-'}`),
  );
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, MESSAGE_CHARS_MAX) : null;
}

/** Lines for a person: code, message, details, and what to do. Not folded, so that a command in them can be copied. */
export function failureText(failure: ArmFailure, asked: Asked): string {
  const wayOut = wayOutOf(failure, asked);
  return [
    `error: ${failure.code}: ${failure.message}`,
    ...failure.details.map((detail) => `  ${detail}`),
    ...(wayOut === null ? [] : [`  do: ${wayOut}`]),
  ]
    .map((line) => `${plain(line)}\n`)
    .join('');
}
