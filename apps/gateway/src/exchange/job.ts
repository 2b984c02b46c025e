/** What an exchange is about, once head and body are read: which pool serves the name asked for, and who keeps what the request names. */
import {
  type Allowance,
  type Backend,
  type BoundReason,
  type Bounds,
  type Need,
  type Pool,
  type Ticket,
  verdictsOf,
} from '@spillway/policy';
import type { Replacement } from '@spillway/protocol';
import type { Body } from '../body/body.ts';
import type { ClientRequest } from '../forward/request.ts';
import type { Found } from '../home/references.ts';
import type { Sealing } from '../home/rewrite.ts';
import type { Inbound, RawHeaders } from '../listen/inbound.ts';
import { needOf, ticketOf } from '../need/ticket.ts';
import { modelRefused } from '../reply/door-answer.ts';
import { deploymentNotFound, nobodyAllowed, type OwnAnswer } from '../reply/own-answer.ts';
import { type Route, routeBody, type Wanted } from '../route/route.ts';
import type { Context } from './context.ts';
import { Gather, gatherKind } from './gather.ts';
import { type StreamPlan, streamPlan } from './stream-plan.ts';
import type { Told } from './told.ts';
import { ownerProblem, sealingOf, wayHome } from './way-home.ts';

export interface Job {
  readonly route: Route;
  readonly wanted: Wanted;
  readonly pool: Pool;
  /** What it asks of a quota. */
  readonly need: Need;
  /** With which the estimate learns from the answer; null: it costs no tokens. */
  readonly ticket: Ticket | null;
  /** What the request names that a resource keeps; null: nothing. */
  readonly found: Found | null;
  /** Of a list that several owners share; null for everything else. */
  readonly gather: Gather | null;
  /** What of the answer is to be sealed; null: it passes byte for byte. */
  readonly sealing: Sealing | null;
  /** null: nothing is added to it. */
  readonly stream: StreamPlan | null;
  /** In place of the dice, in [0, 1): what a client makes stays together, so that it can be used together. null: the dice decide. */
  readonly chance: number | null;
}

/** `model`: the name asked for, for the record; null where none was, or none could be read. */
export type JobRead =
  | { readonly kind: 'job'; readonly job: Job; readonly model: string | null }
  | { readonly kind: 'refused'; readonly answer: OwnAnswer; readonly model: string | null };

export function jobOf(context: Context, inbound: Inbound, route: Route, body: Body, nowMs: number): JobRead {
  const { ledger, home } = context;
  const isEncoded = inbound.header('content-encoding') !== undefined;
  const routed = routeBody(route, body, { isEncoded, contentType: inbound.header('content-type') });
  if (routed.kind === 'refused') return { ...routed, model: null };
  const { wanted } = routed;
  const { model } = wanted;
  const refused = (answer: OwnAnswer): JobRead => ({ kind: 'refused', answer, model });
  const pool = model === null ? ledger.fleet.resources : ledger.pool(model, nowMs);
  if (pool === null) return refused(deploymentNotFound(model ?? ''));
  if (model !== null && route.models?.includes(pool.name) === false)
    return refused(modelRefused(route.client ?? '', model));
  const { target, query } = route;
  const way = wayHome(home, route, { target, query, body, readable: !isEncoded && wanted.boundary === null });
  if (way.kind === 'refused') return refused(way.answer);
  const { found } = way;
  const problem = found === null || found.owner === null ? null : ownerProblem(found.owner, pool, ledger.fleet);
  if (problem !== null) return refused(problem);
  const bound = boundOf(pool, route.allowance);
  if (bound !== null) return refused(nobodyAllowed(pool.name, bound));
  const gather = gatherOf(inbound.method, route, found, ledger.fleet.backends);
  const sealing = sealingOf(route, wanted);
  const stream = streamPlan(route, wanted, body, context.config.gateway);
  const chance = model === null ? chanceOf(route.client ?? '') : null;
  const ticket = ticketOf(context.estimator, { route, wanted, body }, pool.name, nowMs);
  const need = needOf(ticket, route);
  const isAsked = stream !== null && stream.usageAsk !== null;
  if (ticket !== null) context.sampler.offer(ticket, { facts: wanted.facts(), body, isAsked }, nowMs);
  return { kind: 'job', job: { route, wanted, pool, need, ticket, found, gather, sealing, stream, chance }, model };
}

function gatherOf(method: string, route: Route, found: Found | null, backends: readonly Backend[]): Gather | null {
  const kind = route.pinnedTo === null ? gatherKind(method, route) : null;
  if (kind === null || backends.length < 2) return null;
  const names = backends.map(({ name }) => name);
  return new Gather(kind, names, found?.owner ?? null, found?.query ?? route.query);
}

/** @returns the bound that keeps every deployment of the pool from the client; null where one is left. */
function boundOf(pool: Pool, allowance: Allowance | null): BoundReason | null {
  const reasons = verdictsOf(pool, allowance);
  return reasons === null || reasons.includes(null) ? null : (reasons[0] ?? null);
}

/** @param told what the tries so far have shown. */
export function boundsOf({ route, found, gather }: Job, { tooLongFor }: Told): Bounds {
  const { pinnedTo, allowance } = route;
  return { pinnedTo, ownedBy: gather?.owner ?? found?.owner ?? null, allowance, tooLongFor };
}

/** Whether it names ids whose owner nobody knows. */
export function isForeign({ found }: Job): boolean {
  return found !== null && found.owner === null && found.foreign.length > 0;
}

/** The same for the same client, here and on other replicas; far apart for names that are alike (FNV-1a, then murmur3's last steps). */
function chanceOf(client: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < client.length; i++) hash = Math.imul(hash ^ client.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** The request as the owner of what it names is to get it, before a deployment makes it its own. */
export function clientRequest(job: Job, { method, rawHeaders }: Inbound, body: Body): ClientRequest {
  const { route, wanted, found, gather } = job;
  return {
    method,
    target: (found ?? route).target,
    query: gather?.query ?? found?.query ?? route.query,
    rawHeaders: headersFor(job, rawHeaders),
    body,
    named: wanted,
    replacements: replacementsFor(job),
  };
}

/** What stands otherwise in the body that goes up. */
function replacementsFor({ found, stream }: Job): readonly Replacement[] {
  const ids = found?.replacements ?? [];
  const ask = stream?.usageAsk ?? null;
  return ask === null ? ids : [...ids, ask];
}

/** Answers that are looked into are asked for as they are: nothing can be read of a compressed one. */
function headersFor({ sealing, stream }: Job, raw: RawHeaders): RawHeaders {
  if (sealing === null && stream === null) return raw;
  const headers: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    if (name.toLowerCase() !== 'accept-encoding') headers.push(name, raw[i + 1] ?? '');
  }
  headers.push('accept-encoding', 'identity');
  return headers;
}
