import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chores } from '../chores.ts';
import { Ids } from '../ids.ts';
import type { ServiceCall } from '../service.ts';
import { Background } from './background.ts';
import { responsePaths } from './response-paths.ts';
import { type KeptResponse, Responses } from './responses.ts';
import { Store } from './store.ts';

const NOW_MS = 1_772_323_198_987.25;
const ID = `resp_${'ab'.repeat(24)}`;

function kept(fields: Partial<KeptResponse>, status = 'completed'): KeptResponse {
  const response = JSON.stringify({ id: ID, status, output: [] });
  const rest = { previous: null, history: null, background: true, stream: false, pending: false };
  return { response, input: '[]', ...rest, ...fields };
}

function ask(found: KeptResponse | null, method: string, path: string, query: Readonly<Record<string, string>> = {}) {
  const responses = new Responses(new Store());
  if (found !== null) responses.put(ID, found, NOW_MS);
  const context = { ids: new Ids(9), dialect: '2026', region: 'East US', clientRequestId: undefined } as const;
  const call: ServiceCall = {
    method,
    segments: path.split('/'),
    deployment: null,
    dialect: 'v1',
    apiVersion: 'v1',
    query: (name) => query[name] ?? null,
    body: undefined,
    form: null,
    header: () => undefined,
    context,
    headers: [],
    nowMs: NOW_MS,
  };
  const answer = responsePaths(responses, new Background(new Chores())).answer(call);
  if (answer?.body.kind !== 'text') return null;
  return { status: answer.status, body: JSON.parse(answer.body.text) };
}

const CANCELS: ReadonlyArray<
  readonly [name: string, found: KeptResponse | null, status: number, message: string | null]
> = [
  ['one that its client waited for', kept({ background: false }), 400, 'Cannot cancel a synchronous response.'],
  ['one that is completed', kept({}), 400, 'Cannot cancel a completed response.'],
  ['one that failed', kept({}, 'failed'), 400, 'Cannot cancel a failed response.'],
  ['one that is incomplete', kept({}, 'incomplete'), 400, 'Cannot cancel a response in terminal state.'],
  ['one that is not there', null, 404, `Response with id '${ID}' not found.`],
  ['one that was cancelled before', kept({}, 'cancelled'), 200, null],
];

for (const [name, found, status, message] of CANCELS) {
  test(`responsePaths: cancels ${name} with ${status}`, () => {
    const answer = ask(found, 'POST', `responses/${ID}/cancel`);
    assert.equal(answer?.status, status);
    assert.equal(answer?.body.error?.message ?? null, message);
  });
}

const STREAMS: ReadonlyArray<
  readonly [name: string, found: KeptResponse, query: Readonly<Record<string, string>>, param: string]
> = [
  ['of one that its client waited for', kept({ background: false }), {}, 'stream'],
  ['that nobody asked for', kept({}), {}, 'stream'],
  ['behind an event that is no number', kept({ stream: true }), { starting_after: 'x' }, 'starting_after'],
];

for (const [name, found, query, param] of STREAMS) {
  test(`responsePaths: has no events ${name}`, () => {
    const answer = ask(found, 'GET', `responses/${ID}`, { stream: 'true', ...query });
    assert.deepEqual([answer?.status, answer?.body.error.param], [400, param]);
  });
}

test('responsePaths: knows only its own paths', () => {
  assert.equal(ask(kept({}), 'GET', 'responses'), null);
  assert.equal(ask(kept({}), 'PUT', `responses/${ID}`), null);
  assert.equal(ask(kept({}), 'GET', `responses/${ID}/other`), null);
  assert.equal(ask(kept({}), 'GET', `responses/${ID}`)?.body.id, ID);
});
