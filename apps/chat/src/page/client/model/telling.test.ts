import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { QUESTION_CODES, toldBy, wordOf } from './telling.ts';

/** All that a question, or going on with its answer, comes through in the server. */
const ON_THE_WAY = ['app.ts', 'body-size.ts', 'chat-routes.ts', 'guard.ts', 'reply.ts', 'serve.ts'];
const REFUSING = /refuse\(\s*c,\s*\d+,\s*'(\w+)'|error: \{ code: '(\w+)'/g;

test('QUESTION_CODES: holds each code that a question can be refused by, and no other', () => {
  const server = join(import.meta.dirname, '../../../server');
  const texts = ON_THE_WAY.map((file) => readFileSync(join(server, file), 'utf8'));
  const codes = texts.flatMap((text) => [...text.matchAll(REFUSING)].map(([, called, written]) => called ?? written));
  assert.deepEqual([...new Set(codes)].sort(), Object.keys(QUESTION_CODES).sort());
});

const failure = { kind: 'internal', code: 'busy', message: 'English.', retryAtMs: null } as const;
const CODES = { busy: 'refusedBusy' } as const;

test('toldBy: a code says it all; a kind says it with what the operator has to know; without words the English stays', () => {
  const word = (name: string): string => `<${name}>`;
  assert.deepEqual(toldBy(failure, CODES, word), { text: '<refusedBusy>', detail: null });
  assert.deepEqual(toldBy({ ...failure, code: 'new' }, CODES, word), { text: '<whyInternal>', detail: 'English.' });
  const throttled = { ...failure, kind: 'throttled', code: null } as const;
  assert.deepEqual(toldBy(throttled, CODES, word), { text: '<whyThrottled>', detail: null });
  assert.deepEqual(
    toldBy(failure, CODES, () => null),
    { text: 'English.', detail: null },
  );
});

test('wordOf: what is no code of ours has no word, whatever it is called', () => {
  assert.deepEqual(
    [wordOf('busy', CODES), wordOf('toString', CODES), wordOf(null, CODES)],
    ['refusedBusy', null, null],
  );
});
