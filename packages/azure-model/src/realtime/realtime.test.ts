import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { answered, NOW_MS, testRequest, testResource } from '../testing.ts';
import { SECRETS_MAX } from './realtime.ts';
import { dial, TALKERS } from './testing.ts';

const V1 = { path: '/openai/v1/realtime/client_secrets', query: '' };
const SESSION = { type: 'realtime', model: 'talk', instructions: 'Be brief.' };

function ask(resource: ReturnType<typeof testResource>, body: unknown, fields = V1) {
  const answer = answered(resource, testRequest(body, fields));
  assert.ok(answer.body.kind === 'text');
  return { status: answer.status, body: JSON.parse(answer.body.text) };
}

test('Realtime: a client secret says until when it is good, and for which session', () => {
  const resource = testResource(seededUnit, { deployments: TALKERS });
  const { status, body } = ask(resource, { session: SESSION, expires_after: { anchor: 'created_at', seconds: 60 } });
  assert.equal(status, 200);
  assert.match(body.value, /^ek_/);
  assert.equal(body.expires_at, Math.floor(NOW_MS / 1000) + 60);
  assert.deepEqual([body.session.instructions, body.session.model], ['Be brief.', 'gpt-realtime-2025-08-28']);
  const long = ask(resource, { session: SESSION, expires_after: { anchor: 'created_at', seconds: 9_000 } });
  assert.deepEqual([long.status, long.body.error.param], [400, 'expires_after.seconds']);
  assert.equal(ask(resource, { session: { model: 'nobody' } }).body.error.code, 'DeploymentNotFound');
  assert.equal(ask(resource, { session: { model: 'chat' } }).body.error.code, 'OperationNotSupported');
});

test('Realtime: the preview makes sessions with a secret in them', () => {
  const resource = testResource(seededUnit, { deployments: TALKERS });
  const preview = { path: '/openai/realtimeapi/sessions', query: 'api-version=2025-04-01-preview' };
  const { body } = ask(resource, { model: 'talk', voice: 'echo' }, preview);
  assert.match(body.client_secret.value, /^ek_/);
  assert.deepEqual([body.voice, body.modalities], ['echo', ['text', 'audio']]);
});

test('Realtime: keeps no more secrets than its limit', () => {
  const resource = testResource(seededUnit, { deployments: TALKERS });
  for (let i = 0; i <= SECRETS_MAX; i++) assert.equal(ask(resource, { session: SESSION }).status, 200);
});

test('Realtime: an upgrade elsewhere, and a call that there is not, are not found', () => {
  for (const fields of [
    { path: '/openai/v1/elsewhere', query: '' },
    { path: '/openai/v1/realtime', query: 'call_id=rtc_1' },
    { path: '/openai/deployments/talk/realtime', query: 'api-version=2025-04-01-preview' },
  ]) {
    const { line, answer } = dial(seededUnit, {}, fields);
    assert.deepEqual([line, answer.status], [null, 404]);
  }
});
