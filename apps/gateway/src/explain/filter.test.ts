import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterOf, LISTED_MAX, notKept } from './filter.ts';
import { DecisionRing } from './ring.ts';

const asked = (query: Readonly<Record<string, string>>) => filterOf(query);

test('filterOf: takes what the query says, and has a limit of its own', () => {
  const none = { limit: 50, deployment: null, status: null, client: null };
  assert.deepEqual(asked({}), { kind: 'filter', filter: none });
  const all = { limit: String(LISTED_MAX), deployment: 'a/b', status: '5xx', client: 'chat-app' };
  assert.deepEqual(asked(all), { kind: 'filter', filter: { ...all, limit: LISTED_MAX } });
});

const REFUSED: ReadonlyArray<readonly [query: Readonly<Record<string, string>>, message: RegExp]> = [
  [{ limit: '0' }, /^limit: 0 is not a whole number from 1 to 1000\.$/],
  [{ limit: '1001' }, /^limit: 1001 is not/],
  [{ limit: '1e2' }, /^limit: 1e2 is not/],
  [{ limit: '' }, /^limit: {2}is not/],
  [{ limit: '\u001b[31m' }, /^limit: \?\[31m is not/],
  [{ status: '6xx' }, /^status: 6xx is neither a status nor a class of them; write 429, or 5xx\.$/],
  [{ status: '42' }, /^status: 42 is neither/],
  [{ clients: 'a' }, /^clients: not in a query for decisions; known are limit, deployment, status, client\.$/],
];

for (const [query, message] of REFUSED) {
  test(`filterOf: refuses ${JSON.stringify(query)} and says the rule`, () => {
    const refused = asked(query);
    assert.ok(refused.kind === 'refused');
    assert.match(refused.message, message);
  });
}

test('notKept: says why, and what to do', () => {
  assert.match(notKept('x\u0007', new DecisionRing(0)), /'x\?': the setting 'explain\.recordsMax' is 0; raise it/);
  assert.match(notKept('x', new DecisionRing(9)), /the last 0 are kept, at most 9 .*GET \/admin\/decisions lists them/);
});
