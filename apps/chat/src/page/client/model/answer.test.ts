import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnswerEvent } from '../../../events.ts';
import { SOURCES } from '../../testing/script.ts';
import { type Answer, cited, folded, NO_ANSWER, numbersOf, recalled } from './answer.ts';

const ENDED = { type: 'done', turnId: 't', conversationId: 'c' } as const;

function fold(...bodies: readonly object[]): Answer {
  const events = bodies.map((body, i) => ({ ...body, id: i + 1 }) as AnswerEvent);
  return events.reduce((answer, event) => folded(answer, event, 1_000), NO_ANSWER);
}

const CASES: readonly (readonly [string, readonly object[], Partial<Answer>])[] = [
  [
    'text is put together',
    [
      { type: 'delta', text: 'a' },
      { type: 'delta', text: 'b' },
    ],
    { text: 'ab' },
  ],
  ['an end makes it done', [ENDED], { status: 'done', turnId: 't', conversationId: 'c' }],
  [
    'a failure stays one to the end',
    [{ type: 'error', kind: 'filtered', message: 'm', retryAfterMs: null }, ENDED],
    { status: 'failed', failure: { kind: 'filtered', code: null, message: 'm', retryAtMs: null } },
  ],
  [
    'a wait is counted from now',
    [{ type: 'error', kind: 'throttled', message: 'm', retryAfterMs: 500 }],
    { failure: { kind: 'throttled', code: null, message: 'm', retryAtMs: 1_500 } },
  ],
  ['a 429 is waited for', [{ type: 'waiting', retryAtMs: 9 }], { waitingUntilMs: 9 }],
  [
    'words end the wait',
    [
      { type: 'waiting', retryAtMs: 9 },
      { type: 'delta', text: 'a' },
    ],
    { waitingUntilMs: null },
  ],
];

for (const [name, given, want] of CASES) {
  test(`folded: ${name}`, () => {
    const answer = fold(...given);
    for (const [key, value] of Object.entries(want)) assert.deepEqual(Reflect.get(answer, key), value, key);
  });
}

test('folded: an event that was taken already is passed over, however often it comes again', () => {
  const event: AnswerEvent = { type: 'delta', text: 'a', id: 3 };
  const once = folded(NO_ANSWER, event, 0);
  assert.equal(folded(once, event, 0), once);
  assert.equal(folded(once, { ...event, id: 2 }, 0), once);
});

test('recalled: has its text from the history; what failed then can be tried at once', () => {
  const error: AnswerEvent = { type: 'error', kind: 'throttled', message: 'm', retryAfterMs: 60_000, id: 1 };
  const answer = recalled('kept', [error]);
  assert.deepEqual([answer.text, answer.status, answer.failure?.retryAtMs], ['kept', 'failed', null]);
});

test('cited: counts in the order of the first citation, each source once; labels of no source are dropped', () => {
  const citations = ['S2', 'S9', 'S1', 'S2'].map((label) => ({ label, at: 0 }));
  const answer = { ...NO_ANSWER, sources: SOURCES, citations };
  assert.deepEqual(
    cited(answer).map(({ label }) => label),
    ['S2', 'S1'],
  );
  assert.deepEqual(
    [...numbersOf(answer)],
    [
      ['S2', 1],
      ['S1', 2],
    ],
  );
});
