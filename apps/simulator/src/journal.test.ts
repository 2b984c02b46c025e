import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOURNAL_ENTRIES_MAX, Journal, type Note } from './journal.ts';

function note(n: number, fields: Partial<Note> = {}): Note {
  return {
    timeMs: n,
    resource: 'openai1',
    method: 'GET',
    path: '/',
    query: '',
    headers: {},
    deployment: null,
    status: null,
    fault: null,
    ...fields,
  };
}

test('Journal: keeps the last requests, oldest first', () => {
  const journal = new Journal();
  for (let n = 0; n < JOURNAL_ENTRIES_MAX + 5; n++) journal.add(note(n));
  const times = journal.entries().map((entry) => entry.timeMs);
  assert.equal(times.length, JOURNAL_ENTRIES_MAX);
  assert.deepEqual([times[0], times.at(-1)], [5, JOURNAL_ENTRIES_MAX + 4]);
});

test('Journal: a status that comes later is shown', () => {
  const journal = new Journal();
  const late = note(1);
  journal.add(late);
  assert.equal(journal.entries()[0]?.status, null);
  late.status = 200;
  assert.equal(journal.entries()[0]?.status, 200);
});

const MASKED: ReadonlyArray<
  readonly [given: Partial<Note>, field: 'apiKey' | 'authorization' | 'query', want: string | null]
> = [
  [{ headers: { 'api-key': 'simulated-key-1' } }, 'apiKey', 'sim…-1'],
  [{ headers: { 'api-key': 'short' } }, 'apiKey', '…'],
  [{ headers: {} }, 'apiKey', null],
  [{ headers: { authorization: 'Bearer simulated-key-1' } }, 'authorization', 'Bearer sim…-1'],
  [{ headers: { authorization: 'bare-secret-without-scheme' } }, 'authorization', 'bar…me'],
  [{ query: 'api-key=simulated-key-1&model=chat' }, 'query', 'api-key=sim…-1&model=chat'],
  [{ query: 'model=chat&API-Key=simulated-key-1' }, 'query', 'model=chat&API-Key=sim…-1'],
];

for (const [given, field, want] of MASKED) {
  test(`Journal: ${JSON.stringify(given)} shows ${field} as ${want}`, () => {
    const journal = new Journal();
    journal.add(note(1, given));
    assert.equal(journal.entries()[0]?.[field], want);
  });
}
