import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Look } from './look.ts';

const CASES: ReadonlyArray<readonly [type: string | undefined, encoded: boolean, body: string, isJson: boolean]> = [
  ['application/json', false, '{"model":"chat"}', true],
  ['application/json; charset=utf-8', false, '[1]', true],
  ['application/json', true, '\x1f\x8b', false],
  [undefined, false, ' \r\n\t{"model":"chat"}', true],
  ['text/plain', false, '{"model":"chat"}', true],
  ['application/octet-stream', false, 'RIFF{', false],
  ['multipart/form-data; boundary=b', false, '{"model":"chat"}', false],
];

for (const [type, isEncoded, body, isJson] of CASES) {
  test(`Look: ${JSON.stringify(body)} of type ${type}${isEncoded ? ', compressed,' : ''} is ${isJson ? '' : 'not '}JSON`, () => {
    const look = new Look({ type, isEncoded });
    for (const character of body) look.add(Buffer.from(character, 'latin1'));
    assert.equal(look.isJson, isJson);
  });
}

test('Look: the name of a model that was found does not keep the body', () => {
  const look = new Look({ type: 'application/json', isEncoded: false });
  const body = Buffer.from(`{"model":"chat","x":"${'y'.repeat(200_000)}"}`);
  const { model } = look.seen(body);
  assert.equal(model.toString(), '"chat"');
  assert.notEqual(model.buffer, body.buffer);
});
