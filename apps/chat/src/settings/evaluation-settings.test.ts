import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluationsFolder } from './evaluation-settings.ts';
import type { Environment } from './sheet.ts';

const ROWS: ReadonlyArray<readonly [name: string, env: Environment, want: string | null]> = [
  ['nothing set', {}, 'spillway-chat-evaluations'],
  ['a file of one’s own', { SPILLWAY_CHAT_FILE: '/data/chat.sqlite' }, '/data/chat-evaluations'],
  ['an index in memory', { SPILLWAY_CHAT_FILE: ':memory:' }, null],
  ['a folder', { SPILLWAY_CHAT_EVALUATIONS: '/runs', SPILLWAY_CHAT_FILE: ':memory:' }, '/runs'],
  ['none', { SPILLWAY_CHAT_EVALUATIONS: 'None' }, null],
];
for (const [name, env, want] of ROWS) {
  test(`evaluationsFolder: ${name}: ${want}`, () => assert.equal(evaluationsFolder(env), want));
}
