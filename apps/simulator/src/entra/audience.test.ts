import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAzure, isKnown } from './audience.ts';

const AUDIENCES: ReadonlyArray<readonly [audience: string, want: 'azure' | 'known' | 'unknown']> = [
  ['https://cognitiveservices.azure.com', 'azure'],
  ['https://ai.azure.com/', 'azure'],
  ['https://management.azure.com//', 'azure'],
  ['https://metrics.monitor.azure.com', 'azure'],
  ['https://search.azure.com', 'azure'],
  ['https://localhost:9000', 'known'],
  ['http://127.0.0.1:9000', 'known'],
  ['https://[::1]:9000', 'known'],
  ['https://openai1.localhost', 'known'],
  ['https://sim:9000', 'known'],
  ['https://sim:9001', 'unknown'],
  ['https://localhost.example.com', 'unknown'],
  ['https://vault.azure.net', 'unknown'],
  ['api://something', 'unknown'],
  ['nonsense', 'unknown'],
];

for (const [audience, want] of AUDIENCES) {
  test(`isKnown: ${audience}, asked at sim:9000, is ${want}`, () => {
    assert.equal(isAzure(audience), want === 'azure');
    assert.equal(isKnown(audience, 'sim:9000'), want !== 'unknown');
  });
}
