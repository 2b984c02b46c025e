import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusal, REFUSAL_CHARS_MAX } from './refusal.ts';

const TABLE: ReadonlyArray<readonly [text: string, want: boolean]> = [
  ["I don't know.", true],
  ['The sources do not say how fast the Wi-Fi is.', true],
  ['I could not find anything about that in the documents.', true],
  ['There is no information on helicopters in the sources.', true],
  ['That is not mentioned in the documents.', true],
  ['Das weiß ich nicht.', true],
  ['Dazu gibt es keine Angaben.', true],
  ['En tiedä.', true],
  ['Asiakirjoissa ei kerrota siitä.', true],
  ['Quiet hours are from ten to seven [S1].', false],
  ['Guests below sixteen pay nothing.', false],
  ['A call is not enough [S1].', false],
  ['Ja, die Garage kostet 13 Euro.', false],
  ['', false],
];
for (const [text, want] of TABLE) {
  test(`isRefusal: “${text}”: ${want}`, () => assert.equal(isRefusal(text), want));
}

test('isRefusal: a long answer that also says what it does not know is an answer', () => {
  const end = ' I do not know more.';
  const fits = 'x'.repeat(REFUSAL_CHARS_MAX - end.length) + end;
  assert.ok(isRefusal(fits));
  assert.ok(!isRefusal(`x${fits}`));
});
