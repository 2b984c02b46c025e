import assert from 'node:assert/strict';
import test from 'node:test';
import { numberText, percentText, ratioText, secondsText, withoutSecrets } from './words.ts';

test('withoutSecrets: what opens doors leaves an address, the rest stays', () => {
  const rows: ReadonlyArray<readonly [string, string]> = [
    ['https://a.example/x?y=1', 'https://a.example/x?y=1'],
    ['https://me:pass@a.example/x', 'https://a.example/x'],
    ['https://a.example/x?api-key=s3cret&y=1', 'https://a.example/x?api-key=…&y=1'],
    ['https://a.example/x?y=1&SIG=s3cret', 'https://a.example/x?y=1&SIG=…'],
    ['https://a.example/@me', 'https://a.example/@me'],
  ];
  for (const [given, want] of rows) assert.equal(withoutSecrets(given), want);
});

test('numberText, secondsText, percentText, ratioText: few digits, and a dash for nothing', () => {
  assert.deepEqual([numberText(12_345.67), numberText(7), numberText(1_000_000)], ['12,345.7', '7', '1,000,000']);
  assert.deepEqual(
    [secondsText(0.0123), secondsText(12.345), secondsText(123.45), secondsText(null)],
    ['0.012', '12.35', '123.5', '–'],
  );
  assert.deepEqual([percentText(0.01234), percentText(1), percentText(null)], ['1.23 %', '100 %', '–']);
  assert.deepEqual(
    [ratioText(1.5), ratioText(0.5), ratioText(1), ratioText(null)],
    ['+50.0 %', '−50.0 %', '+0.0 %', '–'],
  );
});
