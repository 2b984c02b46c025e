import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { FakeClock } from '@spillway/clock';
import { labelled, type PastTurn } from '@spillway/rag';
import type { AnswerEventBody, SourceEvent } from '../events.ts';
import { ModelFailure } from '../models/models.ts';
import type { RetrievalSettings } from '../settings/settings.ts';
import { StoreError } from '../store/store.ts';
import { Answerer, type AskedQuestion } from './answerer.ts';
import type { Retrieved, Wanted } from './retriever.ts';
import { FakeModels, NOTE } from './testing/fake-models.ts';

const SETTINGS: RetrievalSettings = {
  top: 6,
  mode: 'auto',
  vectorWeight: null,
  rerank: 'off',
  sourceTokensMax: 3_000,
  historyTokensMax: 2_000,
  prompt: null,
  followups: true,
};
const TEXTS = ['The deposit is 100 euros.', 'Dogs are welcome.', 'Heating runs in winter.', 'Cats stay at home.'];
const SOURCES = labelled(
  TEXTS.map((text, i) => ({
    chunkIds: [`c${i}`],
    documentId: `d${i}`,
    title: `T${i}`,
    text,
    headings: [],
    pageFrom: null,
    pageTo: null,
    start: 0,
    end: text.length,
    score: 1,
  })),
);
const TOLD: readonly SourceEvent[] = SOURCES.map((source) => ({ ...source, chunkId: 'c', path: 'a.md' }));
const SCORES = SOURCES.map(({ label }) => ({ label, words: 2, vectors: null, fused: 1 }));
const READER = { user: 'ann', groups: [], isAdmin: false };
const ASKED: AskedQuestion = {
  question: 'How much is the deposit?',
  history: [],
  mode: 'chat',
  overrides: {},
  reader: READER,
};
const LONG: readonly PastTurn[] = [{ question: 'Before?', answer: 'Something. '.repeat(300) }];

const throttled = (retryAfterMs: number | null) =>
  new ModelFailure('throttled', 'Busy.', { retryAfterMs, gateway: NOTE });

function stage(models: FakeModels, waitMsMax = 60_000, change: Partial<Retrieved> = {}) {
  const clock = new FakeClock();
  const told: AnswerEventBody[] = [];
  const wanted: Wanted[] = [];
  const failures: ModelFailure[] = [];
  const found: Retrieved = {
    sources: SOURCES,
    told: TOLD,
    scores: SCORES,
    mode: 'text',
    gateway: null,
    withoutVectors: null,
    isProbing: false,
    reranked: null,
    rerankCall: null,
    ...change,
  };
  const answerer = new Answerer({
    models,
    retriever: {
      retrieve: async (asked) => {
        wanted.push(asked);
        return found;
      },
    },
    settings: SETTINGS,
    clock,
    waitMsMax,
    onFailure: (failure) => failures.push(failure),
  });
  const stop = new AbortController();
  const answer = (asked: Partial<AskedQuestion> = {}) =>
    answerer.answer({ ...ASKED, ...asked }, (event) => told.push(event), stop.signal);
  const of = <T extends AnswerEventBody['type']>(type: T) =>
    told.filter((event): event is Extract<AnswerEventBody, { type: T }> => event.type === type);
  const prompts = () => of('step').flatMap(({ about }) => (about?.kind === 'prompt' ? [about] : []));
  return { clock, told, wanted, failures, stop, answer, of, prompts };
}

/** Lets promises settle until an event of the type has been told. */
async function until(told: readonly AnswerEventBody[], type: AnswerEventBody['type']): Promise<void> {
  for (let turns = 0; turns < 1_000 && !told.some((event) => event.type === type); turns++) await setImmediate();
  assert.ok(
    told.some((event) => event.type === type),
    `no event ${type}`,
  );
}

test('answerer: tells phases, sources, text, citations, follow-ups, usage and the check, in this order', async () => {
  const { answer, told } = stage(
    new FakeModels(['The deposit is 100 euros [', 'S1', '].\n<<Is there', ' more to pay?>>']),
  );
  assert.equal(await answer(), 'The deposit is 100 euros.\n');
  const types = told
    .map((event) => (event.type === 'phase' ? event.phase : event.type))
    .filter((type) => type !== 'step');
  assert.deepEqual(
    [...new Set(types)],
    ['searching', 'sources', 'answering', 'gateway', 'delta', 'citation', 'usage', 'followups', 'checking', 'check'],
  );
  assert.deepEqual(
    told.find(({ type }) => type === 'followups'),
    { type: 'followups', questions: ['Is there more to pay?'] },
  );
  assert.deepEqual(
    told.find(({ type }) => type === 'check'),
    { type: 'check', unsupported: [] },
  );
});

test('answerer: D5, numbers, "Next" and split markers come through whole', async () => {
  const text = 'Next, the deposit of 100 euros is paid within 14 days < 15 days.';
  const { answer, of } = stage(new FakeModels([...text]));
  assert.equal(await answer(), text);
  assert.equal(
    of('delta')
      .map((event) => event.text)
      .join(''),
    text,
  );
});

test('answerer: a citation of no source is left out, and the panel says so', async () => {
  const { answer, of } = stage(new FakeModels(['The deposit is 100 euros [S1][S9].']));
  await answer();
  assert.deepEqual(
    of('citation').map(({ label }) => label),
    ['S1'],
  );
  assert.ok(of('step').some(({ text }) => text.includes('S9')));
});

test('answerer: a sentence that no source holds is marked', async () => {
  const { answer, of } = stage(new FakeModels(['The deposit is 250 euros and paid in cash [S1].']));
  const text = await answer();
  assert.deepEqual(of('check')[0]?.unsupported, [{ start: 0, end: text.length }]);
});

test('answerer: a first short question is not planned, a further one is, and a plan that fails is done without', async () => {
  const models = new FakeModels(['Yes [S1].']);
  const { answer, wanted, of } = stage(models);
  await answer();
  models.planReply = { call: '{"queries":["deposit back","deposit when"]}', text: '', gateway: NOTE };
  await answer({ history: LONG });
  await answer({ history: LONG, mode: 'ask' });
  models.planReply = new ModelFailure('gatewayDown', 'Down.');
  await answer({ history: LONG });
  assert.equal(models.planned.length, 2);
  assert.deepEqual(
    wanted.map(({ queries }) => queries),
    [
      [ASKED.question],
      ['deposit back', 'deposit when'],
      [ASKED.question],
      [`Before? ${ASKED.question}`, ASKED.question],
    ],
  );
  assert.deepEqual(of('error'), []);
  const abouts = of('step').flatMap((event) =>
    event.type === 'step' && event.about !== undefined ? [event.about] : [],
  );
  const queries = abouts.flatMap((about) => (about.kind === 'queries' ? [[about.failed, about.queries.length]] : []));
  assert.deepEqual(queries, [
    [null, 2],
    ['gatewayDown', 2],
  ]);
  const [search] = abouts.filter(({ kind }) => kind === 'search');
  const found = { queries: [ASKED.question], mode: 'text', passages: 4, withoutVectors: null, scores: SCORES };
  assert.deepEqual(search, { kind: 'search', ...found });
  assert.deepEqual(abouts.at(-1), { kind: 'check', unsupported: 0 });
});

test('answerer: the prompts of both calls are told as they were sent, with the parameters', async () => {
  const models = new FakeModels(['Yes [S1].']);
  const { answer, prompts } = stage(models);
  await answer({ history: LONG, overrides: { temperature: 0.7, seed: 3 } });
  assert.deepEqual(
    prompts().map(({ call, parameters }) => [call, parameters.temperature, parameters.tokensMax, parameters.seed]),
    [
      ['plan', 0, 200, null],
      ['answer', 0.7, 1_024, 3],
    ],
  );
  const sent = [models.planned[0], models.asked[0]?.messages];
  assert.deepEqual(
    prompts().map(({ messages }) => messages.map(({ role, content }) => ({ role, content }))),
    sent,
  );
  assert.match(sent[1]?.at(-1)?.content ?? '', /Heating runs in winter/);
});

test('answerer: a prompt is told before the words of its answer, and where nobody answered, too', async () => {
  const { answer, told } = stage(new FakeModels(['Yes [S1].']));
  await answer();
  const at = (isIt: (event: AnswerEventBody) => boolean) => told.findIndex(isIt);
  const prompt = at((event) => event.type === 'step' && event.about?.kind === 'prompt');
  assert.ok(prompt > at(({ type }) => type === 'sources') && prompt < at(({ type }) => type === 'delta'));
  const down = stage(new FakeModels([new ModelFailure('gatewayDown', 'Down.')]));
  await down.answer({ history: LONG });
  assert.deepEqual(
    down.prompts().map(({ call }) => call),
    ['plan', 'answer'],
  );
});

test('answerer: tried again the same prompt is not told twice, a shortened one is', async () => {
  const waited = stage(new FakeModels([throttled(1_000)], ['Yes [S1].']));
  const answering = waited.answer();
  await until(waited.told, 'waiting');
  waited.clock.advance(1_000);
  await answering;
  assert.equal(waited.prompts().length, 1);
  const shortened = stage(new FakeModels([new ModelFailure('tooLong', 'Too long.')], ['Yes [S1].']));
  await shortened.answer();
  const [first, second] = shortened.prompts().map(({ messages }) => messages.at(-1)?.content ?? '');
  assert.match(first ?? '', /id="S4"/);
  assert.match(second ?? '', /id="S2"/);
  assert.doesNotMatch(second ?? '', /id="S3"/);
});

test('answerer: a 429 is waited for once, as told, and the answer comes', async () => {
  const { answer, told, clock, of } = stage(new FakeModels([throttled(7_000)], ['Yes [S1].']));
  const askedMs = clock.nowMs();
  const answering = answer();
  await until(told, 'waiting');
  assert.deepEqual(of('waiting'), [{ type: 'waiting', retryAtMs: askedMs + 7_000 }]);
  clock.advance(7_000);
  assert.equal(await answering, 'Yes.');
  assert.deepEqual(of('error'), []);
});

test('answerer: a second 429, or one that asks for more than the limit, is a plain error with the time', async () => {
  const rows: ReadonlyArray<readonly [string, FakeModels, number]> = [
    ['twice', new FakeModels([throttled(1_000)], [throttled(9_000)]), 9_000],
    ['too long', new FakeModels([throttled(61_000)]), 61_000],
  ];
  for (const [name, models, retryAfterMs] of rows) {
    const { answer, told, clock, of, failures } = stage(models);
    const answering = answer();
    if (name === 'twice') {
      await until(told, 'waiting');
      clock.advance(1_000);
    }
    assert.equal(await answering, '', name);
    const message = `Busy. Try again in ${retryAfterMs / 1_000} seconds.`;
    assert.deepEqual(of('error'), [{ type: 'error', kind: 'throttled', message, retryAfterMs }], name);
    assert.equal(of('sources').length, 1, 'what was found stays');
    assert.equal(failures.length, 1);
  }
});

test('answerer: too long for the model, it is tried once more with fewer passages and less history', async () => {
  const tooLong = () => new ModelFailure('tooLong', 'Too long.');
  const models = new FakeModels([tooLong()], ['Yes [S1].']);
  const { answer, of } = stage(models);
  models.planReply = { call: null, text: 'deposit', gateway: NOTE };
  assert.equal(await answer({ history: LONG }), 'Yes.');
  const [first, second] = models.asked.map(({ messages }) => messages);
  assert.equal(first?.length, 4);
  assert.equal(second?.length, 2, 'the turn before is left out');
  assert.match(first?.at(-1)?.content ?? '', /id="S4"/);
  assert.doesNotMatch(second?.at(-1)?.content ?? '', /id="S[34]"/);
  assert.ok(of('step').some(({ title }) => title === 'Shortened'));
  const again = stage(new FakeModels([tooLong()]));
  await again.answer();
  assert.equal(again.of('error')[0]?.kind, 'tooLong', 'once only');
});

test('answerer: what fails in the middle keeps the text, and nothing is asked again', async () => {
  for (const kind of ['filtered', 'gatewayDown', 'throttled', 'timeout'] as const) {
    const models = new FakeModels(['The deposit is [S', new ModelFailure(kind, 'Plain.', { retryAfterMs: 1 })]);
    const { answer, of } = stage(models);
    assert.equal(await answer(), 'The deposit is [S', kind);
    assert.deepEqual(
      of('error').map((event) => event.kind),
      [kind],
    );
    assert.equal(models.asked.length, 1);
    assert.equal(of('check').length, 0);
  }
});

test('answerer: stopped, it keeps what was written and tells no error', async () => {
  const models = new FakeModels(['One ', 'two ', 'three']);
  const { answer, of, stop, told } = stage(models);
  models.beforePiece = async () => {
    if (of('delta').length > 0) stop.abort();
  };
  assert.equal(await answer(), 'One ');
  assert.deepEqual(
    told.filter(({ type }) => type === 'error'),
    [],
  );
});

test('answerer: stopped while it waits for quota, it ends at once', async () => {
  const { answer, told, stop, of } = stage(new FakeModels([throttled(50_000)]));
  const answering = answer();
  await until(told, 'waiting');
  stop.abort();
  assert.equal(await answering, '');
  assert.deepEqual(of('error'), []);
});

test('answerer: D4, a whole prompt takes the place of the instructions, and one behind >>> is added', async () => {
  const models = new FakeModels(['Yes.']);
  const { answer } = stage(models);
  await answer({ overrides: { promptTemplate: 'Speak like a pirate.', followups: false } });
  await answer({ overrides: { promptTemplate: '>>>Be kind.', followups: false } });
  const [whole, added] = models.asked.map(({ messages }) => messages[0]?.content ?? '');
  assert.equal(whole, 'Speak like a pirate.');
  assert.match(added ?? '', /passages[\s\S]+Be kind\.$/);
});

test('answerer: what goes wrong in here is said as that, and the log gets the reason', async () => {
  const failures: ModelFailure[] = [];
  const told: AnswerEventBody[] = [];
  const answerer = new Answerer({
    models: new FakeModels(['x']),
    retriever: { retrieve: () => Promise.reject(new StoreError('local: the disk is full')) },
    settings: SETTINGS,
    clock: new FakeClock(),
    waitMsMax: 0,
    onFailure: (failure) => failures.push(failure),
  });
  await answerer.answer(ASKED, (event) => told.push(event), new AbortController().signal);
  const error = told.find(({ type }) => type === 'error');
  assert.ok(error?.type === 'error' && error.kind === 'internal' && !error.message.includes('disk'));
  assert.match(failures[0]?.detail ?? '', /disk is full/);
});

test('answerer: of more follow-up questions than five, and of invented labels than twenty, the first are told', async () => {
  const questions = Array.from({ length: 7 }, (_, i) => `<<Is this number ${i}?>>`).join('');
  const invented = Array.from({ length: 25 }, (_, i) => `One [S${i + 50}]. `).join('');
  const { answer, of } = stage(new FakeModels([`${invented}Two [S1].\n${questions}`]));
  await answer();
  const [told] = of('followups');
  assert.deepEqual(told, { type: 'followups', questions: [0, 1, 2, 3, 4].map((i) => `Is this number ${i}?`) });
  const step = of('step').find((event) => event.type === 'step' && event.title === 'Invented citations');
  assert.equal(step?.type === 'step' ? step.text.match(/S\d+/g)?.length : null, 20);
});

test('answerer: the search step says who put the passages in order, or that nobody did', async () => {
  const rows = [
    [null, /passages\.$/],
    ['service', /\nReranked by the search service\.$/],
    ['model', /\nReranked by the chat model\.$/],
    ['failed', /\nNot reranked: .* in the order in which they were found\.$/],
  ] as const;
  for (const [reranked, want] of rows) {
    const { answer, of } = stage(new FakeModels(['Yes [S1].']), 0, { reranked });
    await answer();
    const search = of('step').find(({ title }) => title === 'Search');
    assert.match(search?.text ?? '', want);
    assert.equal(search?.about?.kind === 'search' ? search.about.reranked : null, reranked ?? undefined);
  }
});

test('answerer: a call in which the model put the passages in order has its prompt, its gateway and its time', async () => {
  const models = new FakeModels(['Yes [S1].']);
  const messages = [{ role: 'user', content: 'Which of these?' }] as const;
  const call = { messages, parameters: models.planParameters(), passages: 4, ms: 12.34, gateway: NOTE, failed: null };
  const { answer, of, prompts } = stage(models, 0, { reranked: 'model', rerankCall: call });
  await answer();
  const search = of('step').find(({ title }) => title === 'Search');
  assert.doesNotMatch(search?.text ?? '', /eranked/);
  assert.equal(search?.about?.kind === 'search' ? search.about.reranked : null, undefined);
  assert.deepEqual(
    prompts().map((prompt) => prompt.call),
    ['rerank', 'answer'],
  );
  assert.deepEqual(prompts()[0]?.messages, [{ ...messages[0], cut: 0 }]);
  assert.deepEqual(of('gateway')[0], { type: 'gateway', step: 'rerank', gateway: NOTE });
  const about = { kind: 'rerank', passages: 4, failed: null };
  const text = '4 passages. Reranked by the chat model.';
  assert.deepEqual(
    of('step').find(({ title }) => title === 'Reranking'),
    { type: 'step', title: 'Reranking', text, ms: 12.3, about },
  );
});

test('answerer: an order that the model did not give is told with its reason', async () => {
  const models = new FakeModels(['Yes [S1].']);
  const failed = { kind: 'throttled', message: 'Busy.' } as const;
  const call = { messages: [], parameters: models.planParameters(), passages: 2, ms: 1, gateway: null, failed };
  const { answer, of } = stage(models, 0, { reranked: 'failed', rerankCall: call });
  await answer();
  const step = of('step').find(({ title }) => title === 'Reranking');
  assert.match(step?.text ?? '', /^Busy\. Not reranked: /);
  assert.deepEqual(step?.about, { kind: 'rerank', passages: 2, failed: 'throttled' });
  assert.ok(!of('gateway').some(({ step: of }) => of === 'rerank'));
});
