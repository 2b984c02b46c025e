import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import { Chores } from '../chores.ts';
import { Deployment } from '../deployment.ts';
import type { ReplyBody } from '../reply.ts';
import { TokenWork } from '../token-work.ts';
import type { StreamEvents } from '../wire/events.ts';
import { Background, type Making, REPLAYS_MAX } from './background.ts';

/** A second to the first of four tokens, then a tenth of one for each. */
const PACE = { headersMs: 0, firstTokenMs: 1000, perTokenMs: 100 };

/** Two events before the tokens, one after them. */
const EVENTS: StreamEvents = {
  choices: 1,
  contentEvents: 4,
  preamble: () => event(0) + event(1),
  content: (from, to) =>
    [0, 1, 2, 3]
      .slice(from, to)
      .map((token) => event(token + 2))
      .join(''),
  ending: () => event(6),
};

function event(number: number): string {
  return `event: response.e\ndata: {"type":"response.e","sequence_number":${number},"sequence":{"sequence_number":99}}\n\n`;
}

function numbersOf(body: Extract<ReplyBody, { kind: 'events' }> | null): readonly number[] {
  if (body === null) return [];
  const { events } = body;
  const text = events.preamble() + events.content(0, events.contentEvents) + events.ending();
  return [...text.matchAll(/"type":"[a-z.]+","sequence_number":(\d+)/g)].map(([, number]) => Number(number));
}

interface Bench {
  readonly chores: Chores;
  readonly background: Background;
  readonly ready: number[];
  making(id?: string, events?: StreamEvents | null): Making;
}

function bench(): Bench {
  const chores = new Chores();
  const ready: number[] = [];
  const deployment = new Deployment({ name: 'chat', model: 'gpt-4o', capacity: 30 }, modelFacts('gpt-4o'));
  const making = (id = 'resp_1', events: StreamEvents | null = EVENTS): Making => {
    const work = new TokenWork(deployment, { promptTokens: 10, cachedTokens: 0, estimate: 10 });
    work.used(4);
    const bare = (status: string): string => JSON.stringify({ status });
    return { id, pace: PACE, tokens: 4, work, events, bare, ready: (nowMs) => ready.push(nowMs) };
  };
  return { chores, background: new Background(chores), ready, making };
}

test('Background: an answer is queued, then made, then none of its any more', () => {
  const { chores, background, ready, making } = bench();
  background.begin(making(), 0);
  const states = [0, 499, 500, 1299].map((nowMs) => background.text('resp_1', nowMs));
  assert.deepEqual(
    states,
    ['queued', 'queued', 'in_progress', 'in_progress'].map((status) => `{"status":"${status}"}`),
  );
  chores.run(1299);
  assert.deepEqual(ready, []);
  chores.run(1300);
  assert.deepEqual([ready, background.text('resp_1', 1300)], [[1300], null]);
});

test('Background: what is cancelled never gets ready, and what it had generated is what it cost', () => {
  const { chores, background, ready, making } = bench();
  const made = making();
  background.begin(made, 0);
  assert.equal(background.cancel('resp_1', 1150), '{"status":"cancelled"}');
  assert.equal(made.work.usage.completionTokens, 2);
  chores.run(9999);
  assert.deepEqual([ready, chores.dueMs], [[], null]);
  assert.equal(background.cancel('resp_1', 1200), null);
});

test('Background: events that are there come at once, the others in their time, and none twice', () => {
  const { background, making } = bench();
  background.begin(making(), 0);
  const late = background.replay('resp_1', 2, 1150);
  assert.deepEqual(numbersOf(late), [3, 4, 5, 6]);
  assert.equal(late?.events.contentEvents, 2);
  assert.equal(late?.pace.firstTokenMs, 50);
  assert.deepEqual(numbersOf(background.replay('resp_1', -1, 0)), [0, 1, 2, 3, 4, 5, 6]);
});

test('Background: events can be had again when all is over; those of too many are forgotten', () => {
  const { chores, background, making } = bench();
  background.begin(making('unheard', null), 0);
  for (let n = 0; n <= REPLAYS_MAX; n++) background.begin(making(`resp_${n}`), 0);
  chores.run(1300);
  assert.equal(background.replay('unheard', -1, 1300), null);
  assert.equal(background.replay('resp_0', -1, 1300), null);
  assert.deepEqual(numbersOf(background.replay('resp_1', 4, 1300)), [5, 6]);
  assert.deepEqual(numbersOf(background.replay('resp_1', 6, 1300)), []);
});

test('Background: whoever listens while an answer is cancelled hears that, behind what was generated', () => {
  const { background, making } = bench();
  const events = background.begin(making(), 0);
  assert.notEqual(events, null);
  background.cancel('resp_1', 1000);
  const [first, rest, end] = [events?.content(0, 1), events?.content(1, 4), events?.ending()];
  assert.match(first ?? '', /"sequence_number":2,/);
  assert.equal(rest, '');
  assert.match(
    end ?? '',
    /^event: response\.failed\ndata: \{"type":"response\.failed","sequence_number":3,"response":\{"status":"cancelled"\}\}\n\n$/,
  );
  assert.deepEqual(numbersOf(background.replay('resp_1', -1, 1000)), [0, 1, 2, 3]);
});
