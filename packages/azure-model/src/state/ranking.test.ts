import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { passageOf, QUESTION_WORDS_MAX, scoresOf } from './ranking.ts';

const TEXTS = ['The cat sat on the mat.', 'A dog chased the cat and the cat ran.', 'Rudders steer ships.', ''];

test('scoresOf: prefers what says more of the question, and gives nothing to what says none of it', () => {
  const [mat = 0, dog = 0, ships = 0, empty = 0] = scoresOf(TEXTS.map(passageOf), 'Which cat did the dogs chase?');
  assert.ok(dog > mat && mat > 0, `${dog} ${mat}`);
  assert.deepEqual([ships, empty], [0, 0]);
});

test('scoresOf: a rare word says more than one that all have', () => {
  const [common = 0, rare = 0] = scoresOf(['cat cat', 'cat zebra', 'cat'].map(passageOf), 'cat zebra');
  assert.ok(rare > common);
});

test('scoresOf: knows nothing of a question without words, or without passages', () => {
  assert.deepEqual(scoresOf(TEXTS.map(passageOf), '?!'), [0, 0, 0, 0]);
  assert.deepEqual(scoresOf([], 'cat'), []);
});

test('scoresOf: is from 0 to 1 for any texts (seed 7)', () => {
  const texts = fc.array(fc.array(fc.constantFrom('cat', 'dog', 'ship', 'the'), { maxLength: 30 }), { maxLength: 8 });
  fc.assert(
    fc.property(texts, fc.constantFrom('cat', 'cat dog', 'ship ship', 'nobody'), (words, question) => {
      const scores = scoresOf(
        words.map((each) => passageOf(each.join(' '))),
        question,
      );
      assert.ok(scores.every((score) => score >= 0 && score < 1));
    }),
    { seed: 7 },
  );
});

test('scoresOf: of a question without end the first words count', () => {
  const words = Array.from({ length: QUESTION_WORDS_MAX + 1 }, (_, i) => `word${i}`);
  const passages = [words[QUESTION_WORDS_MAX - 1] ?? '', words[QUESTION_WORDS_MAX] ?? ''].map(passageOf);
  const [last, beyond] = scoresOf(passages, words.join(' '));
  assert.ok((last ?? 0) > 0);
  assert.equal(beyond, 0);
});
