/** How long the prompts and answers of a model may be, and when it is retired. What is not listed is assumed (model-facts.ts). */
import { ASSUMED_LIMITS, type TokenLimits } from './model-facts.ts';

const GPT_5: TokenLimits = { contextTokens: 400_000, answerTokensMax: 128_000 };
const MILLION: TokenLimits = { contextTokens: 1_050_000, answerTokensMax: 128_000 };
const O_SERIES: TokenLimits = { contextTokens: 200_000, answerTokensMax: 100_000 };
/** Of Global Standard; a regional Standard deployment takes 300,000, a provisioned one 128,000 (see `longContext`). */
const GPT_4_1: TokenLimits = { contextTokens: 1_047_576, answerTokensMax: 32_768 };

/**
 * Source: Microsoft Learn, "Azure OpenAI in Microsoft Foundry Models", 2026-06-11. gpt-35-turbo and gpt-4: its editions of 2024.
 * gpt-5.6 and gpt-6: OpenAI's own model pages of autumn 2026; Azure's were not found. Models with the limits of gpt-4o are not listed.
 */
export const TOKEN_LIMITS: ReadonlyMap<string, TokenLimits> = new Map<string, TokenLimits>([
  ['gpt-35-turbo', { contextTokens: 16_385, answerTokensMax: 4_096 }],
  ['gpt-4', { contextTokens: 8_192, answerTokensMax: 8_192 }],
  ['gpt-4-32k', { contextTokens: 32_768, answerTokensMax: 32_768 }],
  ['gpt-4-turbo', { contextTokens: 128_000, answerTokensMax: 4_096 }],
  ...each(['gpt-4.1', 'gpt-4.1-mini', 'gpt-4.1-nano'], GPT_4_1),
  ['gpt-oss-120b', { contextTokens: 131_072, answerTokensMax: 131_072 }],
  ['FW-GPT-OSS-120B', { contextTokens: 131_072, answerTokensMax: 131_072 }],
  ['o1-preview', { contextTokens: 128_000, answerTokensMax: 32_768 }],
  ['o1-mini', { contextTokens: 128_000, answerTokensMax: 65_536 }],
  ...each(['o1', 'o3', 'o3-mini', 'o3-pro', 'o3-deep-research', 'o4-mini', 'codex-mini'], O_SERIES),
  ['computer-use-preview', { contextTokens: 8_192, answerTokensMax: 1_024 }],
  ...each(['gpt-5', 'gpt-5-mini', 'gpt-5-nano', 'gpt-5-pro', 'gpt-5-codex', 'gpt-5.1', 'gpt-5.1-codex'], GPT_5),
  ...each(['gpt-5.1-codex-mini', 'gpt-5.1-codex-max', 'gpt-5.2', 'gpt-5.2-codex', 'gpt-5.3-codex'], GPT_5),
  ...each(['gpt-5.4-mini', 'gpt-5.4-nano'], GPT_5),
  ...each(['gpt-5.4', 'gpt-5.4-pro', 'gpt-5.5', 'gpt-5.6-luna', 'gpt-5.6-sol', 'gpt-5.6-terra'], MILLION),
  ...each(['gpt-6-astra', 'gpt-6-luna', 'gpt-6-sol'], MILLION),
  ...each(['text-embedding-3-small', 'text-embedding-3-large', 'text-embedding-ada-002'], ASSUMED_LIMITS.embeddings),
]);

function each(names: readonly string[], limits: TokenLimits): ReadonlyArray<readonly [string, TokenLimits]> {
  return names.map((name) => [name, limits]);
}

/**
 * Of the versions in model-rows.ts. Source: Microsoft Learn, "Model retirement schedule", 2026-09-02; gpt-4, gpt-4-32k and
 * o1-preview: "Legacy models", 2025.
 */
export const RETIREMENTS: ReadonlyMap<string, string> = new Map([
  ['gpt-4', '2025-06-06'],
  ['gpt-4-32k', '2025-06-06'],
  ['o1-preview', '2025-07-28'],
  ['gpt-4o', '2027-04-14'],
  ['gpt-4o-mini', '2027-04-14'],
  ['gpt-4.1', '2027-04-14'],
  ['gpt-4.1-mini', '2027-04-14'],
  ['gpt-4.1-nano', '2027-04-14'],
  ['gpt-audio', '2027-03-02'],
  ['gpt-5-chat', '2026-05-13'],
  ['gpt-5.1-chat', '2026-06-29'],
  ['gpt-5.2-chat', '2026-05-13'],
  ['gpt-5.3-chat', '2026-06-29'],
  ['model-router', '2027-05-20'],
  ['o1', '2026-10-21'],
  ['o3', '2026-10-21'],
  ['o3-mini', '2026-10-01'],
  ['o3-pro', '2026-12-17'],
  ['o3-deep-research', '2026-12-26'],
  ['o4-mini', '2026-10-16'],
  ['codex-mini', '2026-11-15'],
  ['gpt-5', '2027-02-09'],
  ['gpt-5-mini', '2027-02-09'],
  ['gpt-5-nano', '2027-02-09'],
  ['gpt-5-codex', '2027-03-17'],
  ['gpt-5-pro', '2027-04-07'],
  ['gpt-5.1', '2027-05-15'],
  ['gpt-5.1-codex', '2027-05-15'],
  ['gpt-5.1-codex-mini', '2027-05-15'],
  ['gpt-5.1-codex-max', '2027-05-18'],
  ['gpt-5.2', '2027-06-08'],
  ['gpt-5.2-codex', '2027-07-13'],
  ['gpt-5.3-codex', '2027-08-24'],
  ['gpt-5.4', '2027-09-02'],
  ['gpt-5.4-pro', '2027-09-07'],
  ['gpt-5.4-mini', '2027-09-21'],
  ['gpt-5.4-nano', '2027-09-21'],
  ['gpt-5.5', '2027-10-26'],
  ['gpt-5.6-luna', '2028-01-11'],
  ['gpt-5.6-sol', '2028-01-11'],
  ['gpt-5.6-terra', '2028-01-11'],
  ['text-embedding-3-small', '2028-02-09'],
  ['text-embedding-3-large', '2028-02-09'],
  ['text-embedding-ada-002', '2028-02-09'],
  ['DeepSeek-R1', '2026-08-13'],
  ['DeepSeek-R1-0528', '2026-07-13'],
  ['DeepSeek-V3-0324', '2026-07-13'],
]);
