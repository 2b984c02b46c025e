import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Turn } from '../ask/generation.ts';
import { groundsOf, LOOKED_AT_CHARS_MAX, SOURCES_MAX } from './sources.ts';

function grounds(user: string, system = ''): ReturnType<typeof groundsOf> {
  return groundsOf([
    { role: 'system', text: system },
    { role: 'user', text: user },
  ]);
}

const ASKED = 'Which port?';
const FORMS: ReadonlyArray<readonly [name: string, user: string, system: string, marks: readonly string[]]> = [
  ['file names', `${ASKED}\n\nSources:\na.md: Port 1.\nb c.pdf#page=3: Port 2.`, '', ['a.md', 'b c.pdf#page=3']],
  ['file names, a blank line between', `${ASKED}\n\nSources:\n\na.md: Port 1.\n\nb.md: Port 2.`, '', ['a.md', 'b.md']],
  ['names in brackets', `${ASKED}\nSources:\n[a b]: Port 1.\n[c]: Port 2.`, '', ['a b', 'c']],
  ['doc1 in brackets', `${ASKED}\n## Retrieved Documents:\n[doc1] Port 1.\n[doc2] Port 2.`, '', ['doc1', 'doc2']],
  ['numbers in brackets', `${ASKED}\nSources:\n[1] Port 1.\n[2] Port 2.`, '', ['1', '2']],
  ['numbers', `${ASKED}\nSearch results:\n1. Port 1.\n2. Port 2.`, '', ['1', '2']],
  ['S1 with a title', `[S1] a.md\nPort 1.\n\n[S2] b.md\nPort 2.\n\nQuestion: ${ASKED}`, '', ['S1', 'S2']],
  ['S1 with a colon, of the system', ASKED, 'Cite.\nS1: Port 1.\nS2: Port 2.', ['S1', 'S2']],
  ['S1 in headings', ASKED, '### S1: a\nPort 1.\n### S2: b\nPort 2.', ['S1', 'S2']],
  ['elements', ASKED, '<source id="S1" name="a">\nPort 1.\n</source>\n<source id="S2">Port 2.</source>', ['S1', 'S2']],
  [
    'elements in an element',
    `${ASKED}\n<sources>\n<source id="S1">Port 1.</source>\n<source id="S2">Port 2.</source>\n</sources>`,
    '',
    ['S1', 'S2'],
  ],
  ['elements without an id', `<doc>Port 1.</doc><doc>Port 2.</doc>\n${ASKED}`, '', ['1', '2']],
  ['elements that nobody closed', ASKED, '<document title="a">Port 1.\n<document title="b">Port 2.', ['a', 'b']],
  ['other names', `${ASKED}\nSources:\nThe handbook: Port 1.\nThe wiki: Port 2.`, '', ['The handbook', 'The wiki']],
  [
    'addresses',
    `${ASKED}\nSources:\nhttps://x.test/a.html: Port 1.\nhttps://x.test/b.html: Port 2.`,
    '',
    ['https://x.test/a.html', 'https://x.test/b.html'],
  ],
];

for (const [name, user, system, marks] of FORMS) {
  test(`groundsOf: reads sources by ${name}`, () => {
    const found = grounds(user, system);
    assert.deepEqual(
      found?.sources.map(({ mark }) => mark),
      marks,
    );
    assert.match(found?.sources[0]?.text ?? '', /Port 1\./);
    assert.doesNotMatch(found?.sources[0]?.text ?? '', /Port 2\./);
    assert.match(found?.sources[1]?.text ?? '', /Port 2\./);
    assert.equal(found?.question, ASKED);
  });
}

const NONE: ReadonlyArray<readonly [name: string, user: string]> = [
  ['plain words', 'Hello there'],
  ['a sentence that speaks of sources', 'What are your sources: books or papers?'],
  ['a list', 'Sort these:\n1. pears\n2. apples'],
  ['a heading with a text below', 'Some context:\nI am new here'],
];

for (const [name, user] of NONE) {
  test(`groundsOf: ${name} carries none`, () => assert.equal(grounds(user), null));
}

test('groundsOf: a heading with nothing below tells that nothing was found', () => {
  assert.deepEqual(grounds(`${ASKED}\n\nSources:\n`), { sources: [], question: ASKED });
});

test('groundsOf: a colon within a text begins no other source', () => {
  const found = grounds(`${ASKED}\nSources:\na.md: One.\nNote: still the first.\nb.md: Two.`);
  assert.deepEqual(found?.sources, [
    { mark: 'a.md', text: 'One.\nNote: still the first.' },
    { mark: 'b.md', text: 'Two.' },
  ]);
});

test('groundsOf: sources of earlier turns are past, those of tools count', () => {
  const turns: readonly Turn[] = [
    { role: 'user', text: 'Old?\nSources:\nold.md: Old.' },
    { role: 'assistant', text: 'Old [old.md].' },
    { role: 'user', text: ASKED },
    { role: 'tool', text: '[S1] Port 1.' },
  ];
  assert.deepEqual(groundsOf(turns), { sources: [{ mark: 'S1', text: 'Port 1.' }], question: ASKED });
});

test('groundsOf: where the last turn has sources alone, the question is the one before', () => {
  const turns: readonly Turn[] = [
    { role: 'user', text: ASKED },
    { role: 'user', text: '[S1] Port 1.' },
  ];
  assert.equal(groundsOf(turns)?.question, ASKED);
});

test('groundsOf: takes so many sources, and looks at so much of a turn', () => {
  const many = Array.from({ length: 500 }, (_, i) => `d${i}.md: x`).join('\n');
  assert.equal(grounds(`q\nSources:\n${many}`)?.sources.length, SOURCES_MAX);
  const long = grounds(`q\nSources:\na.md: ${'x'.repeat(2 * LOOKED_AT_CHARS_MAX)}`);
  assert.ok((long?.sources[0]?.text.length ?? 0) < LOOKED_AT_CHARS_MAX);
});
