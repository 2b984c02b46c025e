/** One answer of a realtime session: what is asked, whether the quota lets it in, and the answer under way. */
import { isRecord } from '@spillway/protocol';
import { composeAnswers } from '../answer/compose.ts';
import type { GenerationAsk, Tool, Turn } from '../ask/generation.ts';
import { promptOf } from '../ask/messages.ts';
import { choose, functionOf } from '../ask/tools.ts';
import type { Deployment } from '../deployment.ts';
import { loadOf, paceOf } from '../latency.ts';
import { durationMsOf, voiced } from '../media/voice.ts';
import { provisionedEstimate, standardCost } from '../quota/estimate.ts';
import type { Metered, WorkUsage } from '../reply.ts';
import type { Premises } from '../service.ts';
import { hashText, mix32 } from '../text.ts';
import { TokenWork } from '../token-work.ts';
import type { FlatHeaders, HeaderContext } from '../wire/headers.ts';
import type { RealtimeDialect } from './dialect.ts';
import { type Script, scriptOf } from './script.ts';
import type { SessionSettings } from './session-settings.ts';
import type { RealtimeUsage } from './usage.ts';

/** Of sound that is spoken: 1 for each 50 ms. Source: OpenAI's guide on realtime costs. */
const SPOKEN_TOKENS_PER_SECOND = 20;
const TOOLS_MAX = 128;

export interface AnswerAsk {
  readonly dialect: RealtimeDialect;
  readonly deployment: Deployment;
  readonly settings: SessionSettings;
  readonly turns: readonly Turn[];
  /** Of sound in the turns. */
  readonly soundTokens: number;
  readonly previousItem: string | null;
  readonly context: HeaderContext;
  /** A date, or `v1`. */
  readonly apiVersion: string;
}

/** As `rate_limits.updated` lists them; empty for a provisioned deployment. */
export interface RateLimit {
  readonly name: 'requests' | 'tokens';
  readonly limit: number;
  readonly remaining: number;
  readonly reset_seconds: number;
}

export type AnswerBegun =
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'filtered'; readonly responseId: string; readonly rateLimits: readonly RateLimit[] }
  | {
      readonly kind: 'begun';
      readonly responseId: string;
      readonly script: Script;
      readonly work: TokenWork;
      readonly usage: RealtimeUsage;
      readonly finish: 'completed' | 'max_output_tokens' | 'content_filter';
      readonly rateLimits: readonly RateLimit[];
    };

export function beginAnswer(premises: Premises, asked: AnswerAsk, nowMs: number): AnswerBegun {
  const { deployment, settings, context } = asked;
  const ask = generationAsk(asked);
  if (typeof ask === 'string') return { kind: 'refused', code: 'invalid_value', message: ask };
  const { facts, quota, quotaMode, assumedAnswerTokens } = deployment;
  const cost =
    quota.kind === 'standard'
      ? standardCost(ask, facts, quotaMode) + asked.soundTokens
      : provisionedEstimate(ask, 0, facts.provisioned, assumedAnswerTokens);
  const headers: FlatHeaders = [];
  const load = loadOf(deployment, nowMs);
  const arrival = { deployment, context, headers, operationId: 'Realtime_Create', apiVersion: asked.apiVersion, nowMs };
  const { ids, world, facts: resource } = premises;
  const { operationId, apiVersion } = arrival;
  const metered: Metered = { operationId, apiVersion, deployment, streaming: true, spilledFrom: null };
  const told = (status: number, usage: WorkUsage | null, endMs: number): void =>
    world.onInner?.(resource.name, { metered, status, usage, startMs: nowMs, endMs });
  const refusal = premises.gate.admit(arrival, cost);
  if (refusal !== null) {
    told(refusal.status, null, nowMs);
    return refusedBy(refusal.body.kind === 'text' ? refusal.body.text : '');
  }
  const tokens = { promptTokens: ask.prompt.tokens, cachedTokens: 0, estimate: cost };
  const work: TokenWork = new TokenWork(deployment, tokens, (endMs) => told(200, work.usage, endMs));
  const responseId = ids.answer('responses');
  const rateLimits = rateLimitsIn(headers);
  if (ask.prompt.verdict === 'blocked') {
    work.end(nowMs, 0);
    return { kind: 'filtered', responseId, rateLimits };
  }
  const unit = world.seeded(mix32(world.seed ^ ask.prompt.hash));
  const composing = { ids, unit, settings: resource.answers, facts, deployment: deployment.name };
  const [choice] = composeAnswers(ask, composing);
  if (choice === undefined) throw new Error('an ask for one choice that got none');
  const paceUnit = world.seeded(mix32(world.seed ^ hashText(responseId)));
  const promptTokens = ask.prompt.tokens;
  const pace = paceOf(resource.latency, { unit: paceUnit, load, promptTokens, choices: [choice] });
  const itemIds = Array.from({ length: 1 + choice.calls.length }, () => ids.object('item_'));
  const { speaks, voice } = settings;
  const { dialect, previousItem } = asked;
  const script = scriptOf({ dialect, responseId, itemIds, previousItem, choice, speaks, voice, pace, nowMs });
  const written = choice.tokens.length + choice.calls.reduce((sum, call) => sum + call.tokens.length, 0);
  const text = choice.tokens.join('');
  const spokenMs = speaks && text !== '' ? durationMsOf(voiced(text, voice)) : 0;
  const spokenTokens = Math.ceil((spokenMs / 1000) * SPOKEN_TOKENS_PER_SECOND);
  work.used(written + spokenTokens);
  const usage = {
    heardTokens: asked.soundTokens,
    readTokens: promptTokens - asked.soundTokens,
    spokenTokens,
    writtenTokens: written,
  };
  const finish =
    choice.finish === 'length'
      ? 'max_output_tokens'
      : choice.finish === 'content_filter'
        ? 'content_filter'
        : 'completed';
  return { kind: 'begun', responseId, script, work, usage, finish, rateLimits };
}

/** @returns what is wrong with it, in words, where it cannot be asked. */
function generationAsk({ settings, turns, soundTokens }: AnswerAsk): GenerationAsk | string {
  const { instructions, answerTokensMax } = settings;
  const all: readonly Turn[] = instructions === '' ? turns : [{ role: 'system', text: instructions }, ...turns];
  const tools = toolsOf(settings);
  if (typeof tools === 'string') return tools;
  return {
    operation: 'responses',
    prompt: promptOf(all, { otherTokens: soundTokens }),
    turns: all,
    answerTokensMax,
    choices: 1,
    generated: 1,
    stop: [],
    stream: true,
    includeUsage: true,
    tools,
    format: { kind: 'text' },
    topLogprobs: null,
    reasoningEffort: null,
  };
}

function toolsOf({ tools, toolChoice }: SessionSettings): GenerationAsk['tools'] | string {
  const given: readonly unknown[] = Array.isArray(tools) ? tools : [];
  if (given.length > TOOLS_MAX) return `Invalid 'tools': at most ${TOOLS_MAX} of them.`;
  const functions: Tool[] = [];
  for (const [i, tool] of given.entries()) {
    if (isRecord(tool) && tool.type !== undefined && tool.type !== 'function') continue;
    const read = functionOf(tool, `tools[${i}]`);
    if ('refusal' in read) return messageOf(read.refusal.body).message;
    functions.push(read);
  }
  const asked = choose(functions, functions.length === 0 ? 'auto' : (toolChoice ?? 'auto'), true);
  return asked !== null && 'refusal' in asked ? messageOf(asked.refusal.body).message : asked;
}

/** The 429 of the quota in the words it has over HTTP. */
function refusedBy(body: string): AnswerBegun {
  return { kind: 'refused', code: 'rate_limit_exceeded', message: messageOf(body).message };
}

function messageOf(body: string): { readonly message: string } {
  const parsed: unknown = JSON.parse(body);
  const error = isRecord(parsed) && isRecord(parsed.error) ? parsed.error : {};
  return { message: typeof error.message === 'string' ? error.message : body };
}

function rateLimitsIn(headers: FlatHeaders): readonly RateLimit[] {
  const told = new Map<string, number>();
  for (let i = 0; i + 1 < headers.length; i += 2) told.set(headers[i] ?? '', Number(headers[i + 1]));
  return (['requests', 'tokens'] as const).flatMap((name): readonly RateLimit[] => {
    const limit = told.get(`x-ratelimit-limit-${name}`);
    const remaining = told.get(`x-ratelimit-remaining-${name}`);
    if (limit === undefined || remaining === undefined) return [];
    return [{ name, limit, remaining, reset_seconds: told.get(`x-ratelimit-reset-${name}`) ?? 0 }];
  });
}
