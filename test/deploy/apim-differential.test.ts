/**
 * The same story told to the gateway and to the interpreted API Management: who was asked, and what the client saw. Where they differ, it is
 * written down here with its reason, and in docs/deploy-api-management.md.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { CLIENT_KEY as WORLD_KEY, world } from '../world.ts';
import type { Asked } from './apim/exchange.ts';
import { configOf, FLEETS } from './apim/fleets.ts';
import { Apim } from './apim/interpreter.ts';
import { fileOf, NO_LIMIT, rendered } from './apim/rendered.ts';
import { CLIENT_KEY, type Seen, type Twins, toBoth, twins } from './apim/twins.ts';

const ask = (path: string, body: string, key = CLIENT_KEY): Asked => ({
  method: 'POST',
  path,
  headers: { 'api-key': key, 'content-type': 'application/json' },
  body,
});
const BODY = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 5 });
const CHAT = ask('/deployments/gpt-4o/chat/completions?api-version=2024-10-21', BODY);
const V1 = ask('/v1/chat/completions', BODY);

type Step =
  | { readonly do: 'throttle'; readonly n: number; readonly seconds: number }
  | { readonly do: 'fault'; readonly n: number; readonly fault: Readonly<Record<string, unknown>> }
  | { readonly do: 'stop'; readonly n: number }
  | { readonly do: 'advance'; readonly seconds: number }
  | { readonly do: 'ask'; readonly asked: Asked; readonly want: Seen; readonly apim?: Seen };

const throttle = (n: number, seconds: number): Step => ({ do: 'throttle', n, seconds });
const fault = (n: number, kind: Readonly<Record<string, unknown>>): Step => ({ do: 'fault', n, fault: kind });
const advance = (seconds: number): Step => ({ do: 'advance', seconds });

/** `1,2 200`: the first and the second were asked, and the client got 200; `1,2,3 429 12`: and was told to wait 12 seconds. */
function seen(text: string): Seen {
  const [called = '', status = '', retryAfter = null] = text.split(' ');
  const names = called === '-' ? [] : called.split(',').map((n) => `openai${n}`);
  return { called: names, status: Number(status), retryAfter };
}
/** @param apim where API Management does otherwise. */
function sees(asked: Asked, want: string, apim?: string): Step {
  return { do: 'ask', asked, want: seen(want), ...(apim === undefined ? {} : { apim: seen(apim) }) };
}

const DEPLOYMENTS = ['gpt-4o', 'gpt-4o', 'gpt-4o'];

/** Stories that end alike. */
const SAME: readonly (readonly [string, readonly string[], readonly Step[]])[] = [
  ['the first priority serves while it can', DEPLOYMENTS, [sees(CHAT, '1 200'), sees(CHAT, '1 200')]],
  [
    'a throttled one is left alone for as long as it said',
    DEPLOYMENTS,
    [
      throttle(1, 30),
      sees(CHAT, '1,2 200'),
      sees(CHAT, '2 200'),
      advance(29),
      sees(CHAT, '2 200'),
      advance(1),
      sees(CHAT, '1 200'),
    ],
  ],
  [
    'all throttled: 429 with the earliest time, and nobody is asked again before it',
    DEPLOYMENTS,
    [
      ...[throttle(1, 30), throttle(2, 12), throttle(3, 50)],
      ...[sees(CHAT, '1,2,3 429 12'), sees(CHAT, '- 429 12'), advance(5), sees(CHAT, '- 429 7')],
      ...[advance(7), sees(CHAT, '2 200'), advance(18), sees(CHAT, '1 200')],
    ],
  ],
  [
    'throttled at different times: the earliest is that of all, not of the last',
    DEPLOYMENTS,
    [
      throttle(1, 40),
      sees(CHAT, '1,2 200'),
      advance(10),
      throttle(2, 50),
      sees(CHAT, '2,3 200'),
      throttle(3, 45),
      sees(CHAT, '3 429 30'),
    ],
  ],
  [
    'deployments of other names stand in for one another',
    ['ptu', 'gpt-4o', 'x.y'],
    [throttle(1, 9), throttle(2, 9), sees(CHAT, '1,2,3 200')],
  ],
  ['v1 finds the model in the body', DEPLOYMENTS, [throttle(1, 9), sees(V1, '1,2 200')]],
  ['a wrong key is refused before anybody is asked', DEPLOYMENTS, [sees(ask(CHAT.path, BODY, 'wrong'), '- 401')]],
  [
    'a name that leads nowhere is refused',
    DEPLOYMENTS,
    [sees(ask('/deployments/gpt-5/chat/completions?api-version=2024-10-21', BODY), '- 404')],
  ],
  [
    "a client's mistake is told to it, and tried nowhere else",
    DEPLOYMENTS,
    [sees(ask(CHAT.path, '{"messages": 1}'), '1 400')],
  ],
  [
    'one failure is hidden by the next',
    DEPLOYMENTS,
    [fault(1, { kind: 'status', status: 503 }), sees(CHAT, '1,2 200')],
  ],
  [
    'one resource alone tells its own 429',
    ['gpt-4o'],
    [throttle(1, 8), sees(CHAT, '1 429 8'), advance(3), sees(CHAT, '- 429 5')],
  ],
];

/** Known differences: what the gateway does, then API Management. */
const DIFFERENT: readonly (readonly [string, readonly string[], readonly Step[]])[] = [
  [
    'a breaker has one rule: the first failure opens it as a 429 does; the gateway waits for five in a row',
    DEPLOYMENTS,
    [
      fault(1, { kind: 'status', status: 500 }),
      sees(CHAT, '1,2 200'),
      sees(CHAT, '1 200', '2 200'),
      advance(10),
      sees(CHAT, '1 200'),
    ],
  ],
  [
    'a long wait is believed: a day is a day; the gateway asks again after a minute',
    DEPLOYMENTS,
    [
      fault(1, { kind: 'status', status: 429, headers: { 'retry-after': '86400' } }),
      sees(CHAT, '1,2 200'),
      advance(61),
      sees(CHAT, '1 200', '2 200'),
    ],
  ],
  [
    'a resource that refuses the credential is not passed over',
    DEPLOYMENTS,
    [fault(1, { kind: 'status', status: 401 }), sees(CHAT, '1,2 200', '1 401')],
  ],
  [
    'a resource that cannot be reached is not retried: the documents promise retries of answers alone',
    DEPLOYMENTS,
    [{ do: 'stop', n: 1 }, sees(CHAT, '2 200', '- 503 1')],
  ],
];

async function tell(t: TestContext, deployments: readonly string[], steps: readonly Step[]): Promise<number> {
  const both = await twins(t, { deployments });
  let differences = 0;
  for (const [at, step] of steps.entries()) {
    if (step.do !== 'ask') {
      await happen(both, deployments, step);
      continue;
    }
    const { want, apim = want } = step;
    assert.deepEqual(await both.gateway.ask(step.asked), want, `gateway, step ${at + 1}`);
    assert.deepEqual(await both.apim.ask(step.asked), apim, `API Management, step ${at + 1}`);
    if (step.apim !== undefined) differences++;
  }
  return differences;
}

async function happen(both: Twins, deployments: readonly string[], step: Exclude<Step, { do: 'ask' }>): Promise<void> {
  if (step.do === 'advance') return both.clock.advance(step.seconds * 1000);
  const resource = `openai${step.n}`;
  if (step.do === 'stop') return toBoth(both, 'POST', `/admin/resources/${resource}/stop`);
  if (step.do === 'fault') return toBoth(both, 'POST', '/admin/faults', { resource, ...step.fault });
  const path = `/admin/resources/${resource}/deployments/${deployments[step.n - 1]}/throttle`;
  return toBoth(both, 'POST', path, { seconds: step.seconds });
}

for (const [name, deployments, steps] of SAME) {
  test(`gateway and API Management: ${name}`, async (t) => {
    assert.equal(await tell(t, deployments, steps), 0);
  });
}

for (const [name, deployments, steps] of DIFFERENT) {
  test(`API Management differs: ${name}`, async (t) => {
    assert.ok((await tell(t, deployments, steps)) > 0);
  });
}

test('gateway and API Management: do alike through 150 drawn throttles, pauses and requests', async (t) => {
  const seed = Number(process.env.SEED ?? 9);
  t.diagnostic(`seed ${seed}`);
  const unit = seededUnit(seed);
  const both = await twins(t, { deployments: DEPLOYMENTS });
  const statuses = new Set<number>();
  for (let i = 0; i < 150; i++) {
    const drawn = unit();
    const n = 1 + Math.floor(unit() * 3);
    if (drawn < 0.3) await happen(both, DEPLOYMENTS, { do: 'throttle', n, seconds: 1 + Math.floor(unit() * 40) });
    else if (drawn < 0.5) both.clock.advance(1000 * Math.floor(unit() * 12));
    else {
      const one = await both.gateway.ask(CHAT);
      assert.deepEqual(await both.apim.ask(CHAT), one, `step ${i}, seed ${seed}`);
      statuses.add(one.status);
    }
  }
  assert.deepEqual([...statuses].sort(), [200, 429]);
});

test('API Management in front of the gateway: the gateway balances, and its 429 comes through as it is', async (t) => {
  const { gateway, simulator } = await world(t);
  const front = fileOf(rendered(configOf(FLEETS.three ?? ''), { frontOf: 'spillway' }), 'infra/main.json');
  const apim = new Apim({
    template: front.replace("[format('{0}/openai', parameters('spillwayUrl'))]", `${gateway.url}/openai`),
    namedValues: { 'identity-client-id': 'identity', 'client-tokens-per-minute': NO_LIMIT },
    // The world's gateway knows keys; tokens at a gateway are tested in test/clients.
    send: async ({ method, url, body }) => {
      const headers = { 'api-key': WORLD_KEY, 'content-type': 'application/json' };
      const answer = await fetch(url, { method, headers, body });
      return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
    },
    nowMs: Date.now,
    unit: () => 0.5,
    keys: { [CLIENT_KEY]: 'chat-app' },
  });
  const path = '/deployments/chat/chat/completions?api-version=2024-10-21';
  const one = await apim.ask(ask(path, BODY));
  assert.deepEqual([one.status, one.headers.get('x-spillway-deployment')], [200, 'openai1/chat']);
  assert.equal((await apim.ask(ask('/v1/chat/completions', BODY.replace('gpt-4o', 'chat')))).status, 200);
  for (const { name } of simulator.resources) {
    const init = { method: 'POST', body: '{"seconds":600}', headers: { 'content-type': 'application/json' } };
    await fetch(`${simulator.adminUrl}/admin/resources/${name}/deployments/chat/throttle`, init);
  }
  const refused = await apim.ask(ask(path, BODY));
  assert.deepEqual([refused.status, Number(refused.headers.get('retry-after')) > 1], [429, true]);
});
