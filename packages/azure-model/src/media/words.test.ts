import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import fc from 'fast-check';
import { heardIn } from './heard.ts';
import { silentAac, silentFlac, silentMp3, silentOpus } from './silence.ts';
import { BYTES_PER_SECOND, durationMsOf, SYLLABLE_MS, voiced } from './voice.ts';
import { readWav, wavOf } from './wav.ts';
import { hiddenWords, hideWords, taggedWords, wordsTag } from './words.ts';

const TEXT = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 });

test('hiddenWords: finds in the sound of any text that text, also behind silence and before other sound (seed 1)', () => {
  const back = fc.property(TEXT, fc.nat(500), (text, silence) => {
    const sound = Buffer.concat([Buffer.alloc(silence * 2), voiced(text, 'alloy'), Buffer.alloc(400)]);
    assert.equal(hiddenWords(sound), text.toWellFormed());
  });
  fc.assert(back, { seed: 1, numRuns: 100 });
});

test('taggedWords: finds in every container the text of any speech, and its length (seed 2)', () => {
  const makers = [silentMp3, silentAac, silentFlac, silentOpus];
  const back = fc.property(TEXT, fc.integer({ min: 1, max: 5000 }), (text, durationMs) => {
    const tag = wordsTag({ text, durationMs });
    for (const make of makers)
      assert.deepEqual(taggedWords(make(durationMs, tag)), { text: text.toWellFormed(), durationMs });
    assert.equal(taggedWords(wavOf(new Uint8Array(10), tag))?.text, text.toWellFormed());
  });
  fc.assert(back, { seed: 2, numRuns: 50 });
});

test('hideWords: leaves sound alone that is too short for them', () => {
  const short = new Uint8Array(20);
  hideWords(short, 'words');
  assert.ok(short.every((byte) => byte === 0));
  assert.equal(hiddenWords(short), '');
});

test('taggedWords: is null for other files, and for a tag that is broken', () => {
  for (const text of ['', 'RIFF', 'spillway-words:', 'spillway-words:x:y;', 'spillway-words:1:%zz;']) {
    assert.equal(taggedWords(Buffer.from(text)), null, text);
  }
});

test('voiced: takes a syllable for each piece, less where it is faster, and fades at the ends', () => {
  const usual = voiced('one two three', 'alloy');
  assert.equal(durationMsOf(usual), 3 * SYLLABLE_MS);
  assert.equal(durationMsOf(voiced('one two three', 'alloy', 2)), (3 * SYLLABLE_MS) / 2);
  assert.notDeepEqual(usual, voiced('one two three', 'echo'));
  assert.ok(voiced('', 'alloy').length > 0);
});

test('readWav: tells length and sound of a file, also of one with a stream in place of a length', () => {
  const pcm = voiced('one two', 'alloy');
  const file = wavOf(pcm, 'no words');
  assert.deepEqual(readWav(file)?.durationMs, 2 * SYLLABLE_MS);
  assert.deepEqual(readWav(file)?.pcm, pcm);
  const streamed = Uint8Array.from(file);
  streamed.set([0xff, 0xff, 0xff, 0xff], file.length - pcm.length - 4);
  assert.equal(readWav(streamed)?.durationMs, 2 * SYLLABLE_MS);
  for (const cut of [0, 11, 20, 40]) assert.equal(readWav(file.subarray(0, cut)), null);
});

test('heardIn: understands WAV whose comment was lost by its sound alone, and makes up what nobody spoke by bytes and length', () => {
  const spoken = wavOf(voiced('Open the gate.', 'alloy'), 'lost');
  assert.equal(heardIn(spoken, seededUnit).text, 'Open the gate.');
  const noise = wavOf(new Uint8Array(BYTES_PER_SECOND * 4).fill(8), '');
  const { text, durationMs } = heardIn(noise, seededUnit);
  assert.equal(durationMs, 4000);
  assert.equal(text.replace(/\./g, '').split(' ').length, 10);
  assert.equal(heardIn(noise, seededUnit).text, text);
  assert.notEqual(heardIn(wavOf(new Uint8Array(BYTES_PER_SECOND * 4).fill(9), ''), seededUnit).text, text);
});

test('heardIn: never fails, whatever bytes come (seed 3)', () => {
  const any = fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, riff) => {
    const file = riff ? Buffer.concat([Buffer.from('RIFF    WAVE'), bytes]) : bytes;
    assert.equal(typeof heardIn(file, seededUnit).text, 'string');
  });
  fc.assert(any, { seed: 3, numRuns: 200 });
});
