/** Events of the gateway for tests of their folds: whole ones, of which a test says only what matters to it. */
import { type Deployment, NO_AZURE_IDS } from '@spillway/policy';
import { NO_USAGE, type Usage } from '@spillway/protocol';
import type { AttemptRecord, ExchangeRecord, GatewayEvent } from '../observe/events.ts';

export const TEST_MS = Date.UTC(2026, 1, 28, 23, 59, 58) + 987.25;

export function testUsage(prompt: number, completion: number, cached = 0, reasoning = 0): Usage {
  return { promptTokens: prompt, completionTokens: completion, cachedTokens: cached, reasoningTokens: reasoning };
}

export function attemptEnded(
  deployment: Deployment,
  given: Partial<AttemptRecord> = {},
  usage: Usage = NO_USAGE,
): GatewayEvent {
  const attempt: AttemptRecord = {
    requestId: 'id-1',
    number: 1,
    deployment,
    method: 'POST',
    path: '/openai/deployments/chat/chat/completions',
    startedMs: TEST_MS,
    passedOver: [],
    outcome: { kind: 'answered', status: 200 },
    headMs: 40,
    durationMs: 300,
    quota: null,
    chargedTokens: null,
    azure: NO_AZURE_IDS,
    ...given,
  };
  return { kind: 'attemptEnded', attempt, usage, endedMs: attempt.startedMs + (attempt.durationMs ?? 0) };
}

export function exchangeEnded(given: Partial<ExchangeRecord> = {}): GatewayEvent {
  const exchange: ExchangeRecord = {
    requestId: 'id-1',
    client: null,
    operation: 'chat.completions',
    model: 'gpt-4o',
    deployment: 'openai1/chat',
    attempts: 1,
    status: 200,
    ending: 'whole',
    streamed: false,
    hedged: false,
    usage: NO_USAGE,
    usageEstimated: false,
    cost: null,
    waitedMs: 0,
    ttfbMs: 310,
    durationMs: 320,
    endedMs: TEST_MS,
    ...given,
  };
  return { kind: 'exchangeEnded', exchange, trail: null };
}
