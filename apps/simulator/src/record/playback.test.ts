import assert from 'node:assert/strict';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { Playback } from './playback.ts';
import { Tape } from './tape.ts';

function played(text: string, pieces = 1) {
  const clock = new FakeClock();
  const heard: unknown[] = [];
  const size = Math.ceil(text.length / pieces);
  const chunks = Array.from({ length: pieces }, (_, i) => {
    return { atMs: 100, bytes: Buffer.from(text.slice(i * size, (i + 1) * size)) };
  });
  const tape = Tape.of({ status: 200, statusText: '', headers: [], atMs: 40 }, chunks);
  const work = {
    used: (tokens: number) => heard.push(`used ${tokens}`),
    end: (nowMs: number, shown: number | null) => heard.push(`end ${nowMs === clock.nowMs()} ${shown}`),
  };
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const settings = { tape, headers: () => [], speed: 1, clock, work };
  return { clock, heard, tape, response, playback: new Playback(settings, response, (status) => heard.push(status)) };
}

const USAGE = '{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":42,"total_tokens":45}}';

for (const [name, text, pieces] of [
  ['an answer', USAGE, 1],
  ['an answer longer than what is looked at', `{"x":"${'y'.repeat(40_000)}",${USAGE.slice(1)}`, 1],
  ['a stream', `data: ${'{}\n\n'.repeat(9000)}data: ${USAGE}\n\ndata: [DONE]\n\n`, 300],
] as const) {
  test(`Playback: the deployment is told what ${name} used, then that it is over`, () => {
    const { clock, heard, playback } = played(text, pieces);
    playback.begin();
    clock.advance(39);
    assert.deepEqual(heard, []);
    clock.advance(61);
    assert.deepEqual(heard, ['used 42', 'end true null', 200]);
    assert.equal(clock.pending, 0);
  });
}

test('Playback: an answer that says nothing of its usage is only over', () => {
  const { clock, heard, playback } = played('{}');
  playback.begin();
  clock.advance(100);
  assert.deepEqual(heard, ['end true null', 200]);
});

test('Playback: a client that leaves in the middle ends it once, and no timer stays', () => {
  const { clock, heard, playback, response, tape } = played('{}');
  playback.begin();
  clock.advance(50);
  response.emit('close');
  response.emit('close');
  assert.deepEqual([heard, clock.pending, tape.deserted], [['end true null', 499], 0, true]);
});

test('Playback: a client that has left before it begins is sent nothing', () => {
  const { heard, playback, response } = played('{}');
  Object.defineProperty(response, 'closed', { value: true });
  playback.begin();
  assert.deepEqual([heard, response.headersSent], [['end true null', 499], false]);
});
