import assert from 'node:assert/strict';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, connect, Socket } from 'node:net';
import { test } from 'node:test';
import type { Answer, Pace, Reply, StreamEvents } from '@spillway/azure-model';
import { FakeClock } from '@spillway/clock';
import { play } from './play.ts';
import { eventsIn, HELLO, type Received, STREAM, send, until, withSimulator, wordsIn } from './testing.ts';

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

  override resetAndDestroy(): this {
    return this.destroy();
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

/** A stream of so many words, each an event. */
class Words implements StreamEvents {
  readonly choices = 1;
  readonly contentEvents: number;

  constructor(contentEvents: number) {
    this.contentEvents = contentEvents;
  }

  preamble(): string {
    return 'data: {"role":"assistant"}\n\n';
  }

  content(from: number, to: number): string {
    let events = '';
    for (let i = from; i < to; i++) events += `data: {"content":" word${i}","padding":"some bytes more"}\n\n`;
    return events;
  }

  ending(): string {
    return 'data: [DONE]\n\n';
  }
}

const AT_ONCE: Pace = { headersMs: 0, firstTokenMs: 0, perTokenMs: 0 };

function streamOf(tokens: number, pace: Pace): Answer {
  return {
    kind: 'answer',
    status: 200,
    statusText: null,
    headers: ['content-type', 'text/event-stream'],
    body: { kind: 'events', events: new Words(tokens), pace },
    cut: null,
    waitMs: 0,
    deployment: 'chat',
    fault: null,
    work: null,
    metered: null,
  };
}

const PACES: ReadonlyArray<
  readonly [name: string, pace: Pace, writes: ReadonlyArray<readonly [atMs: number, words: number]>]
> = [
  [
    'preamble at once, then each token in its time',
    { headersMs: 0, firstTokenMs: 100, perTokenMs: 10 },
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
    { headersMs: 0, firstTokenMs: 10, perTokenMs: 2 },
    [
      [0, 0],
      [10, 1],
      [14, 2],
      [18, 2],
    ],
  ],
  ['all at once without latency', AT_ONCE, [[0, 5]]],
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
  play(streamOf(20_000, AT_ONCE), response, new FakeClock(), (sent) => (status = sent));
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

/** Words that take 10 ms each. */
const PACED = streamOf(5, { headersMs: 0, firstTokenMs: 10, perTokenMs: 10 });
const TEXT: Answer = { ...PACED, headers: ['content-type', 'text/plain'], body: { kind: 'text', text: 'some text' } };
const CUT = { kind: 'inBody', afterEvents: 2, afterBytes: null } as const;
const NO_ANSWER = { waitMs: 20, deployment: 'chat', fault: null, work: null, metered: null };

/** @property leavesAfterMs when the client leaves; null: never. */
interface Ending {
  readonly reply: Reply;
  readonly leavesAfterMs: number | null;
  readonly status: number | null;
  readonly shownEvents: number | null;
}

function ending(
  reply: Reply,
  status: number | null,
  shownEvents: number | null = null,
  leavesAfterMs: number | null = null,
): Ending {
  return { reply, leavesAfterMs, status, shownEvents };
}

const ENDINGS: Readonly<Record<string, Ending>> = {
  'a text at once': ending(TEXT, 200),
  'a text after a wait': ending({ ...TEXT, waitMs: 20 }, 200),
  'a text whose client leaves within the wait': ending({ ...TEXT, waitMs: 20 }, 499, null, 15),
  'a text whose client left before': ending({ ...TEXT, waitMs: 20 }, 499, null, 0),
  'a text that is cut': ending({ ...TEXT, cut: CUT }, 200),
  'a text that is cut before its first byte': ending({ ...TEXT, cut: { kind: 'beforeBody' } }, 200),
  'a text in a chunk that is none': ending({ ...TEXT, cut: { kind: 'invalidChunk', afterEvents: 1 } }, 200),
  'a stream': ending(PACED, 200),
  'a stream after a wait': ending({ ...PACED, waitMs: 20 }, 200),
  'a stream whose client leaves within the wait': ending({ ...PACED, waitMs: 20 }, 499, null, 15),
  'a stream whose client leaves in the middle': ending(PACED, 499, 3, 35),
  'a stream that is cut': ending({ ...PACED, cut: CUT }, 200, 2),
  'a stream that is cut after so many bytes': ending({ ...PACED, cut: { ...CUT, afterBytes: 150 } }, 200, 3),
  'a stream that is cut after all its bytes': ending({ ...PACED, cut: { ...CUT, afterBytes: 99_999 } }, 200, 5),
  'a stream that is cut before its first byte': ending({ ...PACED, cut: { kind: 'beforeBody' } }, 200),
  'a stream with a chunk that is none': ending({ ...PACED, cut: { kind: 'invalidChunk', afterEvents: 4 } }, 200, 4),
  'a reset': ending({ ...NO_ANSWER, kind: 'reset' }, null),
  'a reset whose client leaves before': ending({ ...NO_ANSWER, kind: 'reset' }, null, null, 15),
  'a hang, when its client leaves': ending({ ...NO_ANSWER, kind: 'hang' }, null, null, 90),
};

for (const [name, { reply, leavesAfterMs, status, shownEvents }] of Object.entries(ENDINGS)) {
  test(`play: the work ends once, and nothing stays behind: ${name}`, async () => {
    const clock = new FakeClock(0);
    const ends: (number | null)[] = [];
    const work = { usage: null, end: (_nowMs: number, shown: number | null) => ends.push(shown) };
    const statuses: (number | null)[] = [];
    const wire = new Wire(true);
    const response = responseOn(wire);
    if (leavesAfterMs === 0) {
      wire.destroy();
      await until('the connection is gone', () => response.closed);
    }
    const headers = reply.kind === 'answer' ? { headers: [...reply.headers] } : {};
    play({ ...reply, ...headers, work }, response, clock, (sent) => statuses.push(sent));
    for (let ms = 5; ms <= 100; ms += 5) {
      await until('what was written is taken', () => wire.writableLength === 0);
      if (ms === leavesAfterMs) wire.destroy();
      await until('a turn', () => true);
      clock.advance(5);
    }
    wire.destroy();
    await until('the connection is gone', () => response.closed);
    assert.deepEqual([ends, statuses, clock.pending], [[shownEvents], [status], 0]);
  });
}

/** What a client gets of a reply over a real connection. */
async function received(reply: Reply): Promise<Received> {
  const server = createServer((_request, response) => play(reply, response, new FakeClock(), () => {}));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    const { port } = server.address() as AddressInfo;
    return await send(`http://127.0.0.1:${port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('play: a chunk whose length is no number breaks a text in its middle, and a stream after its events', async () => {
  const cut = { kind: 'invalidChunk', afterEvents: 2 } as const;
  const text: Answer = { ...TEXT, headers: [...TEXT.headers], cut };
  for (const [reply, before] of [
    [text, /\r\n\r\n4\r\nsome\r\nno length\r\n$/],
    [{ ...streamOf(5, AT_ONCE), cut }, / word1","padding":"some bytes more"}\n\n\r\nno length\r\n$/],
  ] as const) {
    const client = await received({ ...reply, headers: [...reply.headers] });
    assert.deepEqual([client.status, client.whole, client.errorCode], [200, false, 'HPE_INVALID_CHUNK_SIZE']);
    const wire = new Wire(true);
    play(reply, responseOn(wire), new FakeClock(), () => {});
    await until('the connection is gone', () => wire.destroyed);
    assert.match(wire.taken.join(''), before);
  }
});

test('play: an outage resets every connection, and is over when its time is', () =>
  withSimulator(async ({ chat, addFault, clock, lines }) => {
    await addFault({ kind: 'outage', startMs: 10_000, lengthMs: 60_000 });
    const seen: (number | null)[] = [];
    for (const ms of [0, 10_000, 30_000, 30_000]) {
      clock.advance(ms);
      seen.push((await chat(HELLO)).status);
    }
    assert.deepEqual(seen, [200, null, null, 200]);
    assert.deepEqual(
      lines.map(({ fault }) => fault),
      [null, 'outage', 'outage', null],
    );
  }));

test('play: an error in a stream comes with status 200, and the stream ends properly', () =>
  withSimulator(async ({ chat, addFault }) => {
    await addFault({ kind: 'in-stream-error', error: 'overloaded', afterEvents: 2 });
    const { status, text, whole } = await chat(STREAM);
    const events = eventsIn(text);
    assert.deepEqual([status, whole, text.includes('[DONE]')], [200, true, false]);
    assert.match(events.at(-1).error.message, /currently overloaded/);
    assert.equal(events.slice(0, -1).filter((event) => event.choices[0]?.delta.content).length, 2);
  }));

test('play: garbage comes as a page, as JSON that ends early, and as text that is none', () =>
  withSimulator(async ({ chat, addFault }) => {
    await addFault({ kind: 'garbage', variant: 'html', status: 502 });
    const page = await chat(HELLO);
    assert.deepEqual([page.status, page.headers['content-type']], [502, 'text/html; charset=utf-8']);
    for (const variant of ['truncated-json', 'not-json']) {
      await addFault({ kind: 'garbage', variant });
      const { status, text, whole } = await chat(HELLO);
      assert.deepEqual([status, whole], [200, true]);
      assert.throws(() => JSON.parse(text), SyntaxError);
    }
  }));

test('play: a pool without capacity says when to come back', () =>
  withSimulator(async ({ chat, addFault }) => {
    await addFault({ kind: 'capacity', retryAfterSeconds: 3 });
    const { status, headers, text } = await chat(HELLO);
    assert.deepEqual([status, headers['retry-after'], headers['retry-after-ms']], [429, '3', '3000']);
    assert.equal(JSON.parse(text).error.code, 'no_capacity');
  }));

test('play: a slow answer takes so many times as long', () =>
  withSimulator(
    async ({ chat, addFault, clock, lines }) => {
      await addFault({ kind: 'slow', factor: 20 });
      const answer = chat(HELLO);
      await until('the wait began', () => clock.pending === 1);
      clock.advance(1999);
      assert.equal(lines.length, 0);
      clock.advance(10);
      assert.equal((await answer).status, 200);
    },
    { latency: { firstTokenMs: 100, perTokenMs: 0, perPromptTokenMs: 0, spread: 0 } },
  ));

/** As a client sends that does not wait for the answers before. */
function textOf(key: string, path: string): string {
  const body = JSON.stringify(HELLO);
  return `POST ${path} HTTP/1.1\r\nhost: x\r\napi-key: ${key}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

const BREAKING: ReadonlyArray<readonly [fault: object, answers: number]> = [
  [{ kind: 'reset' }, 0],
  [{ kind: 'cut' }, 2],
  [{ kind: 'cut-before-body' }, 2],
  [{ kind: 'garbage', variant: 'invalid-chunk' }, 2],
];

for (const [fault, answers] of BREAKING) {
  test(`play: an answer behind another one on its connection breaks too: ${JSON.stringify(fault)}`, () =>
    withSimulator(
      async ({ simulator, addFault, clock, lines }) => {
        await addFault({ ...fault, deployment: 'second' });
        const { url = '', key = '' } = simulator.resources[0] ?? {};
        const { promise, resolve } = Promise.withResolvers<string>();
        let text = '';
        const socket = connect(Number(new URL(url).port), '127.0.0.1');
        socket.on('error', () => {}).on('close', () => resolve(text));
        socket.on('data', (bytes) => (text += bytes.toString()));
        const pathOf = (name: string): string => `/openai/deployments/${name}/chat/completions?api-version=2024-10-21`;
        socket.write(textOf(key, pathOf('first')) + textOf(key, pathOf('second')));
        while (lines.length < 2 && !socket.destroyed) {
          await new Promise(setImmediate);
          clock.advance(100);
        }
        assert.equal((await promise).split('HTTP/1.1 200').length - 1, answers);
      },
      {
        latency: { firstTokenMs: 1000, perTokenMs: 0 },
        deployments: [
          { name: 'first', model: 'gpt-4o', capacity: 30 },
          { name: 'second', model: 'gpt-4o', capacity: 30 },
        ],
      },
    ));
}
