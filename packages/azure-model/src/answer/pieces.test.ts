import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPlain, piecesOf } from './pieces.ts';

test('piecesOf: cuts words with the blank before them, and long ones in parts', () => {
  assert.deepEqual(piecesOf('The deductible is $500 [S1].'), [
    'The',
    ' deductib',
    'le',
    ' is',
    ' $',
    '500',
    ' [',
    'S1',
    '].',
  ]);
});

test('piecesOf: joined the pieces are the text (seed 20261121)', () => {
  const any = fc.string({ unit: 'binary', maxLength: 200 });
  fc.assert(
    fc.property(any, (text) => assert.equal(piecesOf(text).join(''), text)),
    { seed: 20261121 },
  );
  assert.equal(piecesOf('\ud800 x\udc00').join(''), '\ud800 x\udc00');
});

test('isPlain: tells what JSON would write as it is (seed 20261121)', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 50 }), (text) => {
      if (isPlain(text)) assert.equal(JSON.stringify(text), `"${text}"`);
    }),
    { seed: 20261121 },
  );
  assert.deepEqual(
    [isPlain('It is [S1].'), isPlain('a"b'), isPlain('a\\b'), isPlain('a\nb'), isPlain('é')],
    [true, false, false, false, false],
  );
});
