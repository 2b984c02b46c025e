import assert from 'node:assert/strict';
import test from 'node:test';
import { seededUnit } from '@spillway/clock';
import type { Resource } from '../resource.ts';
import { answered, NOW_MS, testRequest, testResource } from '../testing.ts';

function send(to: Resource, path: string, body: unknown, method = 'POST', nowMs = NOW_MS) {
  const answer = answered(to, testRequest(body, { method, path: `/openai/v1/${path}`, query: '' }), nowMs);
  const text = answer.body.kind === 'text' ? answer.body.text : '{}';
  return { status: answer.status, text, json: JSON.parse(text) };
}

const MESSAGE = { role: 'user', content: 'Hello' };

const REFUSED: ReadonlyArray<readonly [path: string, body: unknown, status: number, says: RegExp]> = [
  ['assistants', {}, 400, /'model'/],
  ['assistants', { model: 'chat', metadata: { a: 1 } }, 400, /metadata\.a/],
  ['threads', { messages: new Array(33).fill(MESSAGE) }, 400, /at most 32/],
  ['threads', { messages: [{ role: 'king', content: 'Hello' }] }, 400, /'user', 'assistant'/],
  ['threads', { messages: [{ role: 'user' }] }, 400, /'content'/],
  ['threads/runs', {}, 400, /'assistant_id'/],
  ['threads/runs', { assistant_id: 'asst_none' }, 404, /No assistant found with id 'asst_none'/],
  ['threads/thread_none/messages', MESSAGE, 404, /No thread found with id 'thread_none'/],
  ['threads/thread_none/runs', { assistant_id: 'a' }, 404, /No thread found/],
  ['evals', {}, 400, /'data_source_config'/],
  ['evals/eval_none/runs', { data_source: {} }, 404, /No eval found/],
  ['containers', {}, 400, /'name'/],
  ['containers', { name: 'box', expires_after: { anchor: 'last_active_at', minutes: 21 } }, 400, /from 1 to 20/],
  ['containers/cntr_none/files', { file_id: 'f' }, 404, /No container found/],
  ['fine_tuning/jobs', { model: 'gpt-4o-mini' }, 400, /'training_file'/],
  ['fine_tuning/jobs/ftjob-none/pause', {}, 404, /No fine-tuning job found/],
  ['fine_tuning/alpha/graders/validate', {}, 400, /'grader'/],
  ['videos', { model: 'chat' }, 400, /'prompt'/],
  ['videos', { model: 'nobody', prompt: 'A cat' }, 404, /DeploymentNotFound/],
  ['video/generations/jobs', { model: 'chat', prompt: 'A cat', n_variants: 3 }, 400, /from 1 to 2/],
  ['vector_stores', { expires_after: { anchor: 'last_active_at', days: 366 } }, 400, /from 1 to 365/],
  ['vector_stores', { file_ids: ['file-none'] }, 404, /Files \[file-none\] were not found/],
  ['threads/a/b/c', {}, 404, /Resource not found/],
  ['assistants', '{', 400, /could not be parsed as JSON/],
  ['vector_stores', '{', 400, /could not be parsed as JSON/],
  ['conversations', '[1', 400, /could not be parsed as JSON/],
  ['assistants', '', 400, /'model'/],
];

test('familyServices: refuse what is missing, too much or unknown', () => {
  const to = testResource(seededUnit);
  for (const [path, body, status, says] of REFUSED) {
    const answer = send(to, path, body);
    assert.equal(answer.status, status, `${path} ${answer.text}`);
    assert.match(answer.text, says, path);
  }
});

test('Collection: an object below another is not found below a third, and goes with its own', () => {
  const to = testResource(seededUnit);
  const [one, two] = [send(to, 'threads', {}).json.id, send(to, 'threads', {}).json.id];
  const { id } = send(to, `threads/${one}/messages`, MESSAGE).json;
  assert.equal(send(to, `threads/${one}/messages/${id}`, '', 'GET').status, 200);
  assert.equal(send(to, `threads/${two}/messages/${id}`, '', 'GET').status, 404);
  assert.equal(send(to, `threads/${one}`, '', 'DELETE').json.deleted, true);
  assert.equal(send(to, `threads/${one}/messages/${id}`, '', 'GET').status, 404);
  assert.equal(send(to, `threads/${one}`, '', 'DELETE').status, 404);
});

test('Collection: a change sets what may be changed, and nothing else', () => {
  const to = testResource(seededUnit);
  const { id } = send(to, 'threads', { metadata: { a: 'b' } }).json;
  const changed = send(to, `threads/${id}`, { metadata: { c: 'd' }, object: 'king' }).json;
  assert.deepEqual([changed.metadata, changed.object], [{ c: 'd' }, 'thread']);
  assert.equal(send(to, `threads/${id}`, { metadata: { c: 1 } }).status, 400);
});

test('assistantsService: a run ends its work when its answer is whole, so that the deployment is free again', () => {
  const to = testResource(seededUnit, { latency: { firstTokenMs: 1000, perTokenMs: 0, spread: 0 } });
  const assistant_id = send(to, 'assistants', { model: 'chat' }).json.id;
  send(to, 'threads/runs', { assistant_id, thread: { messages: [MESSAGE] } });
  assert.equal(to.deployments.get('chat')?.active, 1);
  send(to, 'assistants', '', 'GET', NOW_MS + 60_000);
  assert.equal(to.deployments.get('chat')?.active, 0);
});

test('evalsService: tells the schema of a row where that of an item was asked for', () => {
  const item_schema = { type: 'object', properties: { a: { type: 'string' } } };
  const asked = { data_source_config: { type: 'custom', item_schema }, testing_criteria: [] };
  const { data_source_config: shown } = send(testResource(seededUnit), 'evals', asked).json;
  assert.deepEqual(shown, {
    type: 'custom',
    schema: { type: 'object', properties: { item: item_schema }, required: ['item'] },
  });
});
