import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LINE_CHARS_MAX, Lines } from './lines.ts';

test('Lines: whole lines come out, wherever the text was cut', () => {
  const text = '{"a":1}\n\n{"b":"ü"}\n{"c":3}\n';
  for (let size = 1; size <= text.length; size++) {
    const lines = new Lines();
    const out: string[] = [];
    for (let at = 0; at < text.length; at += size) out.push(...lines.push(text.slice(at, at + size)));
    assert.deepEqual(out, ['{"a":1}', '{"b":"ü"}', '{"c":3}'], `pieces of ${size}`);
  }
});

test('Lines: a line without end is refused at the limit', () => {
  const lines = new Lines();
  lines.push('x'.repeat(LINE_CHARS_MAX));
  assert.throws(() => lines.push('x'), /longer than/);
});
