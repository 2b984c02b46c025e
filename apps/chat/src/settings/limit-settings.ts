/** How much one user, one upload and one process may take. */
import type { Sheet } from './sheet.ts';

export interface LimitSettings {
  readonly questionsPerMinute: number;
  readonly uploadsPerHour: number;
  readonly uploadBytesMax: number;
  /** Answers that are being made at once, of all users. */
  readonly answersMax: number;
  /** The longest wait that a 429 may ask for, before it is a plain error. Milliseconds. */
  readonly waitMsMax: number;
  /** How long answers under way may still take once the app is asked to end. Milliseconds. */
  readonly drainMs: number;
  /** How long an answer's events are kept for a reader that was cut off. Milliseconds. */
  readonly keptMs: number;
  /** How long a file stays that a visitor without a name uploaded, from when it was indexed last. Milliseconds. */
  readonly visitorUploadsMs: number;
}

export function limitSettings(sheet: Sheet): LimitSettings {
  return {
    questionsPerMinute: sheet.whole('SPILLWAY_CHAT_QUESTIONS_PER_MINUTE', { min: 1, max: 100_000, preset: 30 }),
    uploadsPerHour: sheet.whole('SPILLWAY_CHAT_UPLOADS_PER_HOUR', { min: 1, max: 100_000, preset: 200 }),
    uploadBytesMax: sheet.whole('SPILLWAY_CHAT_UPLOAD_BYTES_MAX', {
      min: 1_024,
      max: 500_000_000,
      preset: 20_000_000,
    }),
    answersMax: sheet.whole('SPILLWAY_CHAT_ANSWERS_MAX', { min: 1, max: 100_000, preset: 500 }),
    waitMsMax: sheet.whole('SPILLWAY_CHAT_WAIT_MS_MAX', { min: 0, max: 600_000, preset: 60_000 }),
    drainMs: sheet.whole('SPILLWAY_CHAT_DRAIN_MS', { min: 0, max: 3_600_000, preset: 30_000 }),
    keptMs: sheet.whole('SPILLWAY_CHAT_KEPT_MS', { min: 0, max: 3_600_000, preset: 300_000 }),
    visitorUploadsMs: sheet.whole('SPILLWAY_CHAT_VISITOR_UPLOADS_MS', {
      min: 60_000,
      max: 31_536_000_000,
      preset: 86_400_000,
    }),
  };
}
