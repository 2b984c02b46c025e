import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { Faults, readFault } from './faults.ts';
import type { Answer } from './reply.ts';
import type { Resource, ResourceFacts } from './resource.ts';
import { answered, headersOf, NOW_MS, testRequest, testResource } from './testing.ts';

/** gpt-4.1: 3,000 tokens per minute and unit, output weighs 4 (wire reference §7.3). A bucket of 150,000 tokens. */
const PTU = { name: 'ptu', model: 'gpt-4.1', type: 'ProvisionedManaged', capacity: 50 } as const;
const PAYGO = { name: 'paygo', model: 'gpt-4.1', capacity: 30 } as const;
const SPILLING = { ...PTU, spilloverDeploymentName: 'paygo' };
const ON_PTU = { path: '/openai/deployments/ptu/chat/completions' };

function provisioned(facts: Partial<ResourceFacts> = {}, faults = new Faults()): Resource {
  return testResource(seededUnit, { deployments: [PTU, PAYGO], ...facts }, { faults });
}

function ask(fields: Record<string, unknown> = {}, chars = 40): Record<string, unknown> {
  return { messages: [{ role: 'user', content: 'x'.repeat(chars) }], ...fields };
}

function bodyOf(answer: Answer) {
  return answer.body.kind === 'text' ? JSON.parse(answer.body.text) : null;
}

/** Fills the bucket past its brim: 40,000 tokens of output weigh 160,000. */
function full(one: Resource): void {
  assert.equal(answered(one, testRequest(ask({ max_tokens: 10_000, n: 4 }), ON_PTU)).status, 200);
}

test('generation: a provisioned deployment tells its utilisation in place of rate limits', () => {
  const answer = answered(provisioned(), testRequest(ask({ max_tokens: 375 }), ON_PTU));
  const headers = headersOf(answer);
  // 17 prompt tokens and 375 × 4 of the answer, in a bucket of 150,000.
  assert.equal(headers['azure-openai-deployment-utilization'], '1%');
  assert.deepEqual(
    Object.keys(headers).filter((name) => name.startsWith('x-ratelimit-')),
    [],
  );
});

test('generation: a provisioned deployment above 100 % answers 429 with both waits and its utilisation', () => {
  const one = provisioned();
  full(one);
  const answer = answered(one, testRequest(ask(), ON_PTU), NOW_MS + 1000);
  assert.equal(answer.status, 429);
  assert.equal(bodyOf(answer).error.code, '429');
  const headers = headersOf(answer);
  // 160,017 − 2,500 drained in a second; 7,517 above the brim drain in 3.007 s.
  assert.equal(headers['azure-openai-deployment-utilization'], '105%');
  assert.equal(headers['retry-after-ms'], '3007');
  assert.equal(headers['retry-after'], '4');
  assert.equal(answered(one, testRequest(ask({ max_tokens: 1 }), ON_PTU), NOW_MS + 1000 + 3007).status, 200);
});

test('generation: when an answer ends, the estimate gives way to what was used', () => {
  const one = provisioned();
  const answer = answered(one, testRequest(ask({ max_tokens: 10_000, n: 4 }), ON_PTU));
  const { completion_tokens, prompt_tokens } = bodyOf(answer).usage;
  assert.equal(one.deployments.get('ptu')?.active, 1);
  answer.work?.end(NOW_MS, null);
  answer.work?.end(NOW_MS, null);
  const quota = one.deployments.get('ptu')?.quota;
  assert.equal(quota?.kind === 'provisioned' && quota.state(NOW_MS).level, prompt_tokens + 4 * completion_tokens);
  assert.equal(one.deployments.get('ptu')?.active, 0);
});

test('generation: a client that left early has used what it was sent', () => {
  const one = provisioned();
  const answer = answered(one, testRequest(ask({ max_tokens: 10_000, n: 4, stream: true }), ON_PTU));
  answer.work?.end(NOW_MS, 3);
  const quota = one.deployments.get('ptu')?.quota;
  const level = quota?.kind === 'provisioned' ? quota.state(NOW_MS).level : null;
  assert.equal(level, 17 + 4 * 3);
});

test('generation: a full provisioned deployment spills over by its own setting', () => {
  const one = provisioned({ deployments: [SPILLING, PAYGO] });
  full(one);
  const answer = answered(one, testRequest(ask(), ON_PTU));
  assert.equal(answer.status, 200);
  const headers = headersOf(answer);
  assert.equal(headers['x-ms-spillover-from-deployment'], 'ptu');
  assert.equal(headers['x-ms-spillover-error'], '429');
  assert.equal(headers['x-ms-deployment-name'], 'paygo');
  assert.equal(headers['x-ms-is-spilled-over'], 'true');
  assert.ok('x-ratelimit-remaining-tokens' in headers);
});

test('generation: a request may ask for spillover by header, and the setting wins over it', () => {
  const other = { ...PAYGO, name: 'other' };
  const headers = { 'x-ms-spillover-deployment': 'other' };
  const asked = provisioned({ deployments: [PTU, PAYGO, other] });
  full(asked);
  const byHeader = answered(asked, testRequest(ask(), { ...ON_PTU, headers }));
  assert.equal(headersOf(byHeader)['x-ms-deployment-name'], 'other');
  const set = provisioned({ deployments: [SPILLING, PAYGO, other] });
  full(set);
  assert.equal(headersOf(answered(set, testRequest(ask(), { ...ON_PTU, headers })))['x-ms-deployment-name'], 'paygo');
});

for (const [name, other] of [
  ['another model', { ...PAYGO, name: 'other', model: 'gpt-4o' }],
  ['another version', { ...PAYGO, name: 'other', modelVersion: '2025-01-01' }],
  ['another place of processing', { ...PAYGO, name: 'other', type: 'GlobalStandard' }],
] as const) {
  test(`generation: nothing spills over to a deployment of ${name}`, () => {
    const one = provisioned({ deployments: [PTU, other] });
    full(one);
    const headers = { 'x-ms-spillover-deployment': 'other' };
    assert.equal(answered(one, testRequest(ask(), { ...ON_PTU, headers })).status, 429);
  });
}

test('generation: without a setting or header nothing spills over, nor does what is no provisioned deployment', () => {
  const one = provisioned();
  full(one);
  assert.equal(answered(one, testRequest(ask(), ON_PTU)).status, 429);
  const toItself = { ...ON_PTU, headers: { 'x-ms-spillover-deployment': 'ptu' } };
  assert.equal(answered(one, testRequest(ask(), toItself)).status, 429);
  const standard = testRequest(ask({ max_tokens: 10_000, n: 4 }), {
    path: '/openai/deployments/paygo/chat/completions',
    headers: { 'x-ms-spillover-deployment': 'ptu' },
  });
  assert.equal(answered(one, standard).status, 429);
});

for (const [spilloverFailure, message, spilloverError] of [
  ['standard', /exceeded the token rate limit/, '429'],
  ['provisioned', /provisioned capacity/, '429'],
] as const) {
  test(`generation: where spillover fails too, the client gets the answer of the ${spilloverFailure} deployment`, () => {
    const one = provisioned({ deployments: [SPILLING, PAYGO], spilloverFailure });
    full(one);
    const answer = answered(one, testRequest(ask({ max_tokens: 10_000, n: 4 }), ON_PTU));
    assert.equal(answer.status, 429);
    assert.match(bodyOf(answer).error.message, message);
    assert.equal(headersOf(answer)['x-ms-spillover-error'], spilloverError);
  });
}

for (const status of [500, 503, 429]) {
  test(`generation: a provisioned deployment that fails with ${status} spills over`, () => {
    const one = provisioned({ deployments: [SPILLING, PAYGO] }, faultOnPtu(status));
    const answer = answered(one, testRequest(ask(), ON_PTU));
    assert.equal(answer.status, 200);
    assert.equal(headersOf(answer)['x-ms-spillover-error'], String(status));
  });
}

function faultOnPtu(status: number): Faults {
  const faults = new Faults();
  const read = readFault({ kind: 'status', status, deployment: 'ptu' }, new Map([['openai1', ['ptu', 'paygo']]]));
  if (read.kind === 'spec') faults.add(read.spec);
  return faults;
}

test('generation: a fault passes no stranger on to the Standard deployment', () => {
  const one = provisioned({ deployments: [SPILLING, PAYGO] }, faultOnPtu(503));
  const answer = answered(one, testRequest(ask(), { ...ON_PTU, headers: { 'api-key': 'wrong' } }));
  assert.deepEqual([answer.status, headersOf(answer)['x-ms-spillover-from-deployment']], [503, undefined]);
  assert.equal(one.deployments.get('paygo')?.served, 0);
});

test('generation: where spillover after a fault fails too, the old rule gives the fault, with the status of the other', () => {
  const deployments = [SPILLING, PAYGO];
  for (const [spilloverFailure, status, spilloverError] of [
    ['standard', 429, '503'],
    ['provisioned', 503, '429'],
  ] as const) {
    const one = provisioned({ deployments, spilloverFailure }, faultOnPtu(503));
    const answer = answered(one, testRequest(ask({ max_tokens: 10_000, n: 4 }), ON_PTU));
    assert.deepEqual([answer.status, headersOf(answer)['x-ms-spillover-error']], [status, spilloverError]);
  }
});

test('generation: a prompt that was refused is not in the cache', () => {
  const one = provisioned();
  full(one);
  const long = testRequest(ask({ max_tokens: 1 }, 8000), ON_PTU);
  assert.equal(answered(one, long).status, 429);
  const cached = (answer: Answer): number => bodyOf(answer).usage.prompt_tokens_details.cached_tokens;
  assert.equal(cached(answered(one, long, NOW_MS + 60_000)), 0);
  assert.equal(cached(answered(one, long, NOW_MS + 60_000)), 1920);
});

test('generation: a prompt too long for provisioned deployments is refused there, and spills over', () => {
  // 600,000 characters are 150,000 tokens.
  const refused = answered(provisioned(), testRequest(ask({}, 600_000), ON_PTU));
  assert.deepEqual([refused.status, bodyOf(refused).error.code], [400, 'context_length_exceeded']);
  const deployments = [SPILLING, { ...PAYGO, capacity: 1000 }];
  const answer = answered(provisioned({ deployments }), testRequest(ask({}, 600_000), ON_PTU));
  assert.equal(answer.status, 200);
  assert.equal(headersOf(answer)['x-ms-spillover-error'], '400');
});

test('generation: a prompt longer than the model reads is refused', () => {
  const answer = answered(testResource(seededUnit), testRequest(ask({}, 600_000)));
  assert.equal(answer.status, 400);
  assert.match(bodyOf(answer).error.message, /^This model's maximum context length is 128000 tokens\. However/);
});

test('generation: in the dialect of 2024 headers and messages are those of that year', () => {
  const one = testResource(seededUnit, { dialect: '2024' });
  const headers = headersOf(answered(one, testRequest(ask({ max_tokens: 24 }))));
  assert.deepEqual(
    Object.keys(headers).filter((name) => name.startsWith('x-')),
    [
      'x-content-type-options',
      'x-ms-client-request-id',
      'x-ms-region',
      'x-ratelimit-remaining-requests',
      'x-ratelimit-remaining-tokens',
      'x-request-id',
      'x-accel-buffering',
      'x-ms-rai-invoked',
    ],
  );
  assert.equal(headers['x-ratelimit-remaining-requests'], '29');
  assert.equal(headers['x-ms-client-request-id'], headers['apim-request-id']);
  assert.match(headers['azureml-model-session'] ?? '', /^d\d{3}-/);
  const refused = answered(one, testRequest(ask({ max_tokens: 10_000, n: 4 })));
  assert.equal(
    bodyOf(refused).error.message,
    'Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 86400 seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.',
  );
  assert.equal(bodyOf(refused).error.code, '429');
});

test('generation: in the dialect of 2025 an answer has limits and no periods', () => {
  const headers = headersOf(
    answered(testResource(seededUnit, { dialect: '2025' }), testRequest(ask({ max_tokens: 5 }))),
  );
  assert.deepEqual(
    Object.keys(headers).filter((name) => name.startsWith('x-ratelimit-')),
    [
      'x-ratelimit-limit-requests',
      'x-ratelimit-limit-tokens',
      'x-ratelimit-remaining-requests',
      'x-ratelimit-remaining-tokens',
    ],
  );
  assert.equal(headers['x-ms-client-request-id'], 'Not-Set');
  assert.equal(headers['x-ms-deployment-name'], 'chat');
});
