import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import { readChat } from '../ask/chat.ts';
import { scriptedRule } from './script.ts';
import type { ScriptRule } from './settings.ts';

const ANY: ScriptRule = { deployment: null, contains: null, matches: null, answer: 'any', call: null };

function answered(script: readonly ScriptRule[], text: string, deployment = 'chat'): string | null {
  const read = readChat({ messages: [{ role: 'user', content: text }] }, modelFacts('gpt-4o'));
  if (read.kind === 'refused') throw new Error(read.refusal.body);
  return scriptedRule(script, read.ask, deployment)?.answer ?? null;
}

test('scriptedRule: the first rule that fits wins', () => {
  const script = [
    { ...ANY, contains: 'Ping', answer: 'pong' },
    { ...ANY, matches: '^\\d+ \\+ \\d+$', answer: 'sum' },
    { ...ANY, deployment: 'other', answer: 'other' },
    ANY,
  ];
  assert.equal(answered(script, 'please PING me'), 'pong');
  assert.equal(answered(script, '1 + 2'), 'sum');
  assert.equal(answered(script, 'x', 'other'), 'other');
  assert.equal(answered(script, 'x'), 'any');
  assert.equal(answered([], 'x'), null);
});

test('scriptedRule: all that a rule names must fit', () => {
  const script = [{ ...ANY, deployment: 'chat', contains: 'a', matches: 'b' }];
  assert.deepEqual(
    ['ab', 'a', 'b'].map((text) => answered(script, text)),
    ['any', null, null],
  );
  assert.equal(answered(script, 'ab', 'other'), null);
});

test('scriptedRule: a pattern that could take very long fits nothing', () => {
  assert.equal(answered([{ ...ANY, matches: '(a+)+$' }], `${'a'.repeat(60)}!`), null);
});

test('scriptedRule: a pattern sees the beginning of a long text', () => {
  const script = [{ ...ANY, matches: 'end' }];
  assert.equal(answered(script, `${'x'.repeat(600)}end`), null);
  assert.equal(answered(script, `end${'x'.repeat(600)}`), 'any');
});
