/**
 * One generating request on one resource: which deployment serves it, whether its quota allows it, what it answers and in which
 * pace. A provisioned deployment that refuses may pass it on to a Standard one (spillover, wire §7.7).
 */
import { type HeaderLookup, isProvisioned, isRecord, type ModelFacts, placeOf } from '@spillway/protocol';
import { shownTokens } from './answer/choice.ts';
import { composeAnswers } from './answer/compose.ts';
import type { Unit } from './answer/prose.ts';
import { readChat } from './ask/chat.ts';
import { readCompletion, servesChat } from './ask/completions.ts';
import type { AskRead, GenerationAsk } from './ask/generation.ts';
import { readResponse } from './ask/responses.ts';
import type { Deployment } from './deployment.ts';
import type { Ids } from './ids.ts';
import { loadOf, paceOf, wholeAnswerMs } from './latency.ts';
import { provisionedEstimate, standardCost } from './quota/estimate.ts';
import { type Answer, answerOf, refused, streamOf } from './reply.ts';
import type { ResourceFacts, World } from './resource.ts';
import type { GenerationRoute } from './route.ts';
import { hashText, mix32 } from './text.ts';
import { TokenWork } from './token-work.ts';
import { type EmbeddingsAsk, readEmbeddings, renderEmbeddings } from './wire/embeddings.ts';
import type { Envelope } from './wire/events.ts';
import {
  commonHeaders,
  type FlatHeaders,
  type HeaderContext,
  NO_RESETS,
  rateLimitHeaders,
  retryHeaders,
  type Served,
  servedHeaders,
  spilloverHeaders,
  utilisationHeaders,
} from './wire/headers.ts';
import {
  CONTENT_FILTERED,
  contextLengthExceeded,
  DEPLOYMENT_NOT_FOUND,
  LONG_CONTEXT_TOKENS,
  longContextOnProvisioned,
  missingParameter,
  NOT_JSON,
  operationNotSupported,
  provisionedFull,
  RESPONSE_FILTERED,
  type Refusal,
  rateLimited,
} from './wire/refusals.ts';
import { rendererOf } from './wire/renderer.ts';

export interface Asked {
  readonly route: GenerationRoute;
  /** Parsed; undefined where it was no JSON. */
  readonly body: unknown;
  /** Of the deployment, from the path or the body; null where neither names one. */
  readonly name: string | null;
  readonly header: HeaderLookup;
}

/** A request that the quota let in, to be answered by somebody else. */
export interface Admitted {
  readonly kind: 'admitted';
  readonly deployment: string;
  /** What the resource says of itself and of the quota. */
  readonly headers: FlatHeaders;
  /** To be ended with the answer; null where nothing was charged, since the request could not be read: the other side will say so. */
  readonly work: TokenWork | null;
}

/** Statuses with which a provisioned deployment passes a request on; 400 only for a prompt that is too long (wire §7.7). */
export const SPILLING = new Set([429, 500, 503]);

/** One request on one deployment. */
interface Turn {
  readonly asked: Asked;
  readonly deployment: Deployment;
  readonly context: HeaderContext;
  readonly headers: FlatHeaders;
  readonly spilledFrom: Served['spilledFrom'];
  readonly nowMs: number;
}

export class Generation {
  readonly #facts: ResourceFacts;
  readonly #world: World;
  readonly #ids: Ids;
  readonly #deployments: ReadonlyMap<string, Deployment>;
  /** Goes on from request to request, so that the same prompt takes another time each time; its words stay the same. */
  #paceUnit: Unit;

  constructor(facts: ResourceFacts, world: World, ids: Ids, deployments: ReadonlyMap<string, Deployment>) {
    this.#facts = facts;
    this.#world = world;
    this.#ids = ids;
    this.#deployments = deployments;
    this.#paceUnit = this.#newPace();
  }

  /** As with the world's present seed from the start. */
  reseed(): void {
    this.#paceUnit = this.#newPace();
  }

  #newPace(): Unit {
    return this.#world.seeded(mix32(this.#world.seed ^ hashText(`pace of ${this.#facts.name}`)));
  }

  serve(asked: Asked, context: HeaderContext, headers: FlatHeaders, nowMs: number): Answer {
    const deployment = this.#named(asked);
    if ('body' in deployment) return refused(deployment, headers, asked.name);
    const answer = this.#serveOn({ asked, deployment, context, headers, spilledFrom: null, nowMs });
    const spills = SPILLING.has(answer.status) || isLongContext(answer, deployment);
    return spills ? this.spillOver(answer, asked, context, nowMs) : answer;
  }

  /** The part of {@link serve} before anything is generated: for answers that come from elsewhere. */
  admit(asked: Asked, context: HeaderContext, headers: FlatHeaders, nowMs: number): Answer | Admitted {
    const deployment = this.#named(asked);
    if ('body' in deployment) return refused(deployment, headers, asked.name);
    const turn = { asked, deployment, context, headers, spilledFrom: null, nowMs };
    const admitted = { kind: 'admitted', deployment: deployment.name, headers } as const;
    const read = readFor(deployment, asked);
    if (read.kind === 'refused') return { ...admitted, work: null };
    const work = read.kind === 'embeddings' ? this.#admitEmbeddings(turn, read.ask) : this.#admitAsk(turn, read.ask);
    return 'kind' in work ? work : { ...admitted, work };
  }

  #named(asked: Asked): Deployment | Refusal {
    if (asked.name === null) return isRecord(asked.body) ? missingParameter('model') : NOT_JSON;
    return this.#deployments.get(asked.name) ?? DEPLOYMENT_NOT_FOUND;
  }

  /**
   * What the client gets where a provisioned deployment did not serve: what a Standard one makes of the request, and where there is
   * none, or that fails too and the old rule holds (wire §7.7), the answer there was.
   */
  spillOver(answer: Answer, asked: Asked, context: HeaderContext, nowMs: number): Answer {
    const from = this.#deployments.get(asked.name ?? '');
    const to = from === undefined ? null : this.#spilloverTarget(from, asked);
    if (from === undefined || to === null) return answer;
    const spilledFrom = { deployment: from.name, status: answer.status };
    const headers = [...commonHeaders(context), ...spilloverHeaders(spilledFrom)];
    const spilled = this.#serveOn({ asked, deployment: to, context, headers, spilledFrom, nowMs });
    if (spilled.status < 400 || this.#facts.spilloverFailure === 'standard') return spilled;
    answer.headers.push('x-ms-spillover-error', String(spilled.status));
    return answer;
  }

  /** The deployment's own setting wins over the request's header; model and place of processing must be the same (wire §7.7). */
  #spilloverTarget(from: Deployment, asked: Asked): Deployment | null {
    if (!isProvisioned(from.type)) return null;
    const name = from.spilloverTo ?? asked.header('x-ms-spillover-deployment');
    const to = this.#deployments.get(name ?? '');
    if (to === undefined || isProvisioned(to.type)) return null;
    return to.servedModel === from.servedModel && placeOf(to.type) === placeOf(from.type) ? to : null;
  }

  #serveOn(turn: Turn): Answer {
    const { asked, deployment, headers } = turn;
    const read = readFor(deployment, asked);
    if (read.kind === 'refused') return refused(read.refusal, headers, deployment.name);
    return read.kind === 'embeddings' ? this.#embed(turn, read.ask) : this.#generate(turn, read.ask);
  }

  /** @returns what is under way from now on, or the refusal. */
  #admitAsk(turn: Turn, ask: GenerationAsk): TokenWork | Answer {
    const { deployment, nowMs } = turn;
    const tooLong = this.#tooLong(turn, ask);
    if (tooLong !== null) return tooLong;
    const promptTokens = ask.prompt.tokens;
    const found = deployment.promptCache.look(ask.turns, promptTokens, nowMs);
    const estimate = this.#estimate(deployment, ask, found.cachedTokens);
    const refusal = this.#admit(turn, estimate);
    if (refusal !== null) return refusal;
    deployment.promptCache.remember(found, nowMs);
    return new TokenWork(deployment, { promptTokens, cachedTokens: found.cachedTokens, estimate });
  }

  #generate(turn: Turn, ask: GenerationAsk): Answer {
    const { deployment, headers, context, spilledFrom, nowMs } = turn;
    const { facts } = deployment;
    const load = loadOf(deployment, nowMs);
    const work = this.#admitAsk(turn, ask);
    if ('kind' in work) return work;
    const { cachedTokens } = work.asked;
    const served = {
      deployment: deployment.name,
      servedModel: deployment.servedModel,
      streaming: ask.stream,
      spilledFrom,
    };
    headers.push(...servedHeaders(context, served));
    const unit = this.#world.seeded(mix32(this.#world.seed ^ ask.prompt.hash));
    if (ask.prompt.verdict === 'blocked') {
      // The prompt was evaluated, nothing was generated (wire §3.3).
      work.end(nowMs, 0);
      const refusal = ask.operation === 'responses' ? RESPONSE_FILTERED : CONTENT_FILTERED;
      return refused(refusal, headers, deployment.name);
    }
    const { answers, latency } = this.#facts;
    const choices = composeAnswers(ask, {
      ids: this.#ids,
      unit,
      settings: answers,
      facts,
      deployment: deployment.name,
    });
    work.begin(choices);
    const envelope: Envelope = {
      id: this.#ids.answer(ask.operation),
      created: Math.floor(nowMs / 1000),
      model: deployment.servedModel,
      promptTokens: ask.prompt.tokens,
      cachedTokens,
    };
    const pace = paceOf(latency, {
      unit: this.#paceUnit,
      load,
      promptTokens: ask.prompt.tokens - cachedTokens,
      choices,
    });
    const renderer = rendererOf(ask, { choices, envelope, ids: this.#ids, contentFilter: deployment.contentFilter });
    if (ask.stream)
      return streamOf({ kind: 'events', events: renderer.events(), pace }, headers, deployment.name, work);
    const longest = Math.max(0, ...choices.map(shownTokens));
    return answerOf(renderer.whole(), headers, deployment.name, wholeAnswerMs(pace, longest), work);
  }

  #tooLong({ deployment, headers }: Turn, { prompt }: GenerationAsk): Answer | null {
    const { facts, name } = deployment;
    if (prompt.tokens > facts.contextTokens) {
      return refused(contextLengthExceeded(facts.contextTokens, prompt.tokens), headers, name);
    }
    if (!isProvisioned(deployment.type) || facts.provisioned.longContext || prompt.tokens <= LONG_CONTEXT_TOKENS)
      return null;
    return refused(longContextOnProvisioned(facts.name), headers, name);
  }

  #estimate({ quota, quotaMode, facts, assumedAnswerTokens }: Deployment, ask: GenerationAsk, cached: number): number {
    return quota.kind === 'standard'
      ? standardCost(ask, facts, quotaMode)
      : provisionedEstimate(ask, cached, facts.provisioned, assumedAnswerTokens);
  }

  #admitEmbeddings(turn: Turn, { tokens }: EmbeddingsAsk): TokenWork | Answer {
    const asked = { promptTokens: tokens, cachedTokens: 0, estimate: tokens };
    return this.#admit(turn, tokens) ?? new TokenWork(turn.deployment, asked);
  }

  #embed(turn: Turn, ask: EmbeddingsAsk): Answer {
    const { deployment, headers, context, spilledFrom } = turn;
    const load = loadOf(deployment, turn.nowMs);
    const work = this.#admitEmbeddings(turn, ask);
    if ('kind' in work) return work;
    const served = { deployment: deployment.name, servedModel: deployment.servedModel, streaming: false, spilledFrom };
    headers.push(...servedHeaders(context, served));
    const pace = paceOf(this.#facts.latency, { unit: this.#paceUnit, load, promptTokens: ask.tokens, choices: [] });
    return answerOf(
      renderEmbeddings(ask, deployment.facts.name),
      headers,
      deployment.name,
      wholeAnswerMs(pace, 0),
      work,
    );
  }

  /** Counts the request and tells its quota in the headers. @returns the 429; null where it is admitted. */
  #admit(turn: Turn, cost: number): Answer | null {
    const { deployment, headers, context, nowMs } = turn;
    const { quota } = deployment;
    if (quota.kind === 'provisioned') {
      const admission = quota.admit(cost, nowMs);
      headers.push(...utilisationHeaders(admission.utilisation));
      deployment.count(admission.kind);
      if (admission.kind === 'admitted') return null;
      headers.push(...retryHeaders(admission.waitMs));
      return refused(provisionedFull(secondsOf(admission.waitMs)), headers, deployment.name);
    }
    const admission = quota.admit(cost, nowMs);
    const limits = quota.limitsAt(nowMs);
    deployment.count(admission.kind);
    if (admission.kind === 'admitted') {
      headers.push(...rateLimitHeaders(context.dialect, deployment.facts.name, limits, admission.left, NO_RESETS));
      return null;
    }
    const { exceeded, waitMs, left } = admission;
    const seconds = secondsOf(waitMs);
    const resets = {
      requestsSeconds: exceeded === 'requests' ? seconds : 0,
      tokensSeconds: exceeded === 'tokens' ? seconds : 0,
    };
    headers.push(...rateLimitHeaders(context.dialect, deployment.facts.name, limits, left, resets));
    headers.push(...retryHeaders(waitMs));
    const { route } = turn.asked;
    const refusal = rateLimited(
      {
        deployment: deployment.name,
        model: deployment.facts.name,
        region: this.#facts.region,
        operationId: route.operationId,
        apiVersion: route.apiVersion,
        exceeded,
        retryAfterSeconds: seconds,
      },
      context.dialect,
    );
    return refused(refusal, headers, deployment.name);
  }
}

type ReadFor =
  | { readonly kind: 'embeddings'; readonly ask: EmbeddingsAsk }
  | { readonly kind: 'generation'; readonly ask: GenerationAsk }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What is asked of this deployment, if its model does that at all. */
function readFor({ facts }: Deployment, { body, route }: Asked): ReadFor {
  if (!isRecord(body)) return { kind: 'refused', refusal: NOT_JSON };
  if ((route.kind === 'embeddings') !== (facts.kind === 'embeddings')) {
    return { kind: 'refused', refusal: operationNotSupported(route.kind, facts.name) };
  }
  if (route.kind === 'embeddings') {
    const read = readEmbeddings(body, facts);
    return read.kind === 'refused' ? read : { kind: 'embeddings', ask: read.ask };
  }
  const read = readAsk(route, body, facts);
  return read.kind === 'refused' ? read : { kind: 'generation', ask: read.ask };
}

function readAsk(route: GenerationRoute, body: Record<string, unknown>, facts: ModelFacts): AskRead {
  switch (route.kind) {
    case 'completions':
      return readCompletion(body, facts);
    case 'responses':
      return readResponse(body, facts);
    default:
      if (!servesChat(facts)) return { kind: 'refused', refusal: operationNotSupported('chat', facts.name) };
      return readChat(body, facts);
  }
}

function secondsOf(waitMs: number): number {
  return Math.max(1, Math.ceil(waitMs / 1000));
}

/** The refusal of a prompt that is too long for provisioned deployments alone. */
function isLongContext({ status, body }: Answer, { facts }: Deployment): boolean {
  return status === 400 && body.kind === 'text' && body.text === longContextOnProvisioned(facts.name).body;
}
