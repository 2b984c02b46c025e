/**
 * An Azure OpenAI resource: its data plane from request to reply, in the order in which Azure looks at things (credential, path,
 * deployment, body, quota, content filter). Time and chance come from outside; sending is the app's matter.
 */
import { type HeaderLookup, isRecord, type ModelFacts } from '@spillway/protocol';
import type { Unit } from './answer/prose.ts';
import type { AnswerSettings } from './answer/settings.ts';
import { Deployment, type DeploymentOptions } from './deployment.ts';
import { applyFault, type Failure, failureOf, noAnswerOf } from './fault-effects.ts';
import type { Faults } from './faults.ts';
import { type Admitted, type Asked, Generation, SPILLING } from './generation.ts';
import { refusalOfCaller } from './identity.ts';
import { Ids } from './ids.ts';
import { parsedJson } from './json.ts';
import type { Latency } from './latency.ts';
import type { SharedQuotas } from './quota/shared.ts';
import { type Answer, answerOf, type Reply, refused } from './reply.ts';
import { type Route, routeOf } from './route.ts';
import { hashText, mix32 } from './text.ts';
import { commonHeaders, type Dialect, type FlatHeaders, type HeaderContext } from './wire/headers.ts';
import { renderModels } from './wire/models-list.ts';
import { RESOURCE_NOT_FOUND, type Refusal, typicalBody } from './wire/refusals.ts';

export interface ResourceFacts {
  readonly name: string;
  /** With region, model and type it names the quota that deployments share (wire §6.1). */
  readonly subscription: string;
  /** As Azure shows it: `East US`. */
  readonly region: string;
  /** Each is accepted as `api-key` and as Bearer. */
  readonly keys: readonly string[];
  readonly dialect: Dialect;
  readonly deployments: readonly DeploymentOptions[];
  readonly latency: Latency;
  readonly answers: AnswerSettings;
  /**
   * Whose answer the client gets where a request spilled over and failed there too. standard: as documented since June 2026.
   * provisioned: as until then (wire §7.7).
   */
  readonly spilloverFailure: 'standard' | 'provisioned';
}

/** Chance for one purpose: the same seed gives the same numbers. */
export type Seeded = (seed: number) => Unit;

/** What the resources of one simulation have in common. */
export interface World {
  readonly modelFacts: (name: string) => ModelFacts;
  readonly faults: Faults;
  readonly quotas: SharedQuotas;
  readonly seeded: Seeded;
  readonly seed: number;
}

export interface DataRequest {
  readonly method: string;
  readonly path: string;
  /** Without `?`. */
  readonly query: string;
  readonly header: HeaderLookup;
  /** Decoded; '' where there is none. */
  readonly body: string;
}

export class Resource {
  readonly facts: ResourceFacts;
  readonly deployments = new Map<string, Deployment>();
  readonly #world: World;
  readonly #generation: Generation;
  #faultUnit: Unit;
  readonly #ids: Ids;

  /** The text of an answer depends on seed and prompt alone, so that it is the same from every resource; ids differ. */
  constructor(facts: ResourceFacts, world: World) {
    this.facts = facts;
    this.#world = world;
    for (const options of facts.deployments) this.deploy(options);
    this.#faultUnit = world.seeded(this.#ownSeed);
    this.#ids = new Ids(this.#ownSeed);
    this.#generation = new Generation(facts, world, this.#ids, this.deployments);
  }

  /** Adds a deployment, or puts another one in the place of the one of that name; its counters begin anew. */
  deploy(options: DeploymentOptions): Deployment {
    const { subscription, region } = this.facts;
    const facts = this.#world.modelFacts(options.model);
    const key = { subscription, region, model: facts.name, type: options.type ?? 'Standard' };
    const deployment = new Deployment(options, facts, this.#world.quotas.of(key));
    this.deployments.set(options.name, deployment);
    return deployment;
  }

  /** As one that starts with the world's present seed. */
  reseed(): void {
    this.#faultUnit = this.#world.seeded(this.#ownSeed);
    this.#ids.reseed(this.#ownSeed);
    this.#generation.reseed();
  }

  get #ownSeed(): number {
    return mix32(this.#world.seed ^ hashText(this.facts.name));
  }

  respond(request: DataRequest, nowMs: number): Reply {
    const route = routeOf(request.method, request.path, request.query);
    const asked = askedOf(route, request);
    const deployment = asked?.name ?? null;
    const fault = this.#world.faults.take(this.facts.name, deployment, this.#faultUnit, nowMs);
    if (fault === null) return this.#answer(request, route, asked, null, nowMs);
    const none = noAnswerOf(fault, deployment);
    if (none !== null) return none;
    const answer = this.#answer(request, route, asked, failureOf(fault), nowMs);
    return applyFault(answer, fault, asked?.route.kind === 'responses');
  }

  /**
   * What caller and quota say of a request that somebody else will answer (a recording, another endpoint).
   * @returns null where the request is none that a quota counts.
   */
  admit(request: DataRequest, nowMs: number): Answer | Admitted | null {
    const context = this.#headerContext(request);
    const headers = commonHeaders(context);
    const asked = askedOf(routeOf(request.method, request.path, request.query), request);
    const stranger = this.#stranger(request, nowMs);
    if (stranger !== null) return refused(stranger, headers, asked?.name ?? null);
    return asked === null ? null : this.#generation.admit(asked, context, headers, nowMs);
  }

  #stranger(request: DataRequest, nowMs: number): Refusal | null {
    return refusalOfCaller(request.header('api-key'), request.header('authorization'), this.facts.keys, nowMs);
  }

  /** @param failure a status that is answered in place of serving. */
  #answer(request: DataRequest, route: Route, asked: Asked | null, failure: Failure | null, nowMs: number): Answer {
    const context = this.#headerContext(request);
    const headers = commonHeaders(context);
    const stranger = this.#stranger(request, nowMs);
    if (failure !== null) {
      const answer = failed(failure, headers, asked?.name ?? null);
      const spills = asked !== null && stranger === null && SPILLING.has(failure.status);
      return spills ? this.#generation.spillOver(answer, asked, context, nowMs) : answer;
    }
    if (stranger !== null) return refused(stranger, headers, asked?.name ?? null);
    if (route.kind === 'refused') return refused(route.refusal, headers, null);
    if (route.kind === 'models') {
      const list = renderModels([...this.deployments.values()], route);
      return list === null ? refused(RESOURCE_NOT_FOUND, headers, null) : answerOf(list, headers, null, 0);
    }
    return asked === null
      ? refused(RESOURCE_NOT_FOUND, headers, null)
      : this.#generation.serve(asked, context, headers, nowMs);
  }

  #headerContext(request: DataRequest): HeaderContext {
    const { dialect, region } = this.facts;
    return { ids: this.#ids, dialect, region, clientRequestId: request.header('x-ms-client-request-id') };
  }
}

/** What a generating request asks for, read once; null for others. */
function askedOf(route: Route, request: DataRequest): Asked | null {
  if (route.kind === 'refused' || route.kind === 'models') return null;
  const body = parsedJson(request.body);
  const fromBody = isRecord(body) && typeof body.model === 'string' ? body.model : null;
  return { route, body, name: route.deployment ?? fromBody, header: request.header };
}

function failed({ status, headers, body }: Failure, usual: FlatHeaders, deployment: string | null): Answer {
  usual.push('content-type', 'application/json');
  if (status === 403 && body === null) usual.push('policy-id', 'ThrowExceptionDueToTrafficDenied');
  const refusal = { status, statusText: null, body: body ?? typicalBody(status, headers['retry-after']) };
  return refused(refusal, replaced(usual, headers), deployment);
}

function replaced(headers: FlatHeaders, by: Readonly<Record<string, string>>): FlatHeaders {
  const merged = new Map<string, string>();
  for (let i = 0; i + 1 < headers.length; i += 2) merged.set(headers[i] ?? '', headers[i + 1] ?? '');
  for (const [name, value] of Object.entries(by)) merged.set(name, value);
  return [...merged].flat();
}
