import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FakeModels } from '../answer/testing/fake-models.ts';
import { NO_SCORE, outcomeWith, resultWith } from '../eval/testing.ts';
import { CHANGED_MAX } from './evaluation-api.ts';
import { type Started, started } from './testing/chat.ts';

const DOCUMENTS = { 'pets.md': '# Pets\n\nDogs are welcome in the garden flat. A dog costs 12 euros per night.\n' };
const GOLD = 'gold: [{ file: pets.md, passage: "A dog costs 12 euros per night." }]';
const QUESTIONS = `plain:
  - { id: dog, question: What does a dog cost?, ${GOLD}, numbers: ["12"] }
  - { id: cat, question: What does a cat cost?, ${GOLD}, numbers: ["900"] }
`;

interface Measured extends Started {
  readonly folder: string;
}

async function measured(t: TestContext, env: Readonly<Record<string, string>> = {}): Promise<Measured> {
  const root = mkdtempSync(join(tmpdir(), 'spillway-evaluation-routes-'));
  t.after(() => rmSync(root, { recursive: true }));
  const questions = join(root, 'questions.yaml');
  const floors = join(root, 'floors.yaml');
  writeFileSync(questions, QUESTIONS);
  writeFileSync(floors, 'search: { hit5: 1 }\nanswers: { numbers: 0.9 }\n');
  const folder = join(root, 'runs');
  const app = await started(t, new FakeModels(['A dog costs 12 euros per night [S1].']), {
    documents: DOCUMENTS,
    env: {
      SPILLWAY_CHAT_EVALUATIONS: folder,
      SPILLWAY_CHAT_EVALUATION_QUESTIONS: questions,
      SPILLWAY_CHAT_EVALUATION_FLOORS: floors,
      ...env,
    },
  });
  return { ...app, folder };
}

async function run({ chat, post, send }: Started, body: unknown = {}): Promise<string> {
  const begun = await post('/api/evaluations', body);
  assert.equal(begun.status, 202, await begun.clone().text());
  await chat.parts.evaluations.idle();
  const { ended } = await (await send('/api/evaluations')).json();
  assert.equal(ended.kind, 'kept', JSON.stringify(ended));
  return ended.run;
}

const json = async (answer: Promise<Response>) => (await answer).json();

test('evaluationRoutes: a run asks the app itself over what is indexed, and is kept as a file with what each question came to', async (t) => {
  const app = await measured(t);
  const id = await run(app);
  assert.deepEqual(readdirSync(app.folder), [`${id}.json`]);
  const { runs, running, questions } = await json(app.send('/api/evaluations'));
  assert.deepEqual([running, questions], [null, { count: 2, problem: null, isSample: false }]);
  assert.deepEqual(
    [runs[0].questions, runs[0].right, runs[0].model, runs[0].misses],
    [2, 1, 'chat', [{ metric: 'numbers', floor: 0.9, mean: 0.5 }]],
  );
  const { outcomes, floors } = await json(app.send(`/api/evaluations/${id}`));
  assert.deepEqual(floors, { numbers: 0.9 });
  const [dog, cat] = outcomes;
  assert.deepEqual([dog.score.numbers, dog.score.hit5, dog.score.recall, dog.failure], [1, 1, 1, null]);
  assert.deepEqual([cat.score.numbers, cat.found, cat.gold], [0, ['pets.md'], ['pets.md']]);
  assert.deepEqual(cat.expected, ['A dog costs 12 euros per night.']);
  assert.match(dog.answer, /^A dog costs 12 euros/);
});

test('evaluationRoutes: the search alone asks no model', async (t) => {
  const app = await measured(t);
  const id = await run(app, { mode: 'search' });
  const { mode, model, figures, outcomes } = await json(app.send(`/api/evaluations/${id}`));
  assert.deepEqual([mode, model, outcomes[0].answer], ['search', null, null]);
  assert.deepEqual(figures[0], { metric: 'hit5', mean: 1, count: 2 });
});

test('evaluationRoutes: a run is under way until it is stopped, and then leaves nothing; draining stops it, too', async (t) => {
  const app = await measured(t);
  t.mock.method(app.chat.parts.answerer, 'answer', () => new Promise(() => {}));
  const { running } = await json(app.post('/api/evaluations', {}));
  assert.deepEqual([running.done, running.total, running.startedBy], [0, 2, 'local']);
  assert.deepEqual((await json(app.send('/api/evaluations'))).running, running);
  assert.equal((await json(app.post('/api/evaluations', {}))).error.code, 'evaluating');
  assert.equal((await app.post(`/api/evaluations/${running.id}/stop`, {})).status, 204);
  await app.chat.parts.evaluations.idle();
  const { runs, ended } = await json(app.send('/api/evaluations'));
  assert.deepEqual([runs, ended.kind], [[], 'stopped']);
  assert.equal((await app.post(`/api/evaluations/${running.id}/stop`, {})).status, 404);
  await app.post('/api/evaluations', {});
  await app.chat.drain();
  assert.equal(app.chat.parts.evaluations.running, null);
});

test('evaluationRoutes: while the app ends none is begun', async (t) => {
  const app = await measured(t);
  t.mock.method(app.chat.parts, 'isReady', () => false);
  assert.equal((await json(app.post('/api/evaluations', {}))).error.code, 'draining');
});

test('evaluationRoutes: what changed between two runs, by figure and by question, and only of one kind', async (t) => {
  const app = await measured(t);
  const { shelf } = app.chat.parts.evaluations;
  const wrong = (id: string) => outcomeWith({ id, score: { ...NO_SCORE, hit5: 0 } });
  const right = (id: string) => outcomeWith({ id, score: { ...NO_SCORE, hit5: 1 } });
  const before = await shelf.keep(resultWith(right('plain-a'), wrong('plain-b'), right('plain-c')));
  const after = await shelf.keep(resultWith(wrong('plain-a'), right('plain-b'), right('plain-d')));
  const search = await shelf.keep({ ...resultWith(right('plain-a')), mode: 'search' });
  const diff = await json(app.send(`/api/evaluations/${after}/diff/${before}`));
  assert.deepEqual([diff.before.id, diff.after.id], [before, after]);
  assert.deepEqual(diff.figures, [{ metric: 'hit5', before: 0.5, after: 0.5 }]);
  assert.deepEqual(
    diff.changed.map((one: { change: string; after: { id: string } }) => [one.change, one.after.id]),
    [
      ['broken', 'plain-a'],
      ['mended', 'plain-b'],
    ],
  );
  assert.deepEqual(
    [diff.counts, diff.added, diff.gone],
    [{ broken: 1, worse: 0, better: 0, mended: 1 }, ['plain-d'], ['plain-c']],
  );
  const other = await app.send(`/api/evaluations/${after}/diff/${search}`);
  assert.deepEqual([other.status, (await other.json()).error.code], [409, 'otherMode']);
  assert.equal((await app.send(`/api/evaluations/${after}/diff/none`)).status, 404);
});

test('evaluationRoutes: of very many questions that changed the first are told, and all counted', async (t) => {
  const app = await measured(t);
  const { shelf } = app.chat.parts.evaluations;
  const ids = Array.from({ length: CHANGED_MAX + 1 }, (_, i) => `plain-${i}`);
  const of = (hit5: number) => resultWith(...ids.map((id) => outcomeWith({ id, score: { ...NO_SCORE, hit5 } })));
  const [before, after] = [await shelf.keep(of(0)), await shelf.keep(of(1))];
  const { changed, counts } = await json(app.send(`/api/evaluations/${after}/diff/${before}`));
  assert.deepEqual([changed.length, counts.mended], [CHANGED_MAX, CHANGED_MAX + 1]);
});

test('evaluationRoutes: all of them are for admins', async (t) => {
  const app = await measured(t, { SPILLWAY_CHAT_AUTH: 'proxy', SPILLWAY_CHAT_ADMINS: 'ann' });
  const id = await app.chat.parts.evaluations.shelf.keep(resultWith(outcomeWith()));
  const asks: ReadonlyArray<readonly [method: string, path: string]> = [
    ['GET', ''],
    ['POST', ''],
    ['POST', '/x/stop'],
    ['GET', `/${id}`],
    ['GET', `/${id}/diff/${id}`],
    ['DELETE', `/${id}`],
  ];
  const as = (user: string, method: string, path: string) =>
    app.send(`/api/evaluations${path}`, { method, headers: { 'x-forwarded-user': user } });
  for (const [method, path] of asks) {
    const refused = await as('bob', method, path);
    assert.deepEqual([refused.status, (await refused.json()).error.code], [403, 'notAllowed'], `${method} ${path}`);
    assert.equal((await app.send(`/api/evaluations${path}`, { method })).status, 401);
  }
  assert.equal((await as('ann', 'GET', `/${id}`)).status, 200);
  assert.equal((await as('ann', 'DELETE', `/${id}`)).status, 204);
});

test('evaluationRoutes: with the index in memory runs are kept there, and questions that came along want their documents', async (t) => {
  const app = await started(t, new FakeModels([]), { documents: { 'mine.md': '# Mine\n\nNothing of the sample.\n' } });
  assert.equal(app.chat.parts.settings.evaluation.folder, null);
  const { runs, questions } = await json(app.send('/api/evaluations'));
  assert.deepEqual([runs, questions], [[], { count: 120, problem: null, isSample: true }]);
  const refused = await app.post('/api/evaluations', {});
  assert.deepEqual([refused.status, (await refused.json()).error.code], [409, 'noQuestions']);
});
