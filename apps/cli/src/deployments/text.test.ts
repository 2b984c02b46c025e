import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ArmDeployment, deploymentOf } from './answer.ts';
import { armDeployment } from './testing/fake-arm.ts';
import { capacityText, deploymentText, listText } from './text.ts';

function read(value: unknown): ArmDeployment {
  return deploymentOf(value) ?? assert.fail('is no deployment');
}

test('listText: a row each, capacity with its unit, and nothing that could steer the terminal', () => {
  const text = listText(
    [read(armDeployment('MyModel')), read({ name: 'odd\u001b[2J', sku: { name: 'Standard', capacity: 30 } })],
    'openai1',
  );
  assert.match(
    text,
    /^name +model +version +type +capacity +state\nMyModel +gpt-4 +0613 +ProvisionedManaged +100 PTU +Succeeded\nodd\?\[2J +- +- +Standard +30,000 tokens\/min +-\n$/,
  );
  assert.match(listText([], 'openai1'), /^openai1 has no deployments; .*deployments create --name openai1/);
});

test('deploymentText: tells all that there is, and leaves out what there is not', () => {
  const full = armDeployment('MyModel', {
    raiPolicyName: 'Microsoft.DefaultV2',
    spilloverDeploymentName: 'overflow',
    dynamicThrottlingEnabled: false,
    rateLimits: [
      { key: 'request', count: 1, renewalPeriod: 10 },
      { key: 'token', count: 30_000, renewalPeriod: 60 },
      { key: 'nothing' },
    ],
  });
  const text = deploymentText(read(full));
  for (const want of [
    /^deployment +MyModel$/m,
    /^model +OpenAI gpt-4 0613$/m,
    /^capacity +100 PTU$/m,
    /^content filter +Microsoft\.DefaultV2$/m,
    /^version upgrade +OnceNewDefaultVersionAvailable$/m,
    /^spillover to +overflow$/m,
    /^dynamic quota +off$/m,
    /^rate limit +1 request in 10 s$/m,
    /^rate limit +30,000 tokens in 60 s$/m,
    /^id +\/subscriptions\/s\//m,
  ]) {
    assert.match(text, want);
  }
  assert.doesNotMatch(deploymentText(read({ name: 'bare' })), /spillover|dynamic|rate limit|null/);
});

test('capacityText: each type in its own unit', () => {
  const rows: ReadonlyArray<readonly [string | null, number | null, string]> = [
    ['Standard', 30, '30,000 tokens/min'],
    ['DataZoneStandard', 1, '1,000 tokens/min'],
    ['GlobalProvisionedManaged', 15, '15 PTU'],
    ['GlobalBatch', 50, '50,000 tokens enqueued'],
    ['Developer', 50, '50 units'],
    [null, 50, '50 units'],
    ['Standard', null, '-'],
  ];
  for (const [type, capacity, want] of rows) assert.equal(capacityText({ type, capacity, rateLimits: [] }), want);
});

test('capacityText: tokens are not told of what requests alone limit', () => {
  const requests = { key: 'request', count: 10, renewalSeconds: 60 };
  const tokens = { key: 'token', count: 10_000, renewalSeconds: 60 };
  const speech = { type: 'Standard', capacity: 10 };
  assert.equal(capacityText({ ...speech, rateLimits: [requests] }), '10 units');
  assert.equal(capacityText({ ...speech, rateLimits: [requests, tokens] }), '10,000 tokens/min');
});
