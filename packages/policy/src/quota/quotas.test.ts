import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import { DEFAULT_POLICY, type QuotaKey } from '../fleet.ts';
import { deployment, type Member } from '../testing.ts';
import type { Quota, QuotaReport } from './quota.ts';
import { quotasOf, readQuotas, sharedQuota } from './quotas.ts';
import type { Reading } from './reading.ts';
import { BEGIN_MS, needOf, told } from './testing.ts';

const SETTINGS = DEFAULT_POLICY.quota;
const KEY: QuotaKey = { name: 'sweden', capacity: 500 };

function noneShared(): Quota {
  return assert.fail('no quota is shared here');
}

function ownOf(member: Partial<Member>): QuotaReport | undefined {
  return quotasOf(deployment({ on: 'a', ...member }), SETTINGS, noneShared)[0]?.report(BEGIN_MS);
}

const PTU = modelFacts('gpt-4o').provisioned.inputTokensPerMinutePerUnit;

type Want = readonly [kind: Quota['kind'], tokensPerMinute: number | null, requestsInSlice: number | null];

/** Requests: of one slice, which is a minute or 10 s long by the model (wire §6.3, §6.4). */
const DEPLOYMENTS: ReadonlyArray<readonly [what: string, member: Partial<Member>, want: Want]> = [
  ['nothing known', {}, ['standard', null, null]],
  ['capacity alone', { capacity: 300 }, ['standard', 300_000, null]],
  ['model alone', { model: 'gpt-4o' }, ['standard', null, null]],
  ['standard, 6 requests for each 1,000 tokens', { model: 'gpt-4o', capacity: 30 }, ['standard', 30_000, 30]],
  [
    'a type that is paid by the token',
    { model: 'gpt-4o', capacity: 30, type: 'GlobalStandard' },
    ['standard', 30_000, 30],
  ],
  ['limited by requests alone', { model: 'dall-e-3', capacity: 2 }, ['standard', null, 6]],
  ['provisioned', { model: 'gpt-4o', capacity: 50, type: 'ProvisionedManaged' }, ['provisioned', 50 * PTU, null]],
  ['provisioned, units unknown', { model: 'gpt-4o', type: 'GlobalProvisionedManaged' }, ['provisioned', null, null]],
];

for (const [what, member, want] of DEPLOYMENTS) {
  test(`quotasOf: ${what}: ${want.join(', ')}`, () => {
    const report = ownOf(member);
    assert.deepEqual([report?.kind, report?.configuredTokensPerMinute, report?.remainingRequests], want);
  });
}

test('quotasOf: the requests that a config states go before those of the model', () => {
  const known = { ...deployment({ on: 'a', model: 'gpt-4o', capacity: 30 }), requestsPerMinute: 600 };
  assert.equal(quotasOf(known, SETTINGS, noneShared)[0]?.report(BEGIN_MS).remainingRequests, 100);
});

test('quotasOf: a reasoning model is charged nothing for an answer without a bound before it is told, another one a little', () => {
  const chargeOf = (model: string) =>
    quotasOf(deployment({ on: 'a', model }), SETTINGS, noneShared)[0]?.chargeOf(
      needOf({ promptTokens: 100, answerTokensMax: null }),
    );
  assert.deepEqual([chargeOf('o3'), chargeOf('gpt-4o')], [100, 116]);
});

test('quotasOf: with a key the deployment has its own quota first, and then that of the key, which is one for all', () => {
  const made = new Map<string, Quota>();
  const shared = (key: QuotaKey): Quota => {
    const quota = made.get(key.name) ?? sharedQuota(key, deployment({ on: 'a', model: 'gpt-4o' }), SETTINGS);
    made.set(key.name, quota);
    return quota;
  };
  const [one, other] = ['a', 'b'].map((on) =>
    quotasOf(deployment({ on, model: 'gpt-4o', capacity: 300, quotaKey: KEY }), SETTINGS, shared),
  );
  assert.equal(one?.[0]?.report(BEGIN_MS).configuredTokensPerMinute, 300_000);
  assert.equal(one?.[1]?.report(BEGIN_MS).configuredTokensPerMinute, 500_000);
  assert.notEqual(one?.[0], other?.[0]);
  assert.equal(one?.[1], other?.[1]);
  assert.equal(made.size, 1);
});

test('sharedQuota: is of the kind of those that draw on it', () => {
  const provisioned = sharedQuota(
    { name: 'k', capacity: 10 },
    deployment({ on: 'a', type: 'ProvisionedManaged' }),
    SETTINGS,
  );
  assert.equal(provisioned.kind, 'provisioned');
  assert.equal(sharedQuota({ name: 'k', capacity: null }, deployment({ on: 'a' }), SETTINGS).kind, 'standard');
});

interface Case {
  /** Of the deployment, and of the key. Thousands. */
  readonly capacities: readonly [number, number];
  readonly reading: Partial<Reading>;
}

/** One request of 1,000 tokens, answered so. @returns limit and rest of each quota. */
function readTo({ capacities: [own, key], reading }: Case): ReadonlyArray<readonly [number | null, number | null]> {
  const on = deployment({ on: 'a', capacity: own, quotaKey: { ...KEY, capacity: key } });
  const quotas = quotasOf(on, SETTINGS, (of) => sharedQuota(of, on, SETTINGS));
  const reservations = quotas.map((quota) => quota.reserve(needOf({ promptTokens: 1000 }), BEGIN_MS));
  readQuotas(quotas, reservations, told(reading), BEGIN_MS + 300);
  return quotas.map((quota) => {
    const { usableTokensPerMinute, remainingTokens } = quota.report(BEGIN_MS + 300);
    return [usableTokensPerMinute, remainingTokens];
  });
}

const SMALLER: readonly [number, number] = [300, 500];
const LARGER: readonly [number, number] = [500, 300];

const READINGS: ReadonlyArray<readonly [what: string, of: Case, want: ReturnType<typeof readTo>]> = [
  [
    'nothing',
    { capacities: SMALLER, reading: {} },
    [
      [300_000, 299_000],
      [500_000, 499_000],
    ],
  ],
  [
    'what is left, to the deployment where that has the least',
    { capacities: SMALLER, reading: { remainingTokens: 200_000 } },
    [
      [300_000, 200_000],
      [500_000, 499_000],
    ],
  ],
  [
    'what is left, to the key where that has the least',
    { capacities: LARGER, reading: { remainingTokens: 200_000 } },
    [
      [500_000, 499_000],
      [300_000, 200_000],
    ],
  ],
  [
    'the limit, to the deployment alone',
    { capacities: LARGER, reading: { limitTokens: 400_000 } },
    [
      [400_000, 399_000],
      [300_000, 299_000],
    ],
  ],
];

for (const [what, of, want] of READINGS) {
  test(`readQuotas: tells ${what}`, () => assert.deepEqual(readTo(of), want));
}

test('readQuotas: a refusal is told to the quota that has the least, and to no other', () => {
  const hint = { waitMs: 86_400_000, source: 'retry-after' } as const;
  for (const [capacities, refused] of [
    [SMALLER, 0],
    [LARGER, 1],
  ] as const) {
    const [own, key] = capacities;
    const on = deployment({ on: 'a', capacity: own, quotaKey: { ...KEY, capacity: key } });
    const quotas = quotasOf(on, SETTINGS, (of) => sharedQuota(of, on, SETTINGS));
    const need = needOf({ promptTokens: 100_000 });
    const reservations = quotas.map((quota) => quota.reserve(need, BEGIN_MS));
    readQuotas(quotas, reservations, told({ status: 429, hint }), BEGIN_MS + 10);
    const laterMs = BEGIN_MS + 120_000;
    const closed = quotas.map((quota) => quota.opensAtMs(need, laterMs, 0) === Number.POSITIVE_INFINITY);
    assert.deepEqual(closed, [refused === 0, refused === 1]);
  }
});

test('readQuotas: a quota without a reservation is passed over', () => {
  const quotas = quotasOf(deployment({ on: 'a', capacity: 300 }), SETTINGS, noneShared);
  readQuotas(quotas, [], told({ remainingTokens: 5, limitTokens: 7 }), BEGIN_MS);
  assert.equal(quotas[0]?.report(BEGIN_MS).remainingTokens, 300_000);
});
