import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import type { GatewayEvent } from './events.ts';
import { onceAMinute, PROBLEMS_MAX, REPEAT_MS_MIN } from './recurring.ts';

function told() {
  const clock = new FakeClock();
  const events: GatewayEvent[] = [];
  const emit = onceAMinute((event) => events.push(event), clock);
  const meet = (subject: string) => emit({ kind: 'operatorProblem', subject, message: 'check its key' });
  const messages = () =>
    events.map((event) => (event.kind === 'operatorProblem' ? `${event.subject}: ${event.message}` : event.kind));
  return { clock, emit, meet, messages };
}

test('onceAMinute: a problem is told at once, then once a minute with the times it was met in between', () => {
  const { clock, meet, messages } = told();
  for (let i = 0; i < 4; i++) meet('openai1');
  meet('openai2');
  clock.advance(REPEAT_MS_MIN);
  meet('openai1');
  meet('openai2');
  assert.deepEqual(messages(), [
    'openai1: check its key',
    'openai2: check its key',
    'openai1: check its key (met 3 more times since last told)',
    'openai2: check its key',
  ]);
});

test('onceAMinute: other events pass, however many', () => {
  const { emit, messages } = told();
  for (let i = 0; i < 3; i++) emit({ kind: 'notice', message: 'hello' });
  assert.equal(messages().length, 3);
});

test('onceAMinute: past the problems it remembers each is told, and room is made in time', () => {
  const { clock, meet, messages } = told();
  for (let i = 0; i < PROBLEMS_MAX; i++) meet(`backend${i}`);
  for (let i = 0; i < 3; i++) meet('one more');
  assert.equal(messages().length, PROBLEMS_MAX + 3);
  clock.advance(REPEAT_MS_MIN);
  for (let i = 0; i < 3; i++) meet('one more');
  assert.equal(messages().length, PROBLEMS_MAX + 4);
});
