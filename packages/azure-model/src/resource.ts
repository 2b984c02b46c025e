/**
 * An Azure OpenAI resource: its data plane from request to reply, in the order in which Azure looks at things (credential, path,
 * deployment, body, quota, content filter). Time and chance come from outside; sending is the app's matter.
 */
import { type HeaderLookup, isRecord, type ModelFacts, queryValue } from '@spillway/protocol';
import { Gate } from './admission.ts';
import type { Unit } from './answer/prose.ts';
import type { AnswerSettings } from './answer/settings.ts';
import { Chores } from './chores.ts';
import { Deployment, type DeploymentOptions } from './deployment.ts';
import { applyFault, type Failure, failureOf, noAnswerOf } from './fault-effects.ts';
import type { Faults } from './faults.ts';
import { type Admitted, type Asked, Generation, SPILLING } from './generation.ts';
import { refusalOfCaller, type TokenJudge } from './identity.ts';
import { Ids } from './ids.ts';
import { type InnerEnded, toldAtEnd } from './inner-work.ts';
import { parsedJson } from './json.ts';
import type { Latency } from './latency.ts';
import type { SharedQuotas } from './quota/shared.ts';
import { type Answer, answerOf, type Reply, refused } from './reply.ts';
import { type GenerationRoute, type Route, routeOf, type ServiceRoute } from './route.ts';
import type { FormPart, InnerRequest, Knocking, Premises, Service, ServiceCall } from './service.ts';
import { servicesOf } from './services.ts';
import { type Keeper, Store } from './state/store.ts';
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
  /** disabled: whoever has no token is refused, as an account with `disableLocalAuth` does. Default enabled. */
  readonly keyAuth?: 'enabled' | 'disabled';
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
  /** Who verifies tokens and knows roles; absent: audience and expiry decide. */
  readonly tokens?: TokenJudge;
  /** What makes the state of a resource, by its name, outlive the process; absent: it is gone with it. */
  readonly keeperOf?: (resource: string) => Keeper | null;
  /** Told of what no reply to a request carries, once it is over: lines of a batch, answers in a realtime session. */
  readonly onInner?: (resource: string, ended: InnerEnded) => void;
}

export interface DataRequest {
  readonly method: string;
  readonly path: string;
  /** Without `?`. */
  readonly query: string;
  readonly header: HeaderLookup;
  /** Decoded; '' where there is none. */
  readonly body: string;
  /** Parts of a `multipart/form-data` body; null or absent where it is none. */
  readonly form?: readonly FormPart[] | null;
}

export class Resource {
  readonly facts: ResourceFacts;
  readonly deployments = new Map<string, Deployment>();
  /** What it does by itself: whoever holds the clock runs them when they are due. */
  readonly chores = new Chores();
  readonly #world: World;
  readonly #generation: Generation;
  readonly #services: readonly Service[];
  #faultUnit: Unit;
  readonly #ids: Ids;

  /** The text of an answer depends on seed and prompt alone, so that it is the same from every resource; ids differ. */
  constructor(facts: ResourceFacts, world: World) {
    this.facts = facts;
    this.#world = world;
    for (const options of facts.deployments) this.deploy(options);
    this.#faultUnit = world.seeded(this.#ownSeed);
    this.#ids = new Ids(this.#ownSeed);
    const premises = this.#premises();
    this.#generation = new Generation(premises);
    this.#services = [...this.#generation.services, ...servicesOf(premises)];
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

  #premises(): Premises {
    const { facts, deployments, chores } = this;
    const world = this.#world;
    const store = new Store(world.keeperOf?.(facts.name) ?? null);
    const serve = (request: InnerRequest, nowMs: number): Answer => this.#serveInner(request, nowMs);
    return { facts, world, ids: this.#ids, deployments, store, chores, gate: new Gate(facts), serve };
  }

  #serveInner({ operation, body }: InnerRequest, nowMs: number): Answer {
    const route = routeOf('POST', `/openai/v1/${operation}`, '');
    const header = (): undefined => undefined;
    const context = this.#headerContext(header);
    const headers = commonHeaders(context);
    if (route.kind === 'refused') return refused(route.refusal, headers, null);
    const asked = askedOf(route, body, header);
    if (asked === null) return refused(RESOURCE_NOT_FOUND, headers, null);
    const answer = this.#generation.serve(asked, context, headers, nowMs);
    const { onInner } = this.#world;
    return onInner === undefined ? answer : toldAtEnd(answer, nowMs, (ended) => onInner(this.facts.name, ended));
  }

  get #ownSeed(): number {
    return mix32(this.#world.seed ^ hashText(this.facts.name));
  }

  respond(request: DataRequest, nowMs: number): Reply {
    this.chores.run(nowMs);
    const route = routeOf(request.method, request.path, request.query);
    const asked = askedOf(route, parsedBody(route, request), request.header);
    const deployment = asked?.name ?? (route.kind === 'service' ? route.deployment : null);
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
    const context = this.#headerContext(request.header);
    const headers = commonHeaders(context);
    const route = routeOf(request.method, request.path, request.query);
    const asked = askedOf(route, parsedBody(route, request), request.header);
    const stranger = this.stranger(request, nowMs);
    if (stranger !== null) return refused(stranger, headers, asked?.name ?? null);
    return asked === null ? null : this.#generation.admit(asked, context, headers, nowMs);
  }

  /** @returns null where whoever knocks may come in: for doors beside {@link respond}, such as recordings. */
  stranger(request: Knocking, nowMs: number): Refusal | null {
    const refusal = refusalOfCaller(request, this.facts, this.#world.tokens, nowMs);
    if (refusal === null) return null;
    return this.#services.some((service) => service.admits?.(request, nowMs)) ? null : refusal;
  }

  /** @param failure a status that is answered in place of serving. */
  #answer(request: DataRequest, route: Route, asked: Asked | null, failure: Failure | null, nowMs: number): Answer {
    const context = this.#headerContext(request.header);
    const headers = commonHeaders(context);
    const stranger = this.stranger(request, nowMs);
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
    if (route.kind === 'service') return this.#serviceAnswer(request, route, context, headers, nowMs);
    return asked === null
      ? refused(RESOURCE_NOT_FOUND, headers, null)
      : this.#generation.serve(asked, context, headers, nowMs);
  }

  #serviceAnswer(
    request: DataRequest,
    route: ServiceRoute,
    context: HeaderContext,
    headers: FlatHeaders,
    nowMs: number,
  ): Answer {
    const { method, header, form = null } = request;
    const query = (name: string): string | null => queryValue(request.query, name);
    const body = form === null && request.body !== '' ? (parsedJson(request.body) ?? null) : undefined;
    const call: ServiceCall = { ...route, method, query, body, form, header, context, headers, nowMs };
    for (const service of this.#services) {
      const answer = service.answer(call);
      if (answer !== null) return answer;
    }
    return refused(RESOURCE_NOT_FOUND, headers, route.deployment);
  }

  #headerContext(header: HeaderLookup): HeaderContext {
    const { dialect, region } = this.facts;
    return { ids: this.#ids, dialect, region, clientRequestId: header('x-ms-client-request-id') };
  }
}

function isGeneration(route: Route): route is GenerationRoute {
  return route.kind !== 'refused' && route.kind !== 'models' && route.kind !== 'service';
}

function parsedBody(route: Route, { body }: DataRequest): unknown {
  return isGeneration(route) ? parsedJson(body) : undefined;
}

/** What a generating request asks for, read once; null for others. */
function askedOf(route: Route, body: unknown, header: HeaderLookup): Asked | null {
  if (!isGeneration(route)) return null;
  const fromBody = isRecord(body) && typeof body.model === 'string' ? body.model : null;
  return { route, body, name: route.deployment ?? fromBody, header };
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
