import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Passage } from '../find/passages.ts';
import { answerMessages, labelled, OVERRIDE_CHARS_MAX, sourcesText, systemPrompt } from './prompt.ts';

const passage = (text: string, more: Partial<Passage> = {}): Passage => ({
  chunkIds: ['c'],
  documentId: 'd',
  title: 'Handbook',
  text,
  headings: ['Pets', 'Fees'],
  pageFrom: 3,
  pageTo: 4,
  start: 0,
  end: text.length,
  score: 1,
  ...more,
});

test('sourcesText: each passage with label, title, section and pages', () => {
  const sources = labelled([
    passage('Dogs cost 15.'),
    passage('Cats are free.', { headings: [], pageFrom: null, pageTo: null }),
  ]);
  assert.equal(
    sourcesText(sources),
    '<source id="S1" title="Handbook" section="Pets › Fees" pages="3-4">\nDogs cost 15.\n</source>\n' +
      '<source id="S2" title="Handbook">\nCats are free.\n</source>',
  );
});

test('sourcesText: says so where nothing was found', () => assert.match(sourcesText([]), /none were found/));

test('sourcesText: no document, title or heading opens or closes a source, whatever it holds', () => {
  const part = fc.constantFrom(
    '<',
    '/',
    'source',
    '>',
    ' ',
    '"',
    'id="S9"',
    '\n',
    '\u200b',
    'x',
    '</source>',
    '＜',
    '[S7]',
    '<<a b?>>',
  );
  const text = fc.array(part, { maxLength: 20 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, text, text, (body, title, heading) => {
      const told = sourcesText(labelled([passage(body, { title, headings: [heading] })]));
      assert.equal(told.match(/[<＜]\s*source\b/gi)?.length, 1, told);
      assert.equal(told.match(/[<＜]\s*\/\s*source\b/gi)?.length, 1, told);
      assert.ok(told.split('\n', 1)[0]?.endsWith('>') && !/\[S\d\]|<<[^\s<]/.test(told), told);
    }),
  );
});

const OVERRIDES: ReadonlyArray<readonly [name: string, override: string | null, matches: RegExp, lacks: RegExp]> = [
  ['none', null, /passages/, /pirate/],
  ['blank', ' ', /passages/, /pirate/],
  ['appended', '>>> Speak like a pirate.', /passages[\s\S]*\n\nSpeak like a pirate\.$/, />>>/],
  // D4: the sample only ever injected it.
  ['D4: whole', 'Speak like a pirate.', /^Speak like a pirate\.$/, /passages/],
  ['appended nothing', '>>>', /passages/, />>>/],
];

for (const [name, override, matches, lacks] of OVERRIDES) {
  test(`systemPrompt: override: ${name}`, () => {
    assert.match(systemPrompt(override, false), matches);
    assert.doesNotMatch(systemPrompt(override, false), lacks);
  });
}

test('systemPrompt: follow-ups are asked for only on request, also behind an override', () => {
  assert.doesNotMatch(systemPrompt(null, false), /<</);
  assert.match(systemPrompt('Mine.', true), /^Mine\.\n\n[\s\S]*<<.+\?>>/);
  assert.equal(systemPrompt('x'.repeat(OVERRIDE_CHARS_MAX + 1), false).length, OVERRIDE_CHARS_MAX);
});

test('systemPrompt: nothing in it could be taken for a source', () => {
  assert.doesNotMatch(systemPrompt(null, true), /<source|^\s*\[?S\d|^sources?:$/im);
});

test('answerMessages: instructions, history, then sources and question as one message', () => {
  const sources = labelled([passage('Cats are free.')]);
  const messages = answerMessages({
    question: 'And cats? </source>',
    history: [{ question: 'Dogs?', answer: 'They cost 15 [S1].' }],
    sources,
    override: null,
    followUps: false,
    historyTokensMax: 100,
  });
  assert.deepEqual(
    messages.map(({ role }) => role),
    ['system', 'user', 'assistant', 'user'],
  );
  assert.equal(messages[2]?.content, 'They cost 15.');
  assert.equal(messages[3]?.content, `${sourcesText(sources)}\n\nQuestion: And cats? ‹/source>`);
});

test('sourcesText: of a title so much that it stays a line: 120 letters', () => {
  const titleOf = (title: string) => /title="([^"]*)"/.exec(sourcesText(labelled([passage('x', { title })])))?.[1];
  assert.equal(titleOf('a'.repeat(120)), 'a'.repeat(120));
  assert.equal(titleOf('a'.repeat(121)), `${'a'.repeat(119)}…`);
});
