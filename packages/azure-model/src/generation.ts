/**
 * One generating request on one resource: which deployment serves it, whether its quota allows it, what it answers and in which
 * pace. A provisioned deployment that refuses may pass it on to a Standard one (spillover, wire §7.7).
 */
import { type HeaderLookup, isProvisioned, isRecord, placeOf } from '@spillway/protocol';
import type { Arrival, Gate } from './admission.ts';
import { shownTokens } from './answer/choice.ts';
import { composeAnswers } from './answer/compose.ts';
import type { Unit } from './answer/prose.ts';
import { tellsPromptFilter } from './api-versions.ts';
import type { GenerationAsk } from './ask/generation.ts';
import { NOTHING_HELD } from './ask/held.ts';
import { type BodyRead, readBody } from './ask/read.ts';
import type { Deployment } from './deployment.ts';
import type { Ids } from './ids.ts';
import { type Load, loadOf, paceOf, wholeAnswerMs } from './latency.ts';
import { arrivalCost } from './quota/estimate.ts';
import { type Answer, answerOf, type Metered, refused, streamOf } from './reply.ts';
import type { ResourceFacts, World } from './resource.ts';
import type { GenerationRoute } from './route.ts';
import type { Premises, Service } from './service.ts';
import { type Generated, Keeping } from './state/keeping.ts';
import { hashText, mix32 } from './text.ts';
import { TokenWork } from './token-work.ts';
import { type EmbeddingsAsk, renderEmbeddings } from './wire/embeddings.ts';
import type { Envelope } from './wire/events.ts';
import {
  commonHeaders,
  type FlatHeaders,
  type HeaderContext,
  type Served,
  servedHeaders,
  spilloverHeaders,
} from './wire/headers.ts';
import {
  CONTENT_FILTERED,
  contextLengthExceeded,
  DEPLOYMENT_NOT_FOUND,
  LONG_CONTEXT_TOKENS,
  longContextOnProvisioned,
  missingParameter,
  NOT_JSON,
  RESPONSE_FILTERED,
  type Refusal,
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
  readonly metered: Metered;
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
  readonly #gate: Gate;
  readonly #keeping: Keeping;
  /** Goes on from request to request, so that the same prompt takes another time each time; its words stay the same. */
  #paceUnit: Unit;

  constructor(premises: Omit<Premises, 'serve'>) {
    this.#facts = premises.facts;
    this.#world = premises.world;
    this.#ids = premises.ids;
    this.#deployments = premises.deployments;
    this.#gate = premises.gate;
    this.#keeping = new Keeping(premises);
    this.#paceUnit = this.#newPace();
  }

  /** What is asked of the answers that were kept. */
  get services(): readonly Service[] {
    return this.#keeping.services;
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
    const read = this.#read(asked, deployment, turn.nowMs);
    const facts = meteredBy(turn);
    if (read.kind === 'refused') return { ...admitted, metered: facts, work: null };
    const work = read.kind === 'embeddings' ? this.#admitEmbeddings(turn, read.ask) : this.#admitAsk(turn, read.ask);
    return 'kind' in work ? { ...work, metered: facts } : { ...admitted, metered: facts, work };
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

  #read({ route, body }: Asked, { facts }: Deployment, nowMs: number): BodyRead {
    const held = route.kind === 'responses' ? this.#keeping.held(nowMs) : NOTHING_HELD;
    return readBody(route.kind, body, facts, held);
  }

  #serveOn(turn: Turn): Answer {
    return metered(this.#answerOn(turn), turn);
  }

  #answerOn(turn: Turn): Answer {
    const { asked, deployment, headers } = turn;
    const read = this.#read(asked, deployment, turn.nowMs);
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
    const estimate = arrivalCost(deployment, ask, found.cachedTokens);
    const refusal = this.#gate.admit(arrivalOf(turn), estimate);
    if (refusal !== null) return refusal;
    deployment.promptCache.remember(found, nowMs);
    return new TokenWork(deployment, { promptTokens, cachedTokens: found.cachedTokens, estimate });
  }

  #generate(turn: Turn, ask: GenerationAsk): Answer {
    const { deployment, headers, context, spilledFrom, nowMs } = turn;
    const load = loadOf(deployment, nowMs);
    const work = this.#keeping.backgroundRefusal(ask, headers, deployment.name) ?? this.#admitAsk(turn, ask);
    if ('kind' in work) return work;
    const served = {
      deployment: deployment.name,
      servedModel: deployment.servedModel,
      streaming: ask.stream,
      spilledFrom,
    };
    headers.push(...servedHeaders(context, served));
    if (ask.prompt.verdict === 'blocked') {
      // The prompt was evaluated, nothing was generated (wire §3.3).
      work.end(nowMs, 0);
      const refusal = ask.operation === 'responses' ? RESPONSE_FILTERED : CONTENT_FILTERED;
      return refused(refusal, headers, deployment.name);
    }
    const generated = this.#generated(turn, ask, work, load);
    const { pace, tokens, rendered, whole } = generated;
    const atOnce = this.#keeping.inBackground(generated, headers, deployment.name, nowMs);
    if (atOnce !== null) return atOnce;
    const kept = this.#keeping.workOf(generated);
    if (!ask.stream) return answerOf(whole(), headers, deployment.name, wholeAnswerMs(pace, tokens), kept);
    const events = rendererOf(ask, rendered).events();
    return streamOf({ kind: 'events', events, pace }, headers, deployment.name, kept);
  }

  #generated({ asked, deployment, nowMs }: Turn, ask: GenerationAsk, work: TokenWork, load: Load): Generated {
    const { facts, servedModel, name, contentFilter } = deployment;
    const { answers: settings, latency } = this.#facts;
    const unit = this.#world.seeded(mix32(this.#world.seed ^ ask.prompt.hash));
    const choices = composeAnswers(ask, { ids: this.#ids, unit, settings, facts, deployment: name });
    work.begin(choices);
    const { promptTokens, cachedTokens } = work.asked;
    const created = Math.floor(nowMs / 1000);
    const id = this.#keeping.freshId(ask.operation, nowMs);
    const envelope: Envelope = { id, created, model: servedModel, promptTokens, cachedTokens };
    const sealed = (content: unknown): string => this.#keeping.sealed(content, nowMs);
    const promptFilter = { tellsPromptFilter: tellsPromptFilter(asked.route.apiVersion) };
    const rendered = { choices, envelope, ids: this.#ids, contentFilter, ...promptFilter, sealed };
    let text: string | null = null;
    const whole = (): string => {
      text ??= rendererOf(ask, rendered).whole();
      return text;
    };
    const uncached = promptTokens - cachedTokens;
    return {
      ask,
      work,
      rendered,
      whole,
      pace: paceOf(latency, { unit: this.#paceUnit, load, promptTokens: uncached, choices }),
      tokens: Math.max(0, ...choices.map(shownTokens)),
    };
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

  #admitEmbeddings(turn: Turn, { tokens }: EmbeddingsAsk): TokenWork | Answer {
    const asked = { promptTokens: tokens, cachedTokens: 0, estimate: tokens };
    return this.#gate.admit(arrivalOf(turn), tokens) ?? new TokenWork(turn.deployment, asked);
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
}

function metered(answer: Answer, turn: Turn): Answer {
  return { ...answer, metered: meteredBy(turn) };
}

function meteredBy({ asked, deployment, spilledFrom }: Turn): Metered {
  const { operationId, apiVersion } = asked.route;
  const streaming = isRecord(asked.body) && asked.body.stream === true;
  return { operationId, apiVersion, deployment, streaming, spilledFrom: spilledFrom?.deployment ?? null };
}

function arrivalOf({ asked, deployment, context, headers, nowMs }: Turn): Arrival {
  const { operationId, apiVersion } = asked.route;
  return { deployment, context, headers, operationId, apiVersion, nowMs };
}

/** The refusal of a prompt that is too long for provisioned deployments alone. */
function isLongContext({ status, body }: Answer, { facts }: Deployment): boolean {
  return status === 400 && body.kind === 'text' && body.text === longContextOnProvisioned(facts.name).body;
}
