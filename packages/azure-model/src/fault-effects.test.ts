import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { applyFault, failureOf, noAnswerOf } from './fault-effects.ts';
import { FAULT_KINDS, type FaultSpec, Faults, readFault } from './faults.ts';
import type { Answer } from './reply.ts';
import { answered, headersOf, testRequest, testResource } from './testing.ts';

function spec(fields: Record<string, unknown>): FaultSpec {
  const read = readFault(fields, new Map([['openai1', ['chat']]]));
  if (read.kind === 'errors') throw new Error(read.errors.join('; '));
  return read.spec;
}

const HELLO = { messages: [{ role: 'user', content: 'Hello' }], max_tokens: 8 };
const latency = { firstTokenMs: 100, perTokenMs: 10, headersMs: 40 };

/** A served answer, as it is before a fault. */
function served(body: object): Answer {
  return answered(testResource(seededUnit, { latency }, { faults: new Faults() }), testRequest(body));
}

function streamed(): Answer {
  return served({ ...HELLO, stream: true });
}

/** The whole of a stream, as one text. */
function textOf({ body }: Answer): string {
  if (body.kind === 'text') return body.text;
  if (body.kind === 'bytes') throw new Error('not a text');
  const { events } = body;
  return events.preamble() + events.content(0, events.contentEvents) + events.ending();
}

function wordsIn(text: string): number {
  return text.match(/"delta":\{"content":"[^"]/g)?.length ?? 0;
}

test('noAnswerOf: an outage resets as a reset does, and is called by its own name', () => {
  assert.deepEqual(noAnswerOf(spec({ kind: 'outage', delayMs: 5 }), 'chat'), {
    kind: 'reset',
    waitMs: 5,
    deployment: 'chat',
    fault: 'outage',
    work: null,
    metered: null,
  });
  assert.equal(noAnswerOf(spec({ kind: 'reset' }), null)?.kind, 'reset');
  assert.equal(noAnswerOf(spec({ kind: 'hang' }), null)?.kind, 'hang');
});

test('noAnswerOf, failureOf: each kind does one thing', () => {
  const extra: Record<string, object> = { delay: { delayMs: 1 } };
  const done = FAULT_KINDS.map((kind) => {
    const fault = spec({ kind, ...extra[kind] });
    if (noAnswerOf(fault, null) !== null) return `${kind} no answer`;
    return failureOf(fault) === null ? `${kind} served` : `${kind} failed`;
  });
  assert.deepEqual(done, [
    'status failed',
    'delay served',
    'reset no answer',
    'hang no answer',
    'cut served',
    'cut-before-body served',
    'outage no answer',
    'slow served',
    'in-stream-error served',
    'garbage served',
    'capacity failed',
  ]);
});

test('failureOf: want of capacity is a 429 that says how long to wait, in text and headers', () => {
  const failure = failureOf(spec({ kind: 'capacity', retryAfterSeconds: 7 }));
  assert.equal(failure?.status, 429);
  assert.deepEqual(failure?.headers, { 'retry-after': '7', 'retry-after-ms': '7000' });
  const { error } = JSON.parse(failure?.body ?? '');
  assert.deepEqual([error.type, error.code], ['too_many_requests', 'no_capacity']);
  assert.match(
    error.message,
    /^The system is currently experiencing high demand .* Please retry after 7 seconds\. For/,
  );
});

test('failureOf: a page comes with its status and as what it is', () => {
  const failure = failureOf(spec({ kind: 'garbage', variant: 'html', status: 502 }));
  assert.deepEqual([failure?.status, failure?.headers], [502, { 'content-type': 'text/html; charset=utf-8' }]);
  assert.match(failure?.body ?? '', /^<!DOCTYPE html>/);
});

test('applyFault: every time of a slow answer is so many times as long, and the delay comes on top', () => {
  const fast = streamed();
  const slow = applyFault(fast, spec({ kind: 'slow', factor: 5, delayMs: 3 }), false);
  assert.equal(slow.waitMs, fast.waitMs * 5 + 3);
  assert.ok(fast.body.kind === 'events' && slow.body.kind === 'events' && fast.waitMs > 0);
  for (const time of ['headersMs', 'firstTokenMs', 'perTokenMs'] as const) {
    assert.equal(slow.body.pace[time], fast.body.pace[time] * 5);
  }
  const whole = served(HELLO);
  assert.equal(applyFault(whole, spec({ kind: 'slow', factor: 5 }), false).waitMs, whole.waitMs * 5);
});

for (const afterEvents of [0, 1, 3, 1000]) {
  test(`applyFault: a stream ends in an error after ${afterEvents} content events or all, with no end mark`, () => {
    const fault = spec({ kind: 'in-stream-error', error: 'no_capacity', afterEvents });
    const answer = applyFault(streamed(), fault, false);
    const text = textOf(answer);
    assert.deepEqual([answer.status, answer.fault], [200, 'in-stream-error']);
    assert.equal(wordsIn(text), Math.min(afterEvents, 8));
    assert.equal(text.includes('[DONE]') || text.includes('"finish_reason":"'), false);
    const last = text.split('\n\n').at(-2) ?? '';
    assert.equal(JSON.parse(last.slice('data: '.length)).error.code, 'no_capacity');
  });
}

test('applyFault: what a stream did not show before its error was not generated', () => {
  const ends: (number | null)[] = [];
  const work = { usage: null, end: (_nowMs: number, shownEvents: number | null) => ends.push(shownEvents) };
  const answer = applyFault({ ...streamed(), work }, spec({ kind: 'in-stream-error', afterEvents: 3 }), false);
  answer.work?.end(0, null);
  answer.work?.end(0, 2);
  assert.deepEqual(ends, [3, 2]);
});

test('applyFault: in a stream of responses the error has the shape of that API', () => {
  const fault = spec({ kind: 'in-stream-error', error: 'no_capacity', afterEvents: 0 });
  const last =
    textOf(applyFault(streamed(), fault, true))
      .split('\n\n')
      .at(-2) ?? '';
  const [name, data] = last.split('\n');
  assert.equal(name, 'event: error');
  assert.deepEqual(JSON.parse(data?.slice('data: '.length) ?? ''), {
    type: 'error',
    error: {
      type: 'too_many_requests',
      code: 'no_capacity',
      headers: { 'skip-error-remapping': 'true' },
      message:
        'The system is currently experiencing high demand and cannot process your request. Your request exceeds the maximum usage size allowed during peak load. For improved capacity reliability, consider switching to Provisioned Throughput.',
      param: null,
    },
  });
});

test('applyFault: an error of a stream is a status where nothing is streamed', () => {
  const wants = [
    ['server_error', 500, undefined],
    ['no_capacity', 429, '20'],
    ['overloaded', 503, undefined],
  ] as const;
  for (const [error, status, retryAfter] of wants) {
    const answer = applyFault(served(HELLO), spec({ kind: 'in-stream-error', error }), false);
    assert.deepEqual([answer.status, headersOf(answer)['retry-after']], [status, retryAfter]);
    assert.ok(JSON.parse(textOf(answer)).error.message);
  }
});

test('applyFault: an overloaded model names the request', () => {
  const answer = applyFault(served(HELLO), spec({ kind: 'in-stream-error', error: 'overloaded' }), false);
  assert.ok(textOf(answer).includes(`request ID ${headersOf(answer)['apim-request-id']} in your`));
});

test('applyFault: what is refused anyway is not refused otherwise', () => {
  const refused = answered(testResource(seededUnit), testRequest(HELLO, { headers: { 'api-key': 'wrong' } }));
  const answer = applyFault(refused, spec({ kind: 'in-stream-error' }), false);
  assert.deepEqual([answer.status, textOf(answer)], [401, textOf(refused)]);
});

test('applyFault: a JSON body ends in its middle', () => {
  const whole = served(HELLO);
  const text = textOf(applyFault(whole, spec({ kind: 'garbage' }), false));
  assert.ok(textOf(whole).startsWith(text) && text.length > 100);
  assert.throws(() => JSON.parse(text), SyntaxError);
});

for (const afterEvents of [0, 3, 1000]) {
  test(`applyFault: a stream breaks off within an event after ${afterEvents} of them or all`, () => {
    const text = textOf(applyFault(streamed(), spec({ kind: 'garbage', afterEvents }), false));
    const events = text.split('\n\n').slice(0, -1);
    const broken = events.at(-1) ?? '';
    assert.equal(wordsIn(events.slice(0, -1).join('')), Math.min(afterEvents, 8));
    assert.ok(broken.startsWith('data: {'));
    assert.throws(() => JSON.parse(broken.slice('data: '.length)), SyntaxError);
  });

  test(`applyFault: a stream goes on after an event without JSON after ${afterEvents} of them or all`, () => {
    const whole = textOf(streamed());
    const text = textOf(applyFault(streamed(), spec({ kind: 'garbage', variant: 'not-json', afterEvents }), false));
    const at = text.indexOf('data: no JSON');
    assert.equal(wordsIn(text.slice(0, at)), Math.min(afterEvents, 8));
    assert.equal(wordsIn(text), 8);
    assert.equal(text.replace(/data: no JSON.*\n\n/, '').length, whole.length);
  });
}

test('applyFault: a stream sent event by event holds the foreign event once', () => {
  const answer = applyFault(streamed(), spec({ kind: 'garbage', variant: 'not-json', afterEvents: 3 }), false);
  assert.ok(answer.body.kind === 'events');
  const { events } = answer.body;
  const pieces = Array.from({ length: events.contentEvents }, (_, i) => events.content(i, i + 1));
  assert.deepEqual(
    pieces.flatMap((piece, i) => (piece.includes('no JSON') ? [i] : [])),
    [3],
  );
  assert.equal(pieces.join(''), events.content(0, events.contentEvents));
});

test('applyFault: cuts and broken chunks say where', () => {
  const cutOf = (fields: Record<string, unknown>) => applyFault(streamed(), spec(fields), false).cut;
  assert.deepEqual(cutOf({ kind: 'cut-before-body' }), { kind: 'beforeBody' });
  assert.deepEqual(cutOf({ kind: 'cut', afterEvents: 4 }), { kind: 'inBody', afterEvents: 4, afterBytes: null });
  assert.deepEqual(cutOf({ kind: 'garbage', variant: 'invalid-chunk' }), { kind: 'invalidChunk', afterEvents: 1 });
  assert.equal(cutOf({ kind: 'delay', delayMs: 1 }), null);
});
