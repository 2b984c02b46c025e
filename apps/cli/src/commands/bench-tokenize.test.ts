import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenize } from './bench-tokenize.ts';

async function told(t: { readonly mock: typeof test.mock }, text: string, model = 'gpt-4o'): Promise<string> {
  const write = t.mock.method(process.stdout, 'write', () => true);
  await tokenize(text, model);
  const [call] = write.mock.calls;
  write.mock.restore();
  return String(call?.arguments[0]);
}

test("tokenize: text, messages and whole requests; the ancestor's example", async (t) => {
  const rows: ReadonlyArray<readonly [text: string, model: string, want: string]> = [
    ['this is my context', 'gpt-4o', 'tokens: 4\n'],
    ['this is my context', 'gpt-4-0613', 'tokens: 4\n'],
    ['', 'gpt-4o', 'tokens: 0\n'],
    ['[{"role":"user","content":"this is my context"}]', 'gpt-4', 'tokens: 11\n'],
    ['{"messages":[{"role":"user","content":"this is my context"}]}', 'gpt-4', 'tokens: 11\n'],
    ['{ no json', 'gpt-4o', 'tokens: 3\n'],
  ];
  for (const [text, model, want] of rows) assert.equal(await told(t, text, model), want, text);
});
