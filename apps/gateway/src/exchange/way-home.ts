/** Which resource a request must reach, because it keeps what the request names; and whether this fleet still has it. */
import type { Fleet, Pool } from '@spillway/policy';
import { errorFacts, idsInPath } from '@spillway/protocol';
import type { Owners } from '../home/owners.ts';
import { type Asked, type Found, namesSealed, referencesOf } from '../home/references.ts';
import type { Sealing } from '../home/rewrite.ts';
import type { Seal } from '../home/seal.ts';
import { type OwnAnswer, ownerGone, ownerNotInPool, scatteredState, sealBroken } from '../reply/own-answer.ts';
import type { Route, Wanted } from '../route/route.ts';

export interface Home {
  readonly seal: Seal;
  readonly owners: Owners;
}

export type WayHome =
  /** null: the request names nothing that anybody keeps. */
  { readonly kind: 'way'; readonly found: Found | null } | { readonly kind: 'refused'; readonly answer: OwnAnswer };

const NOWHERE: WayHome = { kind: 'way', found: null };

/** @param asked `readable`: whether its body is JSON that can be looked into. */
export function wayHome({ seal, owners }: Home, route: Route, asked: Asked): WayHome {
  const { ids } = route.operation;
  if (ids === 'never' || (ids === 'stored' && !(asked.readable && namesSealed(asked.body)))) return NOWHERE;
  const found = referencesOf(asked, seal, owners);
  switch (found.kind) {
    case 'found':
      return { kind: 'way', found };
    case 'broken':
      return { kind: 'refused', answer: sealBroken(found.id) };
    case 'scattered':
      return { kind: 'refused', answer: scatteredState(found.owners) };
  }
}

/** @returns why the owner cannot serve; null where it can. */
export function ownerProblem(owner: string, pool: Pool, { backends }: Fleet): OwnAnswer | null {
  if (!backends.some(({ name }) => name === owner)) return ownerGone(owner);
  return pool.members.some((member) => member.backend.name === owner) ? null : ownerNotInPool(owner, pool.name);
}

/** What of the answer is to be sealed; null: it passes byte for byte. */
export function sealingOf({ operation }: Route, { stored }: Wanted): Sealing | null {
  switch (operation.ids) {
    case 'never':
      return null;
    case 'stored':
      return stored() ? 'all' : null;
    case 'always':
      // Of a response that is not kept, only what its resource alone can read leads home.
      return operation.name === 'responses' && !stored() ? 'contents' : 'all';
  }
}

const UNKNOWN_ID = new Set(['previous_response_not_found', 'invalid_encrypted_content']);

/** Whether a resource says that it knows nothing of an id: somebody else may, and nothing was begun. */
export function isUnknownId(status: number, text: string): boolean {
  if (status === 404) return errorFacts(text).code !== 'DeploymentNotFound';
  return status === 400 && UNKNOWN_ID.has(errorFacts(text).code ?? '');
}

interface Served {
  readonly method: string;
  readonly status: number;
  /** Name of the backend. */
  readonly owner: string;
  /** Whether somebody else had said that it does not know what was named. */
  readonly askedAround: boolean;
}

/**
 * What an answer tells of ids that nobody had sealed. One in a path is the owner's. One in a body is so only where another had not known
 * it: else it may be of no importance (an item that is repeated in full), and to bind it would bind all that follows.
 */
export function learnOwners(
  { owners }: Home,
  found: Found | null,
  { method, status, owner, askedAround }: Served,
): void {
  if (found === null || status >= 400) return;
  for (const id of askedAround ? found.foreign : found.foreignInPath) owners.learn(id, owner);
  if (method !== 'DELETE') return;
  const [id, ...others] = idsInPath(found.target.operation);
  // With two, what ends is that one belongs to the other.
  if (id !== undefined && others.length === 0) owners.forget(id);
}
