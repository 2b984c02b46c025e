import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { CONNECTION_MS_MAX } from './responses-socket.ts';
import { dial, type Line, typesOf } from './testing.ts';

const AT = { path: '/openai/v1/responses', query: '' };
const SLOW = { latency: { firstTokenMs: 100, perTokenMs: 10, spread: 0, gapSpread: 0 } };
const ASK = { type: 'response.create', model: 'chat', input: 'Hi' };

function opened(facts = {}) {
  const { line, resource } = dial(seededUnit, facts, AT);
  assert.ok(line);
  return { line, resource };
}

function lastError(line: Line) {
  return JSON.parse(JSON.stringify(line.events.at(-1)));
}

test('ResponsesSocket: plays a stream in its pace, numbered as over HTTP, and then takes the next', () => {
  const { line } = opened(SLOW);
  assert.deepEqual(typesOf(line.say(ASK)).slice(0, 2), ['response.created', 'response.in_progress']);
  assert.deepEqual(line.wait(99), []);
  line.wait(60_000);
  assert.equal(line.events.at(-1)?.type, 'response.completed');
  const numbers = line.events.map((event) => Number(event.sequence_number));
  assert.deepEqual(
    numbers,
    numbers.map((_, i) => i),
  );
  assert.equal(
    line.say({ type: 'response.create', response: { model: 'chat', input: 'Hi' } })[0]?.type,
    'response.created',
  );
});

test('ResponsesSocket: a second response at once, and what is no request, are errors with a status', () => {
  const { line } = opened(SLOW);
  line.say(ASK);
  line.say(ASK);
  assert.deepEqual([lastError(line).status, lastError(line).error.code], [400, 'response_in_progress']);
  line.say('no JSON');
  assert.equal(lastError(line).error.code, 'invalid_value');
  line.wait(60_000);
  line.say({ ...ASK, model: 'nobody' });
  assert.deepEqual([lastError(line).status, lastError(line).error.code], [404, 'DeploymentNotFound']);
});

test('ResponsesSocket: ends after an hour with an error that says so, and a broken connection ends what is under way', () => {
  const { line, resource } = opened(SLOW);
  line.say(ASK);
  assert.equal(resource.deployments.get('chat')?.active, 1);
  line.session.end(line.nowMs);
  assert.equal(resource.deployments.get('chat')?.active, 0);
  const other = opened().line;
  other.wait(CONNECTION_MS_MAX);
  assert.equal(lastError(other).error.code, 'websocket_connection_limit_reached');
  assert.equal(other.session.closing?.code, 1000);
});
