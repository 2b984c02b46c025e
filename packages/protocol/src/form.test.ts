import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundaryOf, modelPart, scanForm } from './form.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const FORM = [
  '--b0',
  'Content-Disposition: form-data; name="file"; filename="a.wav"',
  'Content-Type: audio/wav',
  '',
  'RIFF--b name="model"\r\n--b1 not the boundary',
  '--b0',
  'content-disposition: form-data; name="model"',
  '',
  'whisper-1',
  '--b0',
  'Content-Disposition: form-data; name=stream',
  '',
  'true',
  '--b0--',
  '',
].join('\r\n');

const TYPES: ReadonlyArray<readonly [type: string | undefined, boundary: string | null]> = [
  ['multipart/form-data; boundary=b0', 'b0'],
  ['multipart/form-data; charset=utf-8; boundary="b 0"', 'b 0'],
  ['Multipart/Form-Data;Boundary=x; y=z', 'x'],
  ['multipart/mixed; boundary=b0', null],
  ['application/json', null],
  [`multipart/form-data; boundary=${'b'.repeat(71)}`, null],
  [undefined, null],
];

for (const [type, boundary] of TYPES) {
  test(`boundaryOf: ${type} has ${boundary}`, () => assert.equal(boundaryOf(type), boundary));
}

test('scanForm: finds the value of a plain field, whatever files hold', () => {
  const facts = scanForm(bytesOf(FORM), 'b0');
  const [model] = facts?.model ?? [];
  assert.equal(FORM.slice(model?.start, model?.end), 'whisper-1');
  assert.equal(facts?.model.length, 1);
  assert.equal(facts?.stream, true);
  assert.equal(facts?.start, 0);
});

test('scanForm: a form without the field, a preamble, lines that end in LF alone', () => {
  const text = 'preamble\n--b\nContent-Disposition: form-data; name="a"\n\n1\n--b--\n';
  assert.deepEqual(scanForm(bytesOf(text), 'b'), { model: [], stream: false, start: 9 });
});

test('scanForm: what is no form, or breaks off, is for the backend to judge', () => {
  for (const text of [
    '',
    'none',
    '--b0',
    '--b0\r\nname: x\r\n',
    FORM.slice(0, -8),
    `--b0\r\n${'x: y\r\n'.repeat(1_000)}\r\n`,
  ]) {
    assert.equal(scanForm(bytesOf(text), 'b0'), null, text.slice(0, 30));
  }
});

test('scanForm: does not look at more than 1,000 parts', () => {
  const part = '--b0\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n';
  assert.equal(scanForm(bytesOf(`${part.repeat(1_001)}--b0--`), 'b0'), null);
});

test('modelPart: is found again where it is put', () => {
  const text = modelPart('b0', 'tts') + FORM;
  const [model] = scanForm(bytesOf(text), 'b0')?.model ?? [];
  assert.equal(text.slice(model?.start, model?.end), 'tts');
});
