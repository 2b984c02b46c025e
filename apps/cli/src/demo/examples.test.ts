import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_PAINT, render } from '../lines.ts';
import { exampleLines } from './examples.ts';

test('exampleLines: the addresses that are really listened on, and the key', () => {
  const at = (port: number) => `http://127.0.0.1:${port}`;
  const urls = { gateway: at(1), admin: at(2), simulator: at(3), chat: at(4) };
  const lines = exampleLines(urls).map((line) => render(line, Number.POSITIVE_INFINITY, NO_PAINT));
  for (const want of [
    ' Chat app: http://127.0.0.1:4  ("How this was answered": who wrote it, why)',
    '   curl http://127.0.0.1:1/openai/v1/chat/completions \\',
    "     -H 'api-key: demo-key' -H 'content-type: application/json' \\",
    "   new AzureOpenAI({ endpoint: 'http://127.0.0.1:1', apiKey: 'demo-key',",
    '     AZURE_OPENAI_CUSTOM_URL=http://127.0.0.1:1',
    '   curl -X POST http://127.0.0.1:3/admin/resources/openai1/stop',
  ]) {
    assert.ok(lines.includes(want), want);
  }
  assert.ok(lines.some((line) => line.includes('http://127.0.0.1:2/admin/fleet and /metrics')));
});
