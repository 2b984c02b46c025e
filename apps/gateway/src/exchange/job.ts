/** What an exchange is about, once head and body are read: which pool serves the name asked for, and who keeps what the request names. */
import { type Allowance, type Backend, type BoundReason, type Bounds, notAllowed, type Pool } from '@spillway/policy';
import type { Found } from '../home/references.ts';
import type { Inbound } from '../listen/inbound.ts';
import { deploymentNotFound, nobodyAllowed, type OwnAnswer } from '../reply/own-answer.ts';
import { type Route, routeBody, type Wanted } from '../route/route.ts';
import type { Context } from './context.ts';
import { Gather, gatherKind } from './gather.ts';
import { ownerProblem, wayHome } from './way-home.ts';

export interface Job {
  readonly route: Route;
  readonly wanted: Wanted;
  readonly pool: Pool;
  /** What the request names that a resource keeps; null: nothing. */
  readonly found: Found | null;
  /** Of a list that several owners share; null for everything else. */
  readonly gather: Gather | null;
}

/** `model`: the name asked for, for the record; null where none was, or none could be read. */
export type JobRead =
  | { readonly kind: 'job'; readonly job: Job; readonly model: string | null }
  | { readonly kind: 'refused'; readonly answer: OwnAnswer; readonly model: string | null };

export function jobOf(context: Context, inbound: Inbound, route: Route, body: Buffer, nowMs: number): JobRead {
  const { ledger, home } = context;
  const isEncoded = inbound.header('content-encoding') !== undefined;
  const routed = routeBody(route, body, { isEncoded, contentType: inbound.header('content-type') });
  if (routed.kind === 'refused') return { ...routed, model: null };
  const { wanted } = routed;
  const { model } = wanted;
  const refused = (answer: OwnAnswer): JobRead => ({ kind: 'refused', answer, model });
  const pool = model === null ? ledger.fleet.resources : ledger.pool(model, nowMs);
  if (pool === null) return refused(deploymentNotFound(model ?? ''));
  const { target, query } = route;
  const way = wayHome(home, route, { target, query, body, readable: !isEncoded && wanted.boundary === null });
  if (way.kind === 'refused') return refused(way.answer);
  const { found } = way;
  const problem = found === null || found.owner === null ? null : ownerProblem(found.owner, pool, ledger.fleet);
  if (problem !== null) return refused(problem);
  const bound = boundOf(pool, route.allowance);
  if (bound !== null) return refused(nobodyAllowed(pool.name, bound));
  const gather = gatherOf(inbound.method, route, found, ledger.fleet.backends);
  return { kind: 'job', job: { route, wanted, pool, found, gather }, model };
}

function gatherOf(method: string, route: Route, found: Found | null, backends: readonly Backend[]): Gather | null {
  const kind = route.pinnedTo === null ? gatherKind(method, route) : null;
  if (kind === null || backends.length < 2) return null;
  const names = backends.map(({ name }) => name);
  return new Gather(kind, names, found?.owner ?? null, found?.query ?? route.query);
}

/** @returns the bound that keeps every deployment of the pool from the client; null where one is left. */
function boundOf({ members }: Pool, allowance: Allowance | null): BoundReason | null {
  if (allowance === null) return null;
  const reasons = members.map((member) => notAllowed(member, allowance));
  return reasons.includes(null) ? null : (reasons[0] ?? null);
}

export function boundsOf({ route, found, gather }: Job): Bounds {
  const { pinnedTo, allowance } = route;
  return { pinnedTo, ownedBy: gather?.owner ?? found?.owner ?? null, allowance };
}

/** Whether it names ids whose owner nobody knows. */
export function isForeign({ found }: Job): boolean {
  return found !== null && found.owner === null && found.foreign.length > 0;
}
