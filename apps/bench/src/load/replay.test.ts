import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RECORDED_MAX, recordedOf, traceOf } from './replay.ts';

const HELLO = [{ role: 'user', content: 'Hello' }];

test('recordedOf: a JSON array of message lists, as azure-openai-benchmark takes it', () => {
  assert.deepEqual(recordedOf(JSON.stringify([HELLO, HELLO]), 'r.json'), [
    { messages: HELLO, atMs: null },
    { messages: HELLO, atMs: null },
  ]);
});

test('recordedOf: lines of JSON with times, in the order of time, from the first', () => {
  const text = `{"at":"2026-11-21T12:00:02Z","messages":${JSON.stringify(HELLO)}}\n\n{"at":1795262401000,"messages":${JSON.stringify(HELLO)}}\n`;
  const recorded = recordedOf(text, 'r.jsonl');
  assert.equal(recorded.length, 2);
  const trace = traceOf(recorded, 'r.jsonl');
  assert.ok((trace[1] ?? 0) > (trace[0] ?? 0), trace.join(' '));
});

const BAD: ReadonlyArray<readonly [name: string, text: string, error: RegExp]> = [
  ['no JSON', '[', /r\.json: is not JSON; give/],
  ['no JSON in a line', '{"messages":[{"role":"user","content":""}]}\nx', /r\.json, line 2: is not JSON/],
  ['nothing', '', /holds no messages/],
  ['an empty array', '[]', /holds no messages/],
  ['an empty list', '[[]]', /list 1: is no list of messages/],
  ['a message without a role', '[[{"content":"x"}]]', /list 1: is no list of messages; each message needs "role"/],
  ['no time', '{"at":"soon","messages":[{"role":"user","content":"x"}]}', /line 1: "at" is no time; give ISO 8601/],
  ['too many', `[${'[],'.repeat(RECORDED_MAX)}[]]`, /1000001 lists, at most 1000000/],
];

for (const [name, text, error] of BAD) {
  test(`recordedOf: refuses ${name}`, () => assert.throws(() => recordedOf(text, 'r.json'), error));
}

test('traceOf: a list without a time is named', () => {
  assert.throws(() => traceOf(recordedOf(JSON.stringify([HELLO]), 'r.json'), 'r.json'), /list 1 has no time/);
});
