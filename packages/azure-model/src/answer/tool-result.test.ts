import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Turn } from '../ask/generation.ts';
import { toldResult } from './tool-result.ts';

function told(...results: readonly string[]): string | null {
  const turns: readonly Turn[] = results.map((text) => ({ role: 'tool', text }));
  return toldResult([{ role: 'user', text: 'x' }, ...turns]);
}

const TABLE: ReadonlyArray<readonly [result: string, text: string]> = [
  ['{"temperature":22,"wind_speed":3}', 'According to the tool, temperature is 22, wind speed is 3.'],
  ['{"items":[{"a":1},{"b":null}]}', 'According to the tool, a is 1.'],
  ['42', 'According to the tool, the result is 42.'],
  ['It is sunny. It is warm. It is late.', 'It is sunny. It is warm.'],
  ['{}', 'The tool returned nothing.'],
  ['', 'The tool returned nothing.'],
];

for (const [result, text] of TABLE) {
  test(`toldResult: ${result || 'nothing'}`, () => assert.equal(told(result), text));
}

test('toldResult: several results in their order', () => {
  assert.equal(told('{"a":1}', '{"b":2}'), 'According to the tool, a is 1. According to the tool, b is 2.');
});

test('toldResult: a bounded number of fields, each of bounded length', () => {
  const fields = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, 'x'.repeat(1000)]));
  assert.ok((told(JSON.stringify(fields))?.length ?? 0) < 3000);
  assert.equal(told(`${'['.repeat(50)}1${']'.repeat(50)}`), 'The tool returned nothing.');
});

test('toldResult: null where no tool spoke last', () => {
  assert.equal(
    toldResult([
      { role: 'tool', text: '1' },
      { role: 'user', text: 'x' },
    ]),
    null,
  );
  assert.equal(toldResult([]), null);
});
