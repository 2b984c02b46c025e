import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FOLLOW_UP_CHARS_MAX, FOLLOW_UPS_CHARS_MAX, MARK_CHARS_MAX } from './marks.ts';
import { type AnswerPart, AnswerScanner, type ScannedAnswer, scanAnswer } from './scan.ts';

const SETTINGS = { labels: ['S1', 'S2', 'S3'], followUps: true };
const scan = (answer: string) => scanAnswer(answer, SETTINGS);
const plain = (text: string): ScannedAnswer => ({ text, citations: [], invented: [], followUps: [] });
const cited = (text: string, ...citations: ReadonlyArray<readonly [label: string, at: number]>): ScannedAnswer => ({
  ...plain(text),
  citations: citations.map(([label, at]) => ({ label, at })),
});

const TABLE: ReadonlyArray<readonly [name: string, answer: string, want: ScannedAnswer]> = [
  ['one mark, its blank gone with it', 'Tea is at five [S1].', cited('Tea is at five.', ['S1', 14])],
  ['marks side by side', 'A [S1][S3].', cited('A.', ['S1', 1], ['S3', 1])],
  ['marks with a blank between', 'A [S1] [S3].', cited('A.', ['S1', 1], ['S3', 1])],
  ['a list in one pair of brackets', 'A [S1, S2].', cited('A.', ['S1', 1], ['S2', 1])],
  ['a range', 'A [S1-S3].', cited('A.', ['S1', 1], ['S2', 1], ['S3', 1])],
  ['small letters, blanks, other brackets', 'A [ s1 ], b 【S2】.', cited('A, b.', ['S1', 1], ['S2', 4])],
  ['a mark that says source', 'A [Source: S1; S2].', cited('A.', ['S1', 1], ['S2', 1])],
  ['a mark behind the stop', 'A. [S1] B. [S2]', cited('A. B.', ['S1', 2], ['S2', 5])],
  ['a mark at a line of its own', 'A.\n[S1]', cited('A.\n', ['S1', 3])],
  ['an invented one is told apart', 'A [S9] b [S1, S7].', { ...cited('A b.', ['S1', 3]), invented: ['S9', 'S7'] }],
  [
    'brackets that are no marks',
    'A [b] [1] [S] [Sx] a[S1x] [link](x) [',
    plain('A [b] [1] [S] [Sx] a[S1x] [link](x) ['),
  ],
  ['marks within code', '```\na[S1] <<b c?>>\n```\nB [S1]', cited('```\na[S1] <<b c?>>\n```\nB', ['S1', 24])],
  // D5: what the sample's parser lost or mistook.
  [
    'D5: numbers in the text',
    'The deposit of 100 euros is paid within 14 days',
    plain('The deposit of 100 euros is paid within 14 days'),
  ],
  ['D5: an answer that begins with Next', 'Next you pay. Then 1. you go.', plain('Next you pay. Then 1. you go.')],
  ['D5: a numbered list', '1. Pay 100.\n2. Go?\n', plain('1. Pay 100.\n2. Go?\n')],
  ['D5: a line Next: over steps', 'Next steps:\n1. Pay?\n2. Go?', plain('Next steps:\n1. Pay?\n2. Go?')],
  [
    'questions in angle brackets',
    'A.\n<<How so?>>\n<<And then?>>',
    { ...plain('A.\n\n'), followUps: ['How so?', 'And then?'] },
  ],
  ['a question in Korean', 'A.<<보증금은 얼마인가요?>>', { ...plain('A.'), followUps: ['보증금은 얼마인가요?'] }],
  [
    'angle brackets that are no questions',
    'a << b >> c, 1<<2>>3, <<x>>, <<, < <',
    plain('a << b >> c, 1<<2>>3, <<x>>, <<, < <'),
  ],
  ['angle brackets over a line end', '<<a\nb c?>>', plain('<<a\nb c?>>')],
  [
    'questions below a heading at the end',
    'A.\n\n**Follow-up questions:**\n1. How so?\n\n- And then?\n',
    { ...plain('A.\n\n'), followUps: ['How so?', 'And then?'] },
  ],
  ['a heading in German', '### Weitere Fragen\n* Wie?', { ...plain(''), followUps: ['Wie?'] }],
  [
    'a heading above something else',
    'Follow-up questions:\n1. How?\nNo more.',
    plain('Follow-up questions:\n1. How?\nNo more.'),
  ],
  ['a heading above nothing', 'A\nFollow-up questions:\n', plain('A\nFollow-up questions:\n')],
  ['nothing', '', plain('')],
];

for (const [name, answer, want] of TABLE) {
  test(`scanAnswer: ${name}`, () => assert.deepEqual(scan(answer), want));
}

test('scanAnswer: without being asked for, questions below a heading stay', () => {
  const answer = 'Follow-up questions:\n- How?';
  assert.deepEqual(scanAnswer(answer, { ...SETTINGS, followUps: false }), plain(answer));
});

function streamed(pieces: readonly string[]): readonly AnswerPart[] {
  const scanner = new AnswerScanner(SETTINGS);
  return [...pieces.flatMap((piece) => scanner.push(piece)), ...scanner.end()];
}

/** Text parts that follow one another are one: only that differs with the pieces. */
function merged(parts: readonly AnswerPart[]): readonly AnswerPart[] {
  const whole: AnswerPart[] = [];
  for (const part of parts) {
    const last = whole.at(-1);
    if (part.kind === 'text' && last?.kind === 'text')
      whole[whole.length - 1] = { kind: 'text', text: last.text + part.text, raw: last.raw + part.raw };
    else whole.push(part);
  }
  return whole;
}

function assertSame(pieces: readonly string[]): void {
  const parts = streamed(pieces);
  assert.equal(parts.map(({ raw }) => raw).join(''), pieces.join(''));
  assert.deepEqual(merged(parts), merged(streamed([pieces.join('')])), JSON.stringify(pieces));
}

test('AnswerScanner: every answer of the table, split at every one place and at all places, comes out the same', () => {
  for (const [, answer] of TABLE) {
    for (let i = 0; i <= answer.length; i++) assertSame([answer.slice(0, i), answer.slice(i)]);
    assertSame([...answer]);
  }
});

const PIECE = fc.constantFrom(
  ...['[', 'S1', 'S9', ']', ', ', '<', '<<', '>>', 'a', 'Is it?', ' ', '\n', '`', '```', '~~~', '1. ', '- '],
  ...[
    'Follow-up',
    ' questions',
    ':',
    '**',
    '#',
    '[S2]',
    '<<Is it so?>>',
    '\nFollow-up questions:\n',
    '[Source',
    '   ',
    '-',
  ],
);

test('AnswerScanner: for any text in any pieces, each character comes out once and in order, the same as in one piece', () => {
  fc.assert(
    fc.property(fc.array(PIECE, { maxLength: 40 }), (pieces) => assertSame(pieces)),
    { numRuns: 3000 },
  );
});

test('AnswerScanner: tells text at once, and holds back no more than may become something', () => {
  const scanner = new AnswerScanner(SETTINGS);
  const texts = (piece: string) => scanner.push(piece).map((part) => (part.kind === 'text' ? part.text : part.kind));
  assert.deepEqual(texts('The deposit'), ['The deposit']);
  assert.deepEqual(texts(' is 100 euros [S'), [' is 100 euros']);
  assert.deepEqual(texts('1'), []);
  assert.deepEqual(texts('].'), ['mark', '.']);
  assert.deepEqual(texts('\nFoll'), ['\n']);
  assert.deepEqual(texts('y'), ['Folly']);
  assert.deepEqual(scanner.end(), []);
});

const LIMITS: ReadonlyArray<readonly [name: string, opening: string, more: string, charsMax: number]> = [
  ['an open mark', '[S1', ', S1', MARK_CHARS_MAX],
  ['an open question', '<<a', ' b', FOLLOW_UP_CHARS_MAX + 4],
  ['a section of questions', 'Follow-up questions:\n', '1. How?\n', FOLLOW_UPS_CHARS_MAX],
  ['blanks', ' ', ' ', 64],
];

for (const [name, opening, more, charsMax] of LIMITS) {
  test(`AnswerScanner: ${name} is held back up to its limit and then told`, () => {
    const scanner = new AnswerScanner(SETTINGS);
    let sent = opening;
    let told = scanner.push(opening);
    while (told.length === 0 && sent.length < charsMax + 100) {
      sent += more;
      told = scanner.push(more);
    }
    assert.ok(
      sent.length > more.length + opening.length && sent.length <= charsMax + more.length + 1,
      `${sent.length}`,
    );
  });
}

test('scanAnswer: a hundred thousand characters of anything are taken apart in well under a second each', () => {
  for (const part of [
    '[',
    '[S',
    '[S1, ',
    '<',
    '<<a ',
    '`',
    '~',
    ' ',
    '\n',
    'Follow-up questions:\n1. a?\n',
    '[S1]',
    '\n\t',
    '-',
  ]) {
    const answer = part.repeat(100_000 / part.length);
    assert.ok(scan(answer).text.length <= answer.length);
  }
});
