import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import type { AnswerEventBody } from '../events.ts';
import type { Asked } from './asker.ts';
import { passage } from './testing.ts';
import { EVENT_CHARS_MAX, Hearing, urlAsker } from './url-asker.ts';

const asked: Asked = { question: 'When?', history: [], groups: null };
const source = {
  ...passage('S1', 'a.md', 'text'),
  documentId: 'd',
  chunkId: 'c',
  title: 'A',
  headings: [],
  start: 0,
  end: 4,
};
const ANSWER: readonly AnswerEventBody[] = [
  { type: 'begun', turnId: 't', conversationId: 'c1' },
  { type: 'sources', sources: [source], mode: 'text' },
  { type: 'delta', text: 'In 7 ' },
  { type: 'delta', text: 'Tagen – ä' },
  { type: 'citation', label: 'S1', at: 14 },
  { type: 'done', turnId: 't', conversationId: 'c1' },
];

/** NDJSON, cut into pieces of so many bytes, in the middle of letters too. */
function bodyOf(events: readonly AnswerEventBody[], bytes = 7): Response {
  const all = Buffer.from(events.map((event, id) => `${JSON.stringify({ ...event, id })}\n`).join(''));
  const pieces = Array.from({ length: Math.ceil(all.length / bytes) }, (_, at) =>
    all.subarray(at * bytes, (at + 1) * bytes),
  );
  const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    for (const piece of pieces) controller.enqueue(piece);
    controller.close();
  };
  return new Response(new ReadableStream({ start }));
}

interface Sent {
  readonly url: string;
  readonly body: unknown;
  readonly headers: Headers;
}

function askerWith(...answers: ReadonlyArray<() => Response>) {
  const sent: Sent[] = [];
  const waiting = [...answers];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    sent.push({ url: String(url), body: JSON.parse(String(init?.body)), headers: new Headers(init?.headers) });
    const next = waiting.shift();
    if (next === undefined) throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    return next();
  };
  const headersFor = (groups: readonly string[] | null) =>
    groups?.includes('unknown') ? null : { authorization: 'Bearer k' };
  const asker = urlAsker({ url: 'http://127.0.0.1:3000/chat-app', clock: new FakeClock(0), headersFor, fetch });
  return { sent, ask: (given: Asked = asked) => asker.ask(given, new AbortController().signal) };
}

test('urlAsker: adds events up, however the bytes are cut', async () => {
  for (const bytes of [1, 7, 100_000]) {
    const { ask, sent } = askerWith(() => bodyOf(ANSWER, bytes));
    const { text, sources, cited, failure, firstMs } = await ask();
    assert.deepEqual([text, cited, failure, firstMs], ['In 7 Tagen – ä', ['S1'], null, 0]);
    assert.equal(sources[0]?.path, 'a.md');
    assert.equal(sent[0]?.url, 'http://127.0.0.1:3000/chat-app/api/chat');
    assert.equal(sent[0]?.headers.get('authorization'), 'Bearer k');
  }
});

test('urlAsker: plays the history first, in one conversation', async () => {
  const { ask, sent } = askerWith(
    () => bodyOf(ANSWER),
    () => bodyOf(ANSWER),
  );
  await ask({ ...asked, history: [{ question: 'Before?', answer: 'So.' }] });
  assert.deepEqual(
    sent.map(({ body }) => body),
    [
      { question: 'Before?', conversationId: null },
      { question: 'When?', conversationId: 'c1' },
    ],
  );
});

const FAILURES: ReadonlyArray<readonly [name: string, answer: () => Response, want: RegExp]> = [
  [
    'an event that says so',
    () => bodyOf([{ type: 'error', kind: 'throttled', message: 'Wait.', retryAfterMs: 1 }]),
    /^throttled: Wait\.$/,
  ],
  ['a status', () => new Response('no', { status: 503 }), /^HTTP 503: no$/],
  ['a stream that is cut', () => bodyOf(ANSWER.slice(0, 3)), /without an end/],
  ['what is not JSON', () => new Response('<html>'), /JSON/],
];
for (const [name, answer, want] of FAILURES) {
  test(`urlAsker: ${name} is a failure, not a throw`, async () => {
    assert.match((await askerWith(answer).ask()).failure ?? '', want);
  });
}

test('urlAsker: an app that is not there, with the reason', async () => {
  assert.equal((await askerWith().ask()).failure, 'fetch failed: connect ECONNREFUSED');
});

test('urlAsker: groups that nobody can sign in as are told, and nothing is sent', async () => {
  const { ask, sent } = askerWith(() => bodyOf(ANSWER));
  assert.match((await ask({ ...asked, groups: ['unknown'] })).failure ?? '', /nobody to ask as unknown/);
  assert.equal(sent.length, 0);
});

test('urlAsker: an event may be as long as the limit and not longer', async () => {
  const line = (chars: number) => () => {
    const event = { type: 'delta', text: '', id: 0 };
    const text = 'x'.repeat(chars - JSON.stringify(event).length);
    return new Response(JSON.stringify({ ...event, text }));
  };
  assert.match((await askerWith(line(EVENT_CHARS_MAX)).ask()).failure ?? '', /without an end/);
  assert.match((await askerWith(line(EVENT_CHARS_MAX + 1)).ask()).failure ?? '', /above 2000000 characters/);
});

test('Hearing: a failure stays one, though the stream ends in order, and the text so far is kept', () => {
  const hearing = new Hearing();
  const events: readonly AnswerEventBody[] = [
    { type: 'delta', text: 'In' },
    { type: 'error', kind: 'filtered', message: 'No.', retryAfterMs: null },
    { type: 'done', turnId: 't', conversationId: 'c' },
  ];
  for (const [at, event] of events.entries()) hearing.take(event, 5 + at);
  const { text, failure, firstMs } = hearing.heard();
  assert.deepEqual([text, failure, firstMs], ['In', 'filtered: No.', 5]);
});
