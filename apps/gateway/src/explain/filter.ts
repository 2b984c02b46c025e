/** Which decisions are asked for, from the query of a request to the admin port; and what is said of one that is not kept. */
import { printable } from '../printable.ts';
import type { DecisionFilter } from './decisions.ts';
import type { DecisionRing } from './ring.ts';

/** Decisions that are listed where the query does not say. */
const LISTED = 50;
/** Most that are listed at a time. */
export const LISTED_MAX = 1_000;

const KNOWN: readonly string[] = ['limit', 'deployment', 'status', 'client'];

export type FilterAsked =
  | { readonly kind: 'filter'; readonly filter: DecisionFilter }
  /** `message` names the place, the value and the rule. */
  | { readonly kind: 'refused'; readonly message: string };

/** @param query its names each with the first value. */
export function filterOf(query: Readonly<Record<string, string>>): FilterAsked {
  const unknown = Object.keys(query).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) {
    return refused(`${printable(unknown)}: not in a query for decisions; known are ${KNOWN.join(', ')}.`);
  }
  const asked = query.limit ?? String(LISTED);
  const limit = /^\d{1,5}$/.test(asked) ? Number(asked) : 0;
  if (limit < 1 || limit > LISTED_MAX) {
    return refused(`limit: ${printable(asked)} is not a whole number from 1 to ${LISTED_MAX}.`);
  }
  const status = query.status ?? null;
  if (status !== null && !/^[1-5](?:\d\d|xx)$/.test(status)) {
    return refused(`status: ${printable(status)} is neither a status nor a class of them; write 429, or 5xx.`);
  }
  const [deployment, client] = [query.deployment ?? null, query.client ?? null];
  return { kind: 'filter', filter: { limit, deployment, status, client } };
}

function refused(message: string): FilterAsked {
  return { kind: 'refused', message };
}

/** Says what to do about it. */
export function notKept(requestId: string, { size, recordsMax }: DecisionRing): string {
  const name = `No decision is kept of request '${printable(requestId)}'`;
  if (recordsMax === 0) return `${name}: the setting 'explain.recordsMax' is 0; raise it to keep some.`;
  return (
    `${name}: it is not over yet, was another gateway's, was forgotten, or was a plain one of more than are kept in a second; the last ${size} are kept, at most ${recordsMax} ` +
    "('explain.recordsMax'). GET /admin/decisions lists them."
  );
}
