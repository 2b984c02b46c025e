import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import type { Answered, Asker } from './asker.ts';
import { ANSWER_CHARS_MAX, EXPECTED_CHARS_MAX } from './result.ts';
import { PARALLEL_MAX, QUESTION_MS_MAX, runEvaluation } from './run.ts';
import { answeredWith, DEPOSIT, passage, questionWith } from './testing.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const questions = (count: number) => Array.from({ length: count }, (_, at) => questionWith({ id: `plain-${at}` }));
const optionsFor = (asker: Asker, parallel = 2) => ({
  subject: { mode: 'answers', asker } as const,
  asked: 'test',
  clock: new FakeClock(0),
  parallel,
});

/** Answers when told to. */
function heldAsker() {
  const held: Array<(answered: Answered) => void> = [];
  const asker: Asker = { ask: () => new Promise((resolve) => held.push(resolve)) };
  return { asker, held };
}

test('runEvaluation: asks each question once and keeps their order, whichever ends first', async () => {
  const { asker, held } = heldAsker();
  const told: number[] = [];
  const running = runEvaluation({
    ...optionsFor(asker),
    questions: questions(3),
    onProgress: (done) => told.push(done),
  });
  await turn();
  assert.equal(held.length, 2, 'no more than are allowed at a time');
  held[1]?.(answeredWith());
  await turn();
  assert.equal(held.length, 3);
  held[2]?.(answeredWith());
  held[0]?.(answeredWith());
  const { outcomes } = await running;
  assert.deepEqual(
    outcomes.map(({ id }) => id),
    ['plain-0', 'plain-1', 'plain-2'],
  );
  assert.deepEqual(told, [1, 2, 3]);
});

test('runEvaluation: what is asked has its history and groups, and the outcome its time', async () => {
  const options = optionsFor({
    async ask(asked) {
      assert.deepEqual(asked, { question: 'And now?', history: [{ question: 'q', answer: 'a' }], groups: ['guest'] });
      options.clock.advance(40);
      return answeredWith();
    },
  });
  const asked = questionWith({ question: 'And now?', history: [{ question: 'q', answer: 'a' }], groups: ['guest'] });
  const { outcomes } = await runEvaluation({ ...options, questions: [asked] });
  assert.equal(outcomes[0]?.totalMs, 40);
  assert.deepEqual(
    [outcomes[0]?.found, outcomes[0]?.cited, outcomes[0]?.gold],
    [['deposits.md'], ['deposits.md'], ['deposits.md']],
  );
});

test('runEvaluation: a question without an end is given up after its time, told to stop, and the next one asked', async () => {
  const signals: AbortSignal[] = [];
  const options = optionsFor(
    {
      ask(_, signal) {
        signals.push(signal);
        return signals.length === 1 ? new Promise(() => undefined) : Promise.resolve(answeredWith());
      },
    },
    1,
  );
  const running = runEvaluation({ ...options, questions: questions(2) });
  await turn();
  options.clock.advance(QUESTION_MS_MAX - 1);
  assert.equal(signals[0]?.aborted, false);
  options.clock.advance(1);
  const { outcomes } = await running;
  assert.equal(signals[0]?.aborted, true);
  assert.deepEqual(
    outcomes.map(({ failure }) => failure),
    ['no end after 120 s', null],
  );
  assert.equal(options.clock.pending, 0, 'no timer stays');
});

test('runEvaluation: stopped, it tells what is under way to stop, asks no more, and has no result', async () => {
  const signals: AbortSignal[] = [];
  const options = optionsFor({
    ask(_, signal) {
      signals.push(signal);
      return new Promise(() => undefined);
    },
  });
  const stop = new AbortController();
  const running = runEvaluation({ ...options, questions: questions(3), signal: stop.signal });
  await turn();
  stop.abort(new Error('enough'));
  await assert.rejects(running, /^Error: enough$/);
  await turn();
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [true, true],
  );
  assert.equal(options.clock.pending, 0, 'no timer stays');
});

test('runEvaluation: the outcome says what was expected, and the result what answered', async () => {
  const options = { ...optionsFor({ ask: async () => answeredWith() }), model: 'chat' };
  const { model, floors, outcomes } = await runEvaluation({ ...options, questions: questions(1) });
  assert.deepEqual([model, floors, outcomes[0]?.expected], ['chat', null, [DEPOSIT]]);
});

test('runEvaluation: keeps of a gold passage as much as the limit', async () => {
  const gold = [{ file: 'a.md', page: null, passage: 'x'.repeat(EXPECTED_CHARS_MAX + 1) }];
  const options = { ...optionsFor({ ask: async () => answeredWith() }), questions: [questionWith({ gold })] };
  const { outcomes } = await runEvaluation(options);
  assert.equal(outcomes[0]?.expected[0]?.length, EXPECTED_CHARS_MAX);
});

test('runEvaluation: a throw is the failure of one question', async () => {
  const options = optionsFor({ ask: () => Promise.reject(new Error('refused')) });
  const { outcomes } = await runEvaluation({ ...options, questions: questions(1) });
  assert.equal(outcomes[0]?.failure, 'refused');
  assert.equal(outcomes[0]?.score.answered, 0);
});

test('runEvaluation: keeps of an answer as much as the limit, and names citations of nothing', async () => {
  const long = answeredWith({ text: 'x'.repeat(ANSWER_CHARS_MAX + 1), cited: ['S9'] });
  const { outcomes } = await runEvaluation({ ...optionsFor({ ask: async () => long }), questions: questions(1) });
  assert.equal(outcomes[0]?.answer?.length, ANSWER_CHARS_MAX);
  assert.deepEqual(outcomes[0]?.cited, ['S9 (no source)']);
});

test('runEvaluation: search alone has pages and no answer', async () => {
  const retriever = { retrieve: async () => [passage('S1', 'a.pdf', DEPOSIT, 3)] };
  const options = { asked: 'test', clock: new FakeClock(0), parallel: 1, questions: questions(1) };
  const { mode, outcomes } = await runEvaluation({ ...options, subject: { mode: 'search', retriever } });
  assert.equal(mode, 'search');
  assert.deepEqual([outcomes[0]?.found, outcomes[0]?.answer, outcomes[0]?.score.hit5], [['a.pdf#page=3'], null, 0]);
});

for (const [parallel, isAllowed] of [
  [0, false],
  [1.5, false],
  [PARALLEL_MAX, true],
  [PARALLEL_MAX + 1, false],
] as const) {
  test(`runEvaluation: ${parallel} at a time is ${isAllowed ? 'allowed' : 'refused'}`, async () => {
    const run = runEvaluation({
      ...optionsFor({ ask: async () => answeredWith() }, parallel),
      questions: questions(1),
    });
    if (isAllowed) await run;
    else await assert.rejects(run, /whole number from 1 to 16/);
  });
}
