import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnswerEventBody, CallParameters, GatewayEvent, SourceEvent } from '../events.ts';
import { thoughtsOf } from './thoughts.ts';

const PARAMETERS: CallParameters = { model: 'chat', temperature: 0, tokensMax: 200, reasoningEffort: null, seed: null };
const NOTE: GatewayEvent = { requestId: 'r1', deployment: 'a/chat', attempts: 1, decision: null, waitedMs: null };
const SOURCE: SourceEvent = {
  label: 'S1',
  documentId: 'd',
  chunkId: 'd-0',
  path: 'pets.pdf',
  title: 'Pets',
  headings: [],
  pageFrom: 3,
  pageTo: 3,
  start: 0,
  end: 4,
  text: 'Dogs cost 12.',
};

function prompt(call: 'plan' | 'answer', cut = 0, leftOut = 0): AnswerEventBody {
  const messages = [{ role: 'user', content: 'And dogs?', cut } as const];
  const about = { kind: 'prompt', call, messages, leftOut, parameters: PARAMETERS } as const;
  return { type: 'step', title: 'Prompt', text: 'Model chat', ms: 0, about };
}

function told(...events: readonly AnswerEventBody[]) {
  return thoughtsOf(events.map((event, i) => ({ ...event, id: i + 1 })));
}

test('thoughtsOf: a prompt is a list of messages, its parameters and tokens are props', () => {
  const usage: AnswerEventBody = { type: 'usage', promptTokens: 100, completionTokens: 20 };
  const props = { model: 'chat', temperature: 0, max_tokens: 200 };
  const description = [{ role: 'user', content: 'And dogs?' }];
  assert.deepEqual(told(prompt('plan'), prompt('answer'), usage), [
    { title: 'Prompt to generate search query', description, props },
    {
      title: 'Prompt to generate answer',
      description,
      props: {
        ...props,
        token_usage: { prompt_tokens: 100, completion_tokens: 20, reasoning_tokens: null, total_tokens: 120 },
      },
    },
  ]);
});

test('thoughtsOf: tokens are those of the try that brought them, and none where they were not told', () => {
  const usage: AnswerEventBody = { type: 'usage', promptTokens: 100, completionTokens: 20 };
  const has = told(prompt('answer'), prompt('answer'), usage).map(({ props }) => 'token_usage' in props);
  assert.deepEqual(has, [false, true]);
  const [untold] = told(prompt('answer'), { type: 'usage', promptTokens: 100, completionTokens: null });
  assert.ok(untold !== undefined && !('token_usage' in untold.props));
});

test('thoughtsOf: what was cut or left out of a prompt is said', () => {
  const [thought] = told(prompt('answer', 9, 4));
  assert.deepEqual(thought?.description, [{ role: 'user', content: 'And dogs?… (9 more characters were sent)' }]);
  assert.equal(thought?.props.messages_left_out, 4);
});

test('thoughtsOf: results have their scores, where they were told', () => {
  const scores = [{ label: 'S1', words: 2.5, vectors: null, fused: 0.5 }];
  const about = { kind: 'search', queries: ['dogs'], mode: 'text', passages: 1, withoutVectors: null } as const;
  const search: AnswerEventBody = { type: 'step', title: 'Search', text: 'dogs', ms: 4, about: { ...about, scores } };
  const sources: AnswerEventBody = { type: 'sources', sources: [SOURCE], mode: 'text' };
  const row = { id: 'd-0', content: 'Dogs cost 12.', sourcepage: 'pets.pdf#page=3', sourcefile: 'pets.pdf' };
  assert.deepEqual(told(search, sources), [
    { title: 'Search', description: 'dogs', props: { ms: 4 } },
    {
      title: 'Search results',
      description: [{ ...row, score: 0.5, words_score: 2.5, vector_score: null }],
      props: {},
    },
  ]);
  assert.deepEqual(told(sources)[0]?.description, [{ ...row, score: null }]);
  const ranked = { label: 'S1', words: null, vectors: null, ranker: 3.1, fused: 1 };
  assert.deepEqual(told({ ...search, about: { ...about, scores: [ranked] } }, sources)[1]?.description, [
    { ...row, score: 1, words_score: null, vector_score: null, reranker_score: 3.1 },
  ]);
});

test('thoughtsOf: says which back end answered, where the gateway told', () => {
  const gateway: AnswerEventBody = { type: 'gateway', step: 'answer', gateway: NOTE };
  assert.deepEqual(told(gateway, { ...gateway, gateway: { ...NOTE, requestId: null } }), [
    { title: 'Gateway (answer)', description: 'a/chat', props: { attempts: 1, requestId: 'r1', waitedMs: null } },
  ]);
});
