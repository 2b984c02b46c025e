import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import type { AskedQuestion } from '../answer/answerer.ts';
import type { Wanted } from '../answer/retriever.ts';
import type { AnswerEventBody, SourceEvent } from '../events.ts';
import { ownAsker, ownRetriever } from './own-asker.ts';

const SOURCE: SourceEvent = {
  label: 'S1',
  documentId: 'd1',
  chunkId: 'd1#0',
  path: 'deposits.md',
  title: 'Deposits',
  headings: [],
  pageFrom: null,
  pageTo: null,
  start: 0,
  end: 4,
  text: 'text',
};
const TOLD: readonly AnswerEventBody[] = [
  { type: 'sources', sources: [SOURCE], mode: 'text' },
  { type: 'delta', text: 'Seven days ' },
  { type: 'citation', label: 'S1', at: 11 },
];
const none = () => new AbortController().signal;

/** Tells the same each time. */
function asking(events: readonly AnswerEventBody[] = TOLD) {
  const clock = new FakeClock(0);
  const asked: AskedQuestion[] = [];
  const answerer = {
    async answer(question: AskedQuestion, tell: (event: AnswerEventBody) => void) {
      asked.push(question);
      clock.advance(25);
      for (const event of events) tell(event);
      return `answer ${asked.length}`;
    },
  };
  return { asked, asker: ownAsker({ answerer, nowMs: () => clock.nowMs() }) };
}

test('ownAsker: plays the history first, and asks in it with the groups of the question', async () => {
  const { asked, asker } = asking();
  const history = [{ question: 'First?', answer: 'as written' }];
  const answered = await asker.ask({ question: 'And then?', history, groups: ['guest'] }, none());
  assert.deepEqual(
    asked.map(({ question, history: before, reader }) => [question, before, reader.groups, reader.isAdmin]),
    [
      ['First?', [], ['guest'], false],
      ['And then?', [{ question: 'First?', answer: 'answer 1' }], ['guest'], false],
    ],
  );
  const { text, sources, cited, firstMs, failure } = answered;
  assert.deepEqual([text, sources, cited, firstMs, failure], ['Seven days ', [SOURCE], ['S1'], 25, null]);
});

test('ownAsker: without groups the asker may see everything', async () => {
  const { asked, asker } = asking();
  await asker.ask({ question: 'When?', history: [], groups: null }, none());
  assert.deepEqual(asked[0]?.reader, { user: null, groups: [], isAdmin: true });
});

test('ownAsker: a failure is told, and one of the history ends the question', async () => {
  const failing = [{ type: 'error', kind: 'throttled', message: 'Too many.', retryAfterMs: null }] as const;
  const { asked, asker } = asking(failing);
  const alone = await asker.ask({ question: 'When?', history: [], groups: null }, none());
  assert.equal(alone.failure, 'throttled: Too many.');
  const history = [{ question: 'First?', answer: 'a' }];
  const after = await asker.ask({ question: 'And?', history, groups: null }, none());
  assert.equal(after.failure, 'in the turn before: throttled: Too many.');
  assert.equal(asked.length, 2, 'the question itself is not asked any more');
});

test("ownRetriever: asks the app's search for as many passages as wanted, with what was asked before", async () => {
  const wanted: Wanted[] = [];
  const retriever = ownRetriever({
    async retrieve(one) {
      wanted.push(one);
      const found = { scores: [], mode: 'text', gateway: null, withoutVectors: null, isProbing: false } as const;
      return { ...found, sources: [], told: [SOURCE], reranked: null, rerankCall: null };
    },
  });
  const history = [{ question: 'First?', answer: 'a' }];
  const found = await retriever.retrieve({ question: 'And?', history, groups: ['guest'] }, 5, none());
  assert.deepEqual(found, [SOURCE]);
  const reader = { user: null, groups: ['guest'], isAdmin: false };
  assert.deepEqual(wanted, [{ queries: ['First? And?'], reader, overrides: { top: 5 } }]);
});
