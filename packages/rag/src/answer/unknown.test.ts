import assert from 'node:assert/strict';
import { test } from 'node:test';
import { saysUnknown } from './unknown.ts';

const YES = [
  "I don't know: the sources do not say.",
  'The documents do not mention a gym.',
  'There is no information about parking.',
  'Parking is not mentioned in the documents.',
  'Das weiß ich nicht.',
  'Die Dokumente enthalten dazu keine Angaben.',
  'Les documents ne le disent pas.',
  'Los documentos no lo dicen.',
  'Os documentos não dizem isso.',
  'Asiakirjat eivät kerro sitä.',
  '문서에 나와 있지 않습니다.',
];
const NO = [
  'The deposit is 100 euros.',
  'Dogs are not allowed.',
  'You do not pay a fee.',
  'Hunde sind nicht erlaubt.',
  'Les chiens ne sont pas admis.',
  'Koiria ei sallita.',
  'Keep your documents at hand.',
];

for (const sentence of YES) test(`saysUnknown: ${sentence}`, () => assert.ok(saysUnknown(sentence)));
for (const sentence of NO) test(`saysUnknown: not ${sentence}`, () => assert.ok(!saysUnknown(sentence)));
