import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BODIES_CHARS_MAX, BODY_CHARS_MAX, JOURNAL_ENTRIES_MAX, Journal, type Note } from './journal.ts';

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
    durationMs: null,
    fault: null,
    body: null,
    bodyChars: null,
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

function received(journal: Journal, n: number, body: string, fields: Partial<Note> = {}): Note {
  const noted = note(n, fields);
  journal.add(noted);
  journal.addBody(noted, body);
  return noted;
}

test('Journal: keeps no body unless told, but its length', () => {
  const journal = new Journal();
  received(journal, 1, 'secret plans');
  assert.deepEqual([journal.entries()[0]?.body, journal.entries()[0]?.bodyChars], [null, 12]);
});

test('Journal: of a long body it keeps the beginning', () => {
  const journal = new Journal(true);
  received(journal, 1, 'x'.repeat(BODY_CHARS_MAX + 5));
  const [entry] = journal.entries();
  assert.deepEqual([entry?.body?.length, entry?.bodyChars], [BODY_CHARS_MAX, BODY_CHARS_MAX + 5]);
});

test('Journal: of all bodies together it keeps so much, the newest', () => {
  const journal = new Journal(true);
  const long = 'x'.repeat(BODY_CHARS_MAX);
  const most = BODIES_CHARS_MAX / BODY_CHARS_MAX;
  for (let n = 0; n < JOURNAL_ENTRIES_MAX; n++) received(journal, n, long);
  const kept = journal.entries().filter(({ body }) => body !== null);
  assert.deepEqual([kept.length, kept[0]?.timeMs], [most, JOURNAL_ENTRIES_MAX - most]);
});

test('Journal: short bodies are all kept, however many requests came before, and forgotten with their request', () => {
  const journal = new Journal(true);
  for (let n = 0; n < 5 * JOURNAL_ENTRIES_MAX; n++) received(journal, n, `{"n":${n}}`);
  const bodies = journal.entries().map(({ body }) => body);
  assert.deepEqual(
    [bodies.length, bodies[0], bodies.at(-1)],
    [JOURNAL_ENTRIES_MAX, `{"n":${4 * JOURNAL_ENTRIES_MAX}}`, `{"n":${5 * JOURNAL_ENTRIES_MAX - 1}}`],
  );
});

test('Journal: shows those that fit, the last of them where limited', () => {
  const journal = new Journal();
  for (let n = 0; n < 6; n++) {
    received(journal, n, '', { resource: `r${n % 2}`, deployment: `d${n % 3}`, status: n < 4 ? 200 : 429 });
  }
  const times = (filter: Parameters<Journal['entries']>[0]) => journal.entries(filter).map(({ timeMs }) => timeMs);
  assert.deepEqual(times({ resource: 'r1' }), [1, 3, 5]);
  assert.deepEqual(times({ resource: 'r1', limit: 2 }), [3, 5]);
  assert.deepEqual(times({ resource: 'r1', deployment: 'd2' }), [5]);
  assert.deepEqual(times({ status: 429, limit: 9 }), [4, 5]);
});

test('Journal: cleared, it begins anew, also with a body that was still to come', () => {
  const journal = new Journal(true);
  received(journal, 1, 'old');
  const late = note(2);
  journal.add(late);
  journal.clear();
  journal.addBody(late, 'late');
  assert.deepEqual([journal.size, journal.entries()], [0, []]);
  received(journal, 3, 'new');
  assert.deepEqual(
    journal.entries().map(({ body }) => body),
    ['new'],
  );
});
