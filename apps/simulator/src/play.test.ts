import assert from 'node:assert/strict';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { ChatEvents, type Latency, type Reply } from '@spillway/azure-model';
import { FakeClock } from '@spillway/clock';
import { play } from './play.ts';
import { eventsIn, HELLO, STREAM, until, withSimulator, wordsIn } from './testing.ts';

test('play: a status fault is answered with what it says, and the next request is served', () =>
  withSimulator(async ({ chat, addFault, lines }) => {
    await addFault({ kind: 'status', status: 418, headers: { 'x-tea': 'yes' }, body: 'short and stout' });
    const refused = await chat(HELLO);
    assert.deepEqual([refused.status, refused.text, refused.headers['x-tea']], [418, 'short and stout', 'yes']);
    assert.equal((await chat(HELLO)).status, 200);
    assert.deepEqual(
      lines.map((line) => [line.status, line.fault]),
      [
        [418, 'status'],
        [200, null],
      ],
    );
  }));

test('play: a delayed answer comes when its time has come, not before', () =>
  withSimulator(async ({ chat, addFault, clock, lines }) => {
    await addFault({ kind: 'delay', delayMs: 5000 });
    const answer = chat(HELLO);
    await until('the delay began', () => clock.pending === 1);
    clock.advance(4999);
    assert.equal(lines.length, 0);
    clock.advance(1);
    assert.equal((await answer).status, 200);
    assert.equal(lines[0]?.durationMs, 5000);
  }));

test('play: a reset breaks the connection without an answer', () =>
  withSimulator(async ({ chat, addFault, lines }) => {
    await addFault({ kind: 'reset' });
    const answer = await chat(HELLO);
    assert.deepEqual([answer.status, answer.errorCode], [null, 'ECONNRESET']);
    assert.deepEqual([lines[0]?.status, lines[0]?.fault], [null, 'reset']);
  }));

test('play: a hanging request is never answered, and is over when the client leaves', () =>
  withSimulator(async ({ chat, addFault, admin, clock, lines }) => {
    await addFault({ kind: 'hang' });
    let leave = (): void => {};
    const answer = chat(HELLO, { onRequest: (sent) => (leave = () => sent.destroy()) });
    const arrived = async (): Promise<boolean> =>
      JSON.parse((await admin('GET', '/admin/journal')).text).requests[0]?.fault === 'hang';
    while (!(await arrived()));
    clock.advance(3_600_000);
    assert.equal(lines.length, 0);
    leave();
    assert.equal((await answer).status, null);
    await until('the request was over', () => lines.length === 1);
    assert.deepEqual([lines[0]?.status, lines[0]?.fault], [null, 'hang']);
  }));

test('play: a cut stream ends after so many content events, without finish, end mark or proper end', () =>
  withSimulator(async ({ chat, addFault }) => {
    await addFault({ kind: 'cut', afterEvents: 3 });
    const broken = await chat(STREAM);
    assert.deepEqual([broken.status, broken.whole, broken.errorCode], [200, false, 'ECONNRESET']);
    const contents = eventsIn(broken.text).filter((event) => event.choices[0]?.delta.content);
    assert.equal(contents.length, 3);
    assert.ok(!broken.text.includes('[DONE]'));
  }));

test('play: a stream cut after no event has the preamble and nothing of the answer', () =>
  withSimulator(async ({ chat, addFault }) => {
    await addFault({ kind: 'cut', afterEvents: 0 });
    const broken = await chat(STREAM);
    assert.equal(eventsIn(broken.text).length, 2);
    assert.deepEqual([broken.whole, wordsIn(broken.text)], [false, '']);
  }));

test('play: a cut after more events than there are takes the end of the stream', () =>
  withSimulator(async ({ chat, addFault }) => {
    await addFault({ kind: 'cut', afterEvents: 100_000 });
    const broken = await chat({ ...STREAM, max_tokens: 5 });
    assert.deepEqual([broken.whole, broken.text.includes('[DONE]')], [false, false]);
    assert.equal(wordsIn(broken.text), wordsIn((await chat({ ...STREAM, max_tokens: 5 })).text));
  }));

test('play: a stream may also be cut after so many bytes, in the middle of an event', () =>
  withSimulator(async ({ chat, addFault }) => {
    const whole = await chat({ ...STREAM, max_tokens: 20 });
    for (const afterBytes of [0, 1, 1000, whole.text.length - 1, whole.text.length + 500]) {
      await addFault({ kind: 'cut', afterBytes });
      const broken = await chat({ ...STREAM, max_tokens: 20 });
      assert.deepEqual([broken.whole, broken.text.length], [false, Math.min(afterBytes, whole.text.length)]);
    }
  }));

test('play: a JSON answer is cut in its middle, or after so many bytes, never after all of them', () =>
  withSimulator(async ({ chat, addFault }) => {
    const whole = await chat(HELLO);
    for (const afterBytes of [null, 10, 1_000_000]) {
      await addFault({ kind: 'cut', afterBytes });
      const broken = await chat(HELLO);
      assert.equal(broken.status, 200);
      assert.equal(broken.headers['content-length'], String(whole.text.length));
      assert.equal(broken.whole, false);
      assert.equal(
        broken.text.length,
        Math.min(afterBytes ?? Math.floor(whole.text.length / 2), whole.text.length - 1),
      );
    }
  }));

for (const body of [HELLO, STREAM]) {
  test(`play: a cut before the body leaves a head and nothing after it (stream: ${'stream' in body})`, () =>
    withSimulator(async ({ chat, addFault }) => {
      await addFault({ kind: 'cut-before-body' });
      const broken = await chat(body);
      assert.deepEqual([broken.status, broken.text, broken.whole], [200, '', false]);
      assert.ok(broken.headers['apim-request-id']);
    }));
}

test('play: when the client leaves, generation stops and nothing stays behind', () =>
  withSimulator(
    async ({ chat, clock, lines }) => {
      let leave = (): void => {};
      const answer = chat(STREAM, {
        onRequest: (sent) => (leave = () => sent.destroy()),
        onData: () => leave(),
      });
      await answer;
      await until('the request was over', () => lines.length === 1);
      assert.equal(lines[0]?.status, 499);
      assert.equal(clock.pending, 0);
    },
    { latency: { firstTokenMs: 100, perTokenMs: 80 } },
  ));

test('play: when the client leaves before a slow answer, its wait is dropped', () =>
  withSimulator(
    async ({ chat, clock, lines }) => {
      let leave = (): void => {};
      const answer = chat(HELLO, { onRequest: (sent) => (leave = () => sent.destroy()) });
      await until('the wait began', () => clock.pending === 1);
      leave();
      await answer;
      await until('the wait was dropped', () => clock.pending === 0);
      assert.equal(lines[0]?.status, 499);
    },
    { latency: { firstTokenMs: 100, perTokenMs: 80 } },
  ));

/** A connection without a network: its peer takes each write at once, or when told to. */
class Wire extends Socket {
  readonly taken: string[] = [];
  readonly #eager: boolean;
  readonly #onTaken: () => void;
  #held: (() => void) | null = null;

  constructor(eager: boolean, onTaken: () => void = () => {}) {
    super();
    this.#eager = eager;
    this.#onTaken = onTaken;
  }

  override _write(chunk: Buffer | string, _encoding: string, callback: () => void): void {
    this.taken.push(chunk.toString());
    this.#onTaken();
    if (this.#eager) callback();
    else this.#held = callback;
  }

  override _writev(chunks: { chunk: Buffer | string }[], callback: () => void): void {
    this._write(chunks.map(({ chunk }) => chunk.toString()).join(''), 'utf8', callback);
  }

  /** @returns whether a write was waiting to be taken. */
  release(): boolean {
    const held = this.#held;
    this.#held = null;
    held?.();
    return held !== null;
  }
}

function responseOn(wire: Wire): ServerResponse {
  const request = new IncomingMessage(wire);
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 1;
  const response = new ServerResponse(request);
  response.assignSocket(wire);
  // What a server does for each of its sockets.
  wire.on('drain', () => response.emit('drain'));
  return response;
}

function streamOf(tokens: number, pace: Latency): Reply {
  const words = Array.from({ length: tokens }, (_, i) => ` word${i}`);
  const events = new ChatEvents(
    [{ tokens: words, finish: 'stop', call: null, plain: true }],
    { id: 'chatcmpl-1', created: 1, model: 'gpt-4o', promptTokens: 1 },
    false,
  );
  return {
    kind: 'answer',
    status: 200,
    statusText: null,
    headers: ['content-type', 'text/event-stream'],
    body: { kind: 'events', events, pace },
    cut: null,
    waitMs: 0,
    deployment: 'chat',
    fault: null,
  };
}

const PACES: ReadonlyArray<
  readonly [name: string, pace: Latency, writes: ReadonlyArray<readonly [atMs: number, words: number]>]
> = [
  [
    'preamble at once, then each token in its time',
    { firstTokenMs: 100, perTokenMs: 10 },
    [
      [0, 0],
      [100, 1],
      [110, 1],
      [120, 1],
      [130, 1],
      [140, 1],
    ],
  ],
  [
    'fast tokens some at a time',
    { firstTokenMs: 10, perTokenMs: 2 },
    [
      [0, 0],
      [10, 1],
      [14, 2],
      [18, 2],
    ],
  ],
  ['all at once without latency', { firstTokenMs: 0, perTokenMs: 0 }, [[0, 5]]],
];

for (const [name, pace, writes] of PACES) {
  test(`play: a stream keeps its pace: ${name}`, async () => {
    const clock = new FakeClock(0);
    const seen: [number, number][] = [];
    const wire = new Wire(true, () => seen.push([clock.nowMs(), wire.taken.at(-1)?.match(/ word/g)?.length ?? 0]));
    let status: number | null = null;
    play(streamOf(5, pace), responseOn(wire), clock, (sent) => (status = sent));
    // node hands writes to the socket when the turn ends, so each millisecond has a turn of its own.
    for (let ms = 0; ms < 200; ms++) {
      await until('a turn', () => wire.writableLength === 0);
      clock.advance(1);
    }
    const byTime = Map.groupBy(seen, ([atMs]) => atMs);
    assert.deepEqual(
      [...byTime].map(([atMs, group]) => [atMs, group.reduce((sum, [, words]) => sum + words, 0)]),
      writes,
    );
    assert.equal(status, 200);
    assert.equal(clock.pending, 0);
  });
}

test('play: a reader that does not read holds the generation up, and loses nothing', async () => {
  const wire = new Wire(false);
  const response = responseOn(wire);
  let status: number | null = null;
  play(streamOf(20_000, { firstTokenMs: 0, perTokenMs: 0 }), response, new FakeClock(), (sent) => (status = sent));
  assert.equal(status, null);
  let largest = 0;
  while (status === null) {
    largest = Math.max(largest, response.writableLength);
    await until('a write waited', () => wire.release());
  }
  assert.ok(largest > 0 && largest < 100_000, `${largest} bytes were waiting`);
  await until('the end was taken', () => !wire.release() && (wire.taken.at(-1)?.includes('[DONE]') ?? false));
  assert.equal(wire.taken.join('').match(/"content":" word/g)?.length, 20_000);
});
