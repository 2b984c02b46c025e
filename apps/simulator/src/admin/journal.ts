/** Routes of the journal. */
import { isRecord } from '@spillway/protocol';
import { JOURNAL_ENTRIES_MAX, type JournalFilter } from '../journal.ts';
import type { Simulation } from '../simulation.ts';
import { journalState } from '../state.ts';
import { type AdminRoute, type Call, invalid, type Outcome, ok, shown } from './outcome.ts';

export const journalRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/admin/journal',
    does: 'the requests received last, oldest first, without secrets; ?resource= ?deployment= ?status= choose, ?limit= takes the last',
    act: showJournal,
  },
  { method: 'DELETE', path: '/admin/journal', does: 'forgets all requests', act: clearJournal },
  {
    method: 'PATCH',
    path: '/admin/journal',
    does: 'whether bodies are kept from now on: {"bodies": true}; of each the first 65,536 characters',
    act: changeJournal,
  },
];

function showJournal({ journal }: Simulation, { query }: Call): Outcome {
  const errors = [...query.keys()]
    .filter((key) => !KNOWN.includes(key))
    .map((key) => `${key}: is unknown; known are ${KNOWN.join(', ')}`);
  const status = readWhole(query, 'status', 100, 599, errors);
  const limit = readWhole(query, 'limit', 1, JOURNAL_ENTRIES_MAX, errors);
  if (errors.length > 0) return invalid(errors);
  const filter: JournalFilter = {
    ...named(query, 'resource'),
    ...named(query, 'deployment'),
    ...(status === null ? {} : { status }),
    ...(limit === null ? {} : { limit }),
  };
  return ok({ requests: journal.entries(filter) });
}

const KNOWN = ['resource', 'deployment', 'status', 'limit'];

function named(query: URLSearchParams, key: 'resource' | 'deployment'): JournalFilter {
  const value = query.get(key);
  return value === null ? {} : { [key]: value };
}

function readWhole(query: URLSearchParams, key: string, low: number, high: number, errors: string[]): number | null {
  const text = query.get(key);
  if (text === null) return null;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= low && value <= high) return value;
  errors.push(`${key}: ${shown(text)} is not a whole number from ${low} to ${high}`);
  return null;
}

function clearJournal(simulation: Simulation): Outcome {
  simulation.journal.clear();
  return ok(journalState(simulation));
}

function changeJournal(simulation: Simulation, { body }: Call): Outcome {
  const bodies = isRecord(body) ? body.bodies : undefined;
  if (typeof bodies !== 'boolean') return invalid([`bodies: ${shown(bodies)} is not true or false`]);
  simulation.journal.keepsBodies = bodies;
  return ok(journalState(simulation));
}
