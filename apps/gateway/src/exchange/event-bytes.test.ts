import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EventBytes, type StreamDialect, streamDialectOf } from './event-bytes.ts';

const DELTA = 'data: {"choices":[{"delta":{"content":"Grüße 😀"}}]}';
const FAILURE = { code: 'upstream_broken', message: 'The backend broke off.' };

function bytesOf(dialect: StreamDialect = 'chat', dropsUsage = false): EventBytes {
  return new EventBytes({ dialect, ids: null, dropsUsage });
}

/** What of a text, in pieces cut at these bytes, has gone out by its end. */
function passed(events: EventBytes, text: string, cuts: readonly number[]): string {
  const bytes = Buffer.from(text);
  const out: Buffer[] = [];
  let from = 0;
  for (const to of [...cuts, bytes.length].sort((a, b) => a - b)) {
    out.push(events.add(bytes.subarray(from, to)));
    from = to;
  }
  return Buffer.concat(out).toString();
}

for (const [name, end] of [
  ['LF', '\n'],
  ['CR LF', '\r\n'],
] as const) {
  test(`EventBytes: with ${name}, wherever chunks are cut, whole events go out and a half one at the break is left out (seed 21)`, () => {
    const whole = `${DELTA}${end}${end}`.repeat(3);
    fc.assert(
      fc.property(fc.array(fc.nat(Buffer.byteLength(whole)), { maxLength: 8 }), (cuts) => {
        const events = bytesOf();
        const out = passed(events, `${whole}data: {"choices":[{"del`, cuts);
        assert.equal(out, whole);
        assert.equal(events.ending(), null);
        assert.match(events.broken(FAILURE).toString(), /^data: \{"error":\{.*"code":"upstream_broken"\}\}\n\n$/);
      }),
      { seed: 21 },
    );
  });
}

test('EventBytes: each dialect is told in its own words', () => {
  const error = { message: FAILURE.message, type: 'server_error', param: null, code: FAILURE.code };
  const words = (dialect: StreamDialect) => bytesOf(dialect).broken(FAILURE).toString();
  assert.equal(words('chat'), `data: ${JSON.stringify({ error })}\n\n`);
  assert.equal(words('runs'), `event: error\ndata: ${JSON.stringify({ error })}\n\n`);
  assert.match(
    words('responses'),
    /^event: error\ndata: \{"type":"error","sequence_number":0,"code":"upstream_broken"/,
  );
});

test('EventBytes: of Responses the number goes on, also after a comment, and whatever the text says', () => {
  const events = bytesOf('responses');
  events.add(Buffer.from('data: {"type":"response.created","sequence_number":0}\n\n'));
  const delta = { type: 'response.output_text.delta', sequence_number: 41, delta: '"sequence_number":99' };
  events.add(Buffer.from(`data: ${JSON.stringify(delta)}\n\n`));
  events.add(Buffer.from(': keep-alive\n\n'));
  assert.match(events.broken(FAILURE).toString(), /"sequence_number":42,/);
});

const ENDINGS: ReadonlyArray<readonly [what: string, last: string, kind: string | null]> = [
  ['[DONE]', 'data: [DONE]\n\n', 'whole'],
  ['[DONE] without its blank line', 'data: [DONE]\n', null],
  [
    'a terminal event',
    'event: response.completed\ndata: {"type":"response.completed","response":{"error":null}}\n\n',
    'whole',
  ],
  ['an error of its own', 'data: {"error":{"code":"server_error","message":"no"}}\n\n', 'failed'],
  ['an error event', 'event: error\ndata: {"type":"error","code":"no_capacity"}\n\n', 'failed'],
  ['the end of a run', 'event: done\ndata: [DONE]\n\n', 'whole'],
  ['text about an end', 'data: {"choices":[{"delta":{"content":"data: [DONE] \\"error\\":{}"}}]}\n\n', null],
];

for (const [what, last, kind] of ENDINGS) {
  test(`EventBytes: a stream whose last is ${what} ${kind === null ? 'has not ended' : `has ended: ${kind}`}`, () => {
    for (const behind of last.endsWith('\n\n') ? ['', ': p\n\n'] : ['']) {
      const events = bytesOf('responses');
      events.add(Buffer.from(`${DELTA}\n\n`));
      events.add(Buffer.from(last));
      if (behind !== '') events.add(Buffer.from(behind));
      assert.equal(events.ending()?.kind ?? null, kind);
    }
  });
}

test('EventBytes: the event that tells usage is left out where the gateway asked for it, and no other (seed 22)', () => {
  const plain = `${DELTA}\n\ndata: {"choices":[{"delta":{}}],"usage":null}\n\n`;
  const usage = 'data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":5}}\n\n';
  const end = 'data: [DONE]\n\n';
  fc.assert(
    fc.property(fc.array(fc.nat(Buffer.byteLength(plain + usage + end)), { maxLength: 8 }), (cuts) => {
      assert.equal(passed(bytesOf('chat', true), plain + usage + end, cuts), plain + end);
      assert.equal(passed(bytesOf('chat', false), plain + usage + end, cuts), plain + usage + end);
    }),
    { seed: 22 },
  );
});

test('streamDialectOf: by the name of the operation', () => {
  assert.deepEqual(['responses', 'threads', 'chat.completions', 'audio'].map(streamDialectOf), [
    'responses',
    'runs',
    'chat',
    'chat',
  ]);
});
