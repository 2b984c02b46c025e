/**
 * Models that draw, speak, listen, or do both in a session. Versions: Microsoft's retirement schedule of 2026-08-26, and its model page
 * of 2026-06-11; dall-e-3 and the realtime previews: the same pages of late 2025. Rates: wire reference §6.3.
 */
import type { CapacityUnit, ModelKind, TokenLimits } from './model-facts.ts';

export type MediaRow = readonly [
  name: string,
  kind: Exclude<ModelKind, 'chat' | 'embeddings'>,
  version: string,
  capacityUnit: CapacityUnit,
  /** For each 1,000 tokens, or each unit of capacity. */
  requestsPerUnit: number,
];

/**
 * What a unit of capacity stands for is published of dall-e-3 alone (2 units, 6 requests per minute); of the others that are limited by
 * requests, one request per minute is assumed. Of transcription and speech by tokens, the default ratio of 6 is assumed.
 */
export const MEDIA_ROWS: readonly MediaRow[] = [
  ['dall-e-3', 'images', '3.0', 'requests', 3],
  ['gpt-image-1', 'images', '2025-04-15', 'requests', 1],
  ['gpt-image-1-mini', 'images', '2025-10-06', 'requests', 1],
  ['gpt-image-1.5', 'images', '2025-12-16', 'requests', 1],
  ['gpt-image-2', 'images', '2026-04-21', 'requests', 1],
  ['tts', 'speech', '001', 'requests', 1],
  ['tts-hd', 'speech', '001', 'requests', 1],
  ['gpt-4o-mini-tts', 'speech', '2025-12-15', 'thousandTokens', 6],
  ['whisper', 'transcription', '001', 'requests', 1],
  ['gpt-4o-transcribe', 'transcription', '2025-03-20', 'thousandTokens', 6],
  ['gpt-4o-mini-transcribe', 'transcription', '2025-12-15', 'thousandTokens', 6],
  ['gpt-4o-transcribe-diarize', 'transcription', '2025-10-15', 'thousandTokens', 6],
  ['gpt-4o-realtime-preview', 'realtime', '2025-06-03', 'thousandTokens', 6],
  ['gpt-4o-mini-realtime-preview', 'realtime', '2024-12-17', 'thousandTokens', 6],
  ['gpt-realtime', 'realtime', '2025-08-28', 'thousandTokens', 2],
  ['gpt-realtime-mini', 'realtime', '2025-12-15', 'thousandTokens', 2],
  ['gpt-realtime-1.5', 'realtime', '2026-02-23', 'thousandTokens', 2],
];

const REALTIME_PREVIEW: TokenLimits = { contextTokens: 128_000, answerTokensMax: 4_096 };

/**
 * Those that differ from what is assumed. Prompts of dall-e-3 have at most 4,000 characters, texts for gpt-4o-mini-tts 2,000 tokens.
 * Source: Microsoft Learn, "Azure OpenAI in Microsoft Foundry Models"; OpenAI's API reference for the two.
 */
export const MEDIA_LIMITS: ReadonlyMap<string, TokenLimits> = new Map<string, TokenLimits>([
  ['dall-e-3', { contextTokens: 1_000, answerTokensMax: 0 }],
  ['gpt-4o-mini-tts', { contextTokens: 2_000, answerTokensMax: 0 }],
  ['gpt-4o-realtime-preview', REALTIME_PREVIEW],
  ['gpt-4o-mini-realtime-preview', REALTIME_PREVIEW],
]);

/** Of the versions above, from the same pages. */
export const MEDIA_RETIREMENTS: ReadonlyMap<string, string> = new Map([
  ['dall-e-3', '2026-03-04'],
  ['gpt-image-1', '2026-10-23'],
  ['gpt-image-1-mini', '2027-04-07'],
  ['gpt-image-1.5', '2026-12-16'],
  ['gpt-image-2', '2027-04-21'],
  ['tts', '2026-12-15'],
  ['tts-hd', '2026-12-15'],
  ['gpt-4o-mini-tts', '2026-12-15'],
  ['whisper', '2026-12-15'],
  ['gpt-4o-transcribe', '2026-10-15'],
  ['gpt-4o-mini-transcribe', '2026-12-15'],
  ['gpt-4o-transcribe-diarize', '2026-10-15'],
  ['gpt-4o-mini-realtime-preview', '2026-02-28'],
  ['gpt-realtime', '2027-02-28'],
  ['gpt-realtime-mini', '2026-12-15'],
  ['gpt-realtime-1.5', '2027-02-23'],
]);
