import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Names } from './names.ts';

test('Names: keeps what is a name, and makes names of what is none', () => {
  const names = new Names();
  const given = ['openai1', 'gpt-4.1', 'gpt-4-1', 'GPT 4.1', 'openai1/chat', '...', 'ö', '-a-'];
  assert.deepEqual(
    given.map((text) => names.take(text)),
    ['openai1', 'gpt-4-1', 'gpt-4-1-2', 'gpt-4-1-3', 'openai1-chat', 'x', 'x-2', 'a'],
  );
});

test('Names: are legal for Azure, also with letters behind them, and never given twice', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 90, unit: fc.constantFrom('a', 'B', '7', '-', '.', '/') })),
      (texts) => {
        const names = new Names();
        const taken = texts.map((text) => names.take(text));
        assert.equal(new Set(taken).size, texts.length);
        for (const name of taken) assert.match(`${name}-abcdefghijklm`, /^[a-z0-9](-?[a-z0-9])*$/);
        for (const name of taken) assert.ok(`${name}-abcdefghijklm`.length <= 64);
      },
    ),
  );
});
