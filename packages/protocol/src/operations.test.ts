import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OPERATION_NAMES, operationOf, type Repeat, repeatOf } from './operations.ts';

const REPEAT = 'repeatable';
const UNSTARTED = 'provenUnstarted';
const PLAIN = { store: null, background: false } as const;

/** The rows of wire reference §1.2–1.5, with what a request of theirs without `store` and `background` may be. */
const TABLE: ReadonlyArray<readonly [method: string, path: string, name: string, repeat: Repeat]> = [
  ['POST', 'chat/completions', 'chat.completions', REPEAT],
  ['POST', 'extensions/chat/completions', 'chat.completions', REPEAT],
  ['POST', 'completions', 'completions', REPEAT],
  ['POST', 'embeddings', 'embeddings', REPEAT],
  ['POST', 'images/generations', 'images', UNSTARTED],
  ['POST', 'images/generations:submit', 'images', UNSTARTED],
  ['POST', 'images/edits', 'images', UNSTARTED],
  ['POST', 'audio/transcriptions', 'audio', UNSTARTED],
  ['POST', 'audio/translations', 'audio', UNSTARTED],
  ['POST', 'audio/speech', 'audio', UNSTARTED],
  ['POST', 'batches', 'batches', UNSTARTED],
  ['GET', 'batches', 'batches', REPEAT],
  ['GET', 'batches/batch_1', 'batches', REPEAT],
  ['POST', 'batches/batch_1/cancel', 'batches', UNSTARTED],
  ['GET', 'operations/images/1', 'other', REPEAT],
  ['POST', 'responses', 'responses', UNSTARTED],
  ['GET', 'responses/resp_1', 'responses', REPEAT],
  ['DELETE', 'responses/resp_1', 'responses', UNSTARTED],
  ['GET', 'responses/resp_1/input_items', 'responses', REPEAT],
  ['POST', 'responses/resp_1/cancel', 'responses', UNSTARTED],
  ['POST', 'responses/compact', 'responses.compact', REPEAT],
  ['POST', 'responses/input_tokens', 'responses.input_tokens', REPEAT],
  ['GET', 'responses', 'responses', REPEAT],
  ['POST', 'files', 'files', UNSTARTED],
  ['GET', 'files', 'files', REPEAT],
  ['GET', 'files/file-1', 'files', REPEAT],
  ['GET', 'files/file-1/content', 'files', REPEAT],
  ['DELETE', 'files/file-1', 'files', UNSTARTED],
  ['POST', 'uploads', 'uploads', UNSTARTED],
  ['POST', 'uploads/upload_1/parts', 'uploads', UNSTARTED],
  ['POST', 'assistants', 'assistants', UNSTARTED],
  ['GET', 'assistants/asst_1', 'assistants', REPEAT],
  ['POST', 'threads', 'threads', UNSTARTED],
  ['POST', 'threads/thread_1/runs', 'threads', UNSTARTED],
  ['GET', 'threads/thread_1/messages', 'threads', REPEAT],
  ['POST', 'vector_stores', 'vector_stores', UNSTARTED],
  ['POST', 'vector_stores/vs_1/search', 'vector_stores', UNSTARTED],
  ['GET', 'vector_stores/vs_1/files', 'vector_stores', REPEAT],
  ['DELETE', 'vector_stores/vs_1', 'vector_stores', UNSTARTED],
  ['POST', 'fine_tuning/jobs', 'fine_tuning', UNSTARTED],
  ['GET', 'fine_tuning/jobs/ftjob-1/events', 'fine_tuning', REPEAT],
  ['POST', 'fine_tuning/alpha/graders/run', 'fine_tuning', UNSTARTED],
  ['POST', 'evals', 'evals', UNSTARTED],
  ['GET', 'evals/eval_1/runs', 'evals', REPEAT],
  ['POST', 'containers', 'containers', UNSTARTED],
  ['POST', 'containers/cntr_1/files', 'containers', UNSTARTED],
  ['GET', 'containers/cntr_1/files/cfile_1/content', 'containers', REPEAT],
  ['POST', 'conversations', 'conversations', UNSTARTED],
  ['POST', 'video/generations/jobs', 'video', UNSTARTED],
  ['GET', 'video/generations/jobs/1', 'video', REPEAT],
  ['POST', 'videos', 'videos', UNSTARTED],
  ['GET', 'models', 'models', REPEAT],
  ['GET', 'models/gpt-4o', 'models', REPEAT],
  ['GET', 'deployments', 'deployments', REPEAT],
  ['GET', 'realtime', 'realtime', REPEAT],
  ['POST', 'realtime', 'realtime', UNSTARTED],
  ['GET', 'chat/completions/chatcmpl-1', 'chat', REPEAT],
  ['POST', 'chat/completions/chatcmpl-1', 'chat', UNSTARTED],
  ['DELETE', 'chat/completions/chatcmpl-1', 'chat', UNSTARTED],
  ['POST', 'chat/completions/', 'chat.completions', REPEAT],
  ['POST', 'Chat/Completions', 'other', UNSTARTED],
  ['POST', 'something/new', 'other', UNSTARTED],
  ['GET', 'something/new', 'other', REPEAT],
  ['GET', 'chat/completions', 'chat', REPEAT],
  ['GET', 'embeddings', 'other', REPEAT],
  ['POST', '', 'other', UNSTARTED],
];

for (const [method, path, name, repeat] of TABLE) {
  test(`operationOf: ${method} ${path} is ${name}, ${repeat}`, () => {
    const operation = operationOf(method, path);
    assert.equal(operation.name, name);
    assert.equal(repeatOf(operation, PLAIN), repeat);
  });
}

/** RFC 9110 §9.2.1 calls these safe; every other method changes something, unless the table of generations says otherwise. */
const READS = ['GET', 'HEAD', 'OPTIONS'];
const WRITES = ['PUT', 'PATCH', 'DELETE', 'TRACE', 'CONNECT', 'get', 'post', 'QUERY'];

test('operationOf: of each path in the table a read may be repeated and any method but POST that is none may not', () => {
  for (const path of new Set(TABLE.map(([, p]) => p))) {
    for (const method of READS) assert.equal(repeatOf(operationOf(method, path), PLAIN), REPEAT, `${method} ${path}`);
    for (const method of WRITES)
      assert.equal(repeatOf(operationOf(method, path), PLAIN), UNSTARTED, `${method} ${path}`);
  }
});

const KEEPS: ReadonlyArray<readonly [path: string, store: boolean | null, background: boolean, want: Repeat]> = [
  ['chat/completions', null, false, REPEAT],
  ['chat/completions', false, false, REPEAT],
  ['chat/completions', true, false, UNSTARTED],
  ['chat/completions', null, true, UNSTARTED],
  ['chat/completions', false, true, UNSTARTED],
  ['chat/completions', true, true, UNSTARTED],
  ['responses', null, false, UNSTARTED],
  ['responses', false, false, REPEAT],
  ['responses', true, false, UNSTARTED],
  ['responses', null, true, UNSTARTED],
  ['responses', false, true, UNSTARTED],
  ['responses', true, true, UNSTARTED],
  ['embeddings', null, false, REPEAT],
  ['embeddings', false, false, REPEAT],
  ['embeddings', true, false, REPEAT],
  ['embeddings', false, true, UNSTARTED],
  ['images/generations', false, false, UNSTARTED],
  ['files', false, false, UNSTARTED],
];

for (const [path, store, background, want] of KEEPS) {
  test(`repeatOf: POST ${path} with store ${store}, background ${background} is ${want}`, () =>
    assert.equal(repeatOf(operationOf('POST', path), { store, background }), want));
}

const DRAWS: ReadonlyArray<readonly [method: string, path: string, want: string]> = [
  ['POST', 'chat/completions', 'promptAndAnswer'],
  ['POST', 'extensions/chat/completions', 'promptAndAnswer'],
  ['POST', 'completions', 'promptAndAnswer'],
  ['POST', 'responses', 'promptAndAnswer'],
  ['POST', 'responses/', 'promptAndAnswer'],
  ['POST', 'responses/compact', 'promptAndAnswer'],
  ['POST', 'embeddings', 'prompt'],
  ['POST', 'responses/input_tokens', 'nothing'],
  ['POST', 'responses/resp_1/cancel', 'nothing'],
  ['GET', 'responses/resp_1', 'nothing'],
  ['GET', 'chat/completions', 'nothing'],
  ['POST', 'images/generations', 'nothing'],
  ['POST', 'unheard/of', 'nothing'],
];

for (const [method, path, want] of DRAWS) {
  test(`operationOf: ${method} ${path} draws ${want}`, () => assert.equal(operationOf(method, path).draws, want));
}

test('OPERATION_NAMES: holds every name there is, once, and each of them is reached', () => {
  assert.equal(new Set(OPERATION_NAMES).size, OPERATION_NAMES.length);
  const reached = new Set(TABLE.map(([method, path]) => operationOf(method, path).name));
  assert.deepEqual([...reached].sort(), [...OPERATION_NAMES].sort());
  const segment = fc.oneof(
    fc.constantFrom('chat', 'files', 'constructor', '__proto__', 'toString', '', '..'),
    fc.string(),
  );
  const method = fc.oneof(fc.constantFrom('GET', 'POST', 'DELETE'), fc.string());
  fc.assert(
    fc.property(method, fc.array(segment), (m, segments) =>
      assert.ok(OPERATION_NAMES.includes(operationOf(m, segments.join('/')).name)),
    ),
  );
});
