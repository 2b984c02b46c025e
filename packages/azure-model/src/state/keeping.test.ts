import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { CHORES_MAX } from '../chores.ts';
import type { Answer } from '../reply.ts';
import type { Resource, ResourceFacts } from '../resource.ts';
import { answered, NOW_MS, testRequest, testResource } from '../testing.ts';
import type { Keeper, Kept } from './store.ts';

const V1 = { path: '/openai/v1/responses', query: '' };
const SLOW = { firstTokenMs: 1000, perTokenMs: 100, spread: 0, gapSpread: 0 };

function resource(facts: Partial<ResourceFacts> = {}, keeper: Keeper | null = null): Resource {
  return testResource(seededUnit, facts, { keeperOf: () => keeper });
}

function respond(one: Resource, fields: Record<string, unknown> = {}, nowMs = NOW_MS): Answer {
  return answered(one, testRequest({ model: 'chat', input: 'Say 30 words.', ...fields }, V1), nowMs);
}

function read(one: Resource, id: string, nowMs = NOW_MS) {
  return bodyOf(answered(one, testRequest('', { method: 'GET', path: `${V1.path}/${id}`, query: '' }), nowMs));
}

function bodyOf({ body }: Answer) {
  return body.kind === 'text' ? JSON.parse(body.text) : null;
}

/** Of a stream, from its first event. */
function idOf({ body }: Answer): string {
  return body.kind === 'events' ? (/"id":"(resp_[0-9a-f]+)"/.exec(body.events.preamble())?.[1] ?? '') : '';
}

/** What would be in a file. */
class Memory implements Keeper {
  readonly #objects = new Map<string, Kept & { readonly kind: string }>();

  load(): Iterable<Kept & { readonly kind: string }> {
    return JSON.parse(JSON.stringify([...this.#objects.values()]));
  }

  put(kind: string, object: Kept): void {
    this.#objects.set(`${kind} ${object.id}`, { kind, ...object });
  }

  remove(kind: string, id: string): void {
    this.#objects.delete(`${kind} ${id}`);
  }
}

test('Keeping: a response is kept when its answer is over, not before', () => {
  const one = resource();
  const answer = respond(one);
  const { id } = bodyOf(answer);
  assert.equal(read(one, id).error.message, `Response with id '${id}' not found.`);
  answer.work?.end(NOW_MS, null);
  assert.deepEqual(read(one, id), bodyOf(answer));
});

test('Keeping: of a stream that its client left it is kept that it was cancelled', () => {
  const one = resource();
  const answer = respond(one, { stream: true });
  answer.work?.end(NOW_MS, 3);
  answer.work?.end(NOW_MS, null);
  const response = read(one, idOf(answer));
  assert.deepEqual([response.status, response.output, response.usage], ['cancelled', [], null]);
});

test('Keeping: nothing is kept where it is not wanted, and no chat completion that was left', () => {
  const one = resource();
  const passing = respond(one, { store: false });
  passing.work?.end(NOW_MS, null);
  assert.equal('error' in read(one, bodyOf(passing).id) && read(one, bodyOf(passing).id).error !== null, true);
  const messages = [{ role: 'user', content: 'Say 30 words.' }];
  const chat = answered(one, testRequest({ messages, stream: true, store: true }));
  chat.work?.end(NOW_MS, 2);
  const list = testRequest('', { method: 'GET', path: '/openai/v1/chat/completions', query: '' });
  assert.deepEqual(bodyOf(answered(one, list)).data, []);
});

test('Keeping: on a classic path with a deployment nothing that is kept can be read', () => {
  const one = resource();
  const answer = respond(one);
  answer.work?.end(NOW_MS, null);
  const { id } = bodyOf(answer);
  const query = 'api-version=2025-03-01-preview';
  const status = (path: string): number => answered(one, testRequest('', { method: 'GET', path, query })).status;
  assert.equal(status(`/openai/responses/${id}`), 200);
  assert.equal(status(`/openai/deployments/chat/responses/${id}`), 404);
  assert.equal(status('/openai/conversations/conv_1'), 404);
  const old = testRequest('', { method: 'GET', path: `/openai/responses/${id}`, query: 'api-version=2024-10-21' });
  assert.equal(answered(one, old).status, 404);
});

test('Keeping: what is kept is there after a restart; what was under way has failed', () => {
  const memory = new Memory();
  const before = resource({ latency: SLOW }, memory);
  const answer = respond(before, { background: true });
  const foreground = respond(before);
  foreground.work?.end(NOW_MS, null);
  const after = resource({ latency: SLOW }, memory);
  assert.deepEqual(read(after, bodyOf(foreground).id), bodyOf(foreground));
  assert.equal(read(after, bodyOf(answer).id).status, 'failed');
});

test('Keeping: after a restart new ids are new, although the same seed draws the same again', () => {
  const memory = new Memory();
  const first = bodyOf(respond(resource({ latency: SLOW }, memory), { background: true })).id;
  const again = resource({ latency: SLOW }, memory);
  assert.notEqual(bodyOf(respond(again, { background: true })).id, first);
  assert.equal(read(again, first).status, 'failed');
});

test('Keeping: an answer in the background runs on when its client has gone, and ends its work by itself', () => {
  const one = resource({ latency: SLOW });
  const answer = respond(one, { background: true, stream: true });
  answer.work?.end(NOW_MS, 0);
  assert.equal(one.deployments.get('chat')?.active, 1);
  one.chores.run(NOW_MS + 60_000);
  assert.equal(one.deployments.get('chat')?.active, 0);
  assert.equal(read(one, idOf(answer), NOW_MS + 60_000).status, 'completed');
});

test('Keeping: what a cancelled answer did not generate is given back on a provisioned deployment', () => {
  const ptu = { name: 'chat', model: 'gpt-4.1', type: 'ProvisionedManaged', capacity: 50 } as const;
  const one = resource({ latency: SLOW, deployments: [ptu] });
  const used = (): number => {
    const quota = one.deployments.get('chat')?.quota;
    return quota?.kind === 'provisioned' ? quota.state(NOW_MS + 1).utilisation : 0;
  };
  const answer = respond(one, { background: true, max_output_tokens: 10_000 });
  assert.ok(used() > 0.2);
  const path = `${V1.path}/${bodyOf(answer).id}/cancel`;
  assert.equal(bodyOf(answered(one, testRequest('', { path, query: '' }), NOW_MS + 1)).status, 'cancelled');
  assert.ok(used() < 0.01);
});

test('Keeping: the quota refuses an answer in the background when it is asked for', () => {
  const one = resource({ latency: SLOW });
  const asked = { background: true, max_output_tokens: 16_000 };
  assert.deepEqual([respond(one, asked).status, respond(one, asked).status], [200, 429]);
});

test('Keeping: beyond what one resource can have under way, an answer in the background is refused and not charged', () => {
  const one = resource({ latency: SLOW });
  for (let n = 0; n < CHORES_MAX; n++) one.chores.at(NOW_MS + 1e6, () => undefined);
  const answer = respond(one, { background: true });
  assert.equal(answer.status, 429);
  assert.equal(bodyOf(answer).error.code, 'too_many_background_responses');
  assert.equal(one.deployments.get('chat')?.served, 0);
  assert.equal(respond(one).status, 200);
});
