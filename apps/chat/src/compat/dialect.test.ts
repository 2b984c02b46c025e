import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnswerEvent, AnswerEventBody, SourceEvent } from '../events.ts';
import { DIALECTS, type Dialect } from '../settings/settings.ts';
import { all } from './ask.ts';
import { RENDERINGS } from './dialect.ts';

const SOURCE: SourceEvent = {
  label: 'S1',
  documentId: 'd',
  chunkId: 'c',
  path: 'rules/pets.pdf',
  title: 'Pets',
  headings: [],
  pageFrom: 3,
  pageTo: 3,
  start: 0,
  end: 4,
  text: 'Dogs <b>cost</b> 12.',
};
const BEFORE: readonly AnswerEventBody[] = [
  { type: 'phase', phase: 'searching' },
  { type: 'step', title: 'Search', text: '<script>dog</script>', ms: 1 },
  { type: 'sources', sources: [SOURCE], mode: 'text' },
];
const ANSWER: readonly AnswerEventBody[] = [
  ...BEFORE,
  { type: 'delta', text: 'A dog costs 12 euros' },
  { type: 'citation', label: 'S1', at: 20 },
  { type: 'delta', text: '.' },
  { type: 'followups', questions: ['And cats?'] },
  { type: 'done', turnId: '', conversationId: '' },
];
const FAILED: readonly AnswerEventBody[] = [
  ...BEFORE,
  { type: 'delta', text: 'A dog' },
  { type: 'error', kind: 'throttled', message: 'Busy.', retryAfterMs: 1 },
  { type: 'done', turnId: '', conversationId: '' },
];
const TEXT = 'A dog costs 12 euros [rules/pets.pdf#page=3].';

function numbered(events: readonly AnswerEventBody[]): readonly AnswerEvent[] {
  return events.map((event, i) => ({ ...event, id: i + 1 }));
}

async function* coming(events: readonly AnswerEventBody[]): AsyncGenerator<AnswerEvent> {
  yield* numbered(events);
}

/** biome-ignore lint/suspicious/noExplicitAny: shapes of four wires, looked into by tests alone. */
type Line = any;

async function lines(dialect: Dialect, events: readonly AnswerEventBody[]): Promise<readonly Line[]> {
  const found: Line[] = [];
  for await (const line of RENDERINGS[dialect].stream(coming(events), { s: 1 }))
    found.push(JSON.parse(JSON.stringify(line)));
  return found;
}

const DELTAS: Readonly<Record<Dialect, (line: Line) => string>> = {
  js: (line) => line.choices?.[0]?.delta?.content ?? '',
  protocol: (line) => line.delta?.content ?? '',
  python: (line) => line.delta?.content ?? '',
  responses: (line) => (line.type === 'response.output_text.delta' ? line.delta : ''),
};

test('RENDERINGS: in each dialect sources come first, the text is whole with citations in it, and nothing is lost', async () => {
  for (const dialect of DIALECTS) {
    const found = await lines(dialect, ANSWER);
    const text = found.map(DELTAS[dialect]).join('');
    assert.equal(text, dialect === 'js' ? `${TEXT}\n<<And cats?>>` : TEXT, dialect);
    assert.match(JSON.stringify(found[0]), /rules\/pets\.pdf#page=3/, dialect);
    const whole: Line = RENDERINGS[dialect].whole(numbered(ANSWER), { s: 1 });
    const content =
      { js: whole.choices?.[0]?.message.content, responses: whole.output_text }[String(dialect)] ??
      whole.message?.content;
    assert.equal(content, text, dialect);
  }
});

test('RENDERINGS: each dialect has its own shape', async () => {
  const [js, protocol, python, responses] = await Promise.all(DIALECTS.map((dialect) => lines(dialect, ANSWER)));
  assert.equal(js?.[0]?.object, 'chat.completion.chunk');
  assert.equal(js?.at(-1)?.choices[0].finish_reason, 'stop');
  assert.deepEqual(protocol?.at(-1)?.sessionState, { s: 1 });
  assert.deepEqual(python?.at(-1)?.session_state, { s: 1 });
  assert.deepEqual(python?.at(-1)?.context.followup_questions, ['And cats?']);
  assert.deepEqual(python?.[0]?.context.data_points.citations, ['rules/pets.pdf#page=3']);
  assert.equal(python?.[0]?.context.thoughts[0].title, 'Search');
  assert.deepEqual(
    new Set(responses?.map(({ type }) => type)),
    new Set(['response.context', 'response.output_text.delta']),
  );
});

test('RENDERINGS: D10, what the JS page would take for markup is text', async () => {
  const [first] = await lines('js', ANSWER);
  const { thoughts, data_points } = first.choices[0].delta.context;
  assert.ok(!thoughts.includes('<script>'));
  assert.ok(!data_points.text[0].includes('<b>'));
});

test('RENDERINGS: a failure in a stream is a line of its own, behind the text so far', async () => {
  for (const dialect of DIALECTS) {
    const found = await lines(dialect, FAILED);
    assert.equal(found.map(DELTAS[dialect]).join(''), 'A dog', dialect);
    assert.match(JSON.stringify(found.filter((line) => 'error' in line)), /Busy\./, dialect);
  }
});

test('all: reads what comes to its end', async () => {
  assert.equal((await all(coming(ANSWER))).length, ANSWER.length);
});
