/**
 * Which models there are, and how the request rate of a Standard deployment follows from its tokens.
 * Sources: wire reference §6.3 (quota tables of 2026, read 2026-11-21) and §6.4 (slices); versions: Microsoft Learn,
 * "Model retirement schedule", 2026-09-02, and "Azure OpenAI in Microsoft Foundry Models", 2026-06-11.
 */
import { ASSUMED_REQUESTS_PER_THOUSAND_TOKENS as ASSUMED } from './model-facts.ts';

export type ModelRow = readonly [
  name: string,
  version: string | null,
  requestsPerThousandTokens: number,
  windowSeconds: 10 | 60,
];

/**
 * Where the tables give a rate for each deployment type, the row is that of Global Standard (or the only one).
 * 10 s: gpt-4o by response headers of 2026 (`x-ratelimit-renewalperiod-requests: 10`), gpt-35-turbo by headers of 2024
 * (30,000 TPM, 29 requests remaining), audio previews by the quota table.
 */
export const CHAT_ROWS: readonly ModelRow[] = [
  ['gpt-35-turbo', '0125', 6, 10],
  ['gpt-4', '0613', 6, 60],
  ['gpt-4-32k', '0613', 6, 60],
  ['gpt-4-turbo', '2024-04-09', 6, 60],
  ['gpt-4o', '2024-11-20', 6, 10],
  ['gpt-4o-mini', '2024-07-18', 10, 60],
  ['gpt-4o-audio-preview', '2024-12-17', 6, 10],
  ['gpt-4o-mini-audio-preview', '2024-12-17', 6, 10],
  ['gpt-audio', '2025-08-28', 6, 10],
  ['gpt-4.1', '2025-04-14', 1, 60],
  ['gpt-4.1-mini', '2025-04-14', 1, 60],
  ['gpt-4.1-nano', '2025-04-14', 1, 60],
  ['gpt-5-chat', '2025-10-03', 1, 60],
  ['gpt-5.2-chat', '2025-12-11', 10, 60],
  ['gpt-5.3-chat', '2026-03-03', 1, 60],
  ['gpt-oss-120b', null, 1, 60],
  ['model-router', '2025-11-18', 1, 60],
];

export const REASONING_ROWS: readonly ModelRow[] = [
  ['o1', '2024-12-17', 1 / 6, 60],
  ['o1-preview', '2024-09-12', 1 / 6, 60],
  ['o1-mini', '2024-09-12', 1 / 10, 60],
  ['o3', '2025-04-16', 1, 60],
  ['o3-mini', '2025-01-31', 1 / 10, 60],
  ['o3-pro', '2025-06-10', 1 / 10, 60],
  ['o3-deep-research', '2025-06-26', 1, 60],
  ['o4-mini', '2025-04-16', 1, 60],
  ['codex-mini', '2025-05-16', 1, 60],
  ['computer-use-preview', '2025-03-11', 10, 60],
  ['gpt-5', '2025-08-07', 10, 60],
  ['gpt-5-mini', '2025-08-07', 1, 60],
  ['gpt-5-nano', '2025-08-07', 1, 60],
  ['gpt-5-pro', '2025-10-06', 10, 60],
  ['gpt-5-codex', '2025-09-15', 1, 60],
  ['gpt-5.1', '2025-11-13', 10, 60],
  ['gpt-5.1-chat', '2025-11-13', 10, 60],
  ['gpt-5.1-codex', '2025-11-13', 1, 60],
  ['gpt-5.1-codex-mini', '2025-11-13', 1, 60],
  ['gpt-5.1-codex-max', '2025-12-04', 10, 60],
  ['gpt-5.2', '2025-12-11', 10, 60],
  ['gpt-5.2-codex', '2026-01-14', 10, 60],
  ['gpt-5.3-codex', '2026-02-24', 10, 60],
  ['gpt-5.4', '2026-03-05', 10, 60],
  ['gpt-5.4-pro', '2026-03-05', 1, 60],
  ['gpt-5.4-mini', '2026-03-17', 1, 60],
  ['gpt-5.4-nano', '2026-03-17', 1, 60],
  ['gpt-5.5', '2026-04-24', 1, 60],
  ['gpt-5.6-luna', '2026-07-09', 1, 60],
  ['gpt-5.6-sol', '2026-07-09', 1, 60],
  ['gpt-5.6-terra', '2026-07-09', 1, 60],
  ['gpt-6-astra', null, 1, 60],
  ['gpt-6-luna', null, 1, 60],
  ['gpt-6-sol', null, 1, 60],
];

/** Models of others, in the table for their provisioned figures; their Standard rates are assumed. */
export const OTHER_ROWS: readonly ModelRow[] = [
  ['Llama-3.3-70B-Instruct', null, ASSUMED, 60],
  ['DeepSeek-R1', null, ASSUMED, 60],
  ['DeepSeek-R1-0528', null, ASSUMED, 60],
  ['DeepSeek-V3-0324', null, ASSUMED, 60],
  ['FW-GPT-OSS-120B', null, ASSUMED, 60],
  ['FW-Kimi-K2-Instruct-0905', null, ASSUMED, 60],
  ['FW-Kimi-K2-Thinking', null, ASSUMED, 60],
  ['FW-Kimi-K2.5', null, ASSUMED, 60],
  ['FW-Kimi-K2.6', null, ASSUMED, 60],
  ['FW-DeepSeek-V3.1', null, ASSUMED, 60],
  ['FW-DeepSeek-V3.2', null, ASSUMED, 60],
  ['FW-Qwen3-14B', null, ASSUMED, 60],
  ['FW-MiniMax-M2.5', null, ASSUMED, 60],
  ['FW-GLM-5', null, ASSUMED, 60],
  ['FW-GLM-4.7', null, ASSUMED, 60],
];

/** 1,000 requests per 10 s and 1 million TPM in the quota table. Answers name no version. */
export const EMBEDDINGS_ROWS: ReadonlyArray<
  readonly [name: string, dimensions: number, settable: boolean, windowSeconds: 10 | 60]
> = [
  ['text-embedding-3-small', 1536, true, 10],
  ['text-embedding-3-large', 3072, true, 10],
  ['text-embedding-ada-002', 1536, false, 60],
];
