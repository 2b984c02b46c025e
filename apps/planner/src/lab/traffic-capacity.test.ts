import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawOf } from './draw.ts';
import type { Asked } from './prompts.ts';
import { labDeployment } from './testing.ts';
import { requestsFor, usableRate } from './traffic-capacity.ts';
import type { Draw, LabDeployment, LabFault } from './types.ts';

const DRAW: Draw = { ...drawOf(1), refunds: false, charsPerToken: 4, choicesCount: true };

/** 1,000 tokens on a Standard deployment, 1,400 on units of gpt-4o: 600 and 4 × 200. */
const ASKED: Asked = {
  client: 'client',
  class: 'standard',
  promptTokens: 600,
  promptBytes: 2_400,
  promptChars: 2_400,
  answerTokensMax: 400,
  answerTokens: 200,
  choices: 1,
  cacheKey: null,
  sharedTokens: 0,
  comebacks: 0,
};
const LONG: Asked = { ...ASKED, promptTokens: 3_600, promptBytes: 14_400, promptChars: 14_400 };

const EAST = labDeployment({ id: 'east/chat', capacity: 300 });
const WEST = labDeployment({ id: 'west/chat', capacity: 100 });
/** 250,000 normalised tokens a minute. */
const UNITS = labDeployment({ id: 'east/ptu', type: 'ProvisionedManaged', capacity: 100 });
const KEY = { name: 'shared', capacity: 200 };

function during(fault: LabFault['fault'], fromMs = 200_000, toMs = 300_000): readonly LabFault[] {
  return [{ deployment: 'east/chat', fromMs, toMs, fault }];
}

interface Given {
  readonly fleet: readonly LabDeployment[];
  readonly faults?: readonly LabFault[];
  readonly mix?: readonly Asked[];
  readonly draw?: Draw;
}

const RATES: ReadonlyArray<readonly [what: string, given: Given, want: number]> = [
  ['tokens of all deployments', { fleet: [EAST, WEST] }, 400],
  ['requests where those are fewer', { fleet: [labDeployment({ model: 'o1', capacity: 300 })] }, 50],
  ['units by what requests use there', { fleet: [UNITS] }, 250_000 / 1_400],
  ['units and tokens together', { fleet: [UNITS, WEST] }, 250_000 / 1_400 + 100],
  [
    'what is in the cache of units',
    { fleet: [UNITS], mix: [{ ...LONG, cacheKey: 1, sharedTokens: 3_000 }] },
    // 2,944 tokens are 23 steps of 128.
    250_000 / (3_600 - 2_944 + 800),
  ],
  ['too little for a cache', { fleet: [UNITS], mix: [{ ...ASKED, cacheKey: 1, sharedTokens: 500 }] }, 250_000 / 1_400],
  [
    'what a quota leaves to those who share it',
    {
      fleet: [
        { ...EAST, quotaKey: KEY },
        { ...WEST, quotaKey: KEY },
      ],
    },
    200,
  ],
  [
    'what others leave',
    { fleet: [EAST], faults: during({ kind: 'others', tokensPerMinute: 100_000, requestTokens: 1_000 }) },
    200,
  ],
  ['a lowered limit', { fleet: [EAST, WEST], faults: during({ kind: 'lowered', share: 0.5, told: false }) }, 250],
  ['an outage', { fleet: [EAST, WEST], faults: during({ kind: 'outage', status: 503 }) }, 100],
  ['demand', { fleet: [EAST, WEST], faults: during({ kind: 'demand', share: 0.2, waitMs: 1_000 }) }, 340],
  ['slowness, which takes nothing', { fleet: [EAST], faults: during({ kind: 'slow', factor: 9 }) }, 300],
  [
    'nothing of what ends before it is measured',
    { fleet: [EAST], faults: during({ kind: 'outage', status: 503 }, 0, 100_000) },
    300,
  ],
  [
    'what began before and is still there',
    { fleet: [EAST, WEST], faults: during({ kind: 'outage', status: 503 }, 0, 200_000) },
    100,
  ],
  [
    'what is given back, but for the time of the answer',
    { fleet: [EAST], draw: { ...DRAW, refunds: true } },
    300_000 / (800 + (200 * 2_300) / 60_000),
  ],
  [
    'long prompts where they are served',
    { fleet: [{ ...UNITS, promptTokensMax: 1_000 }, EAST], mix: [ASKED, LONG] },
    2 * (300_000 / 4_000),
  ],
  [
    'short prompts that do not fit beside the long ones',
    {
      fleet: [{ ...UNITS, promptTokensMax: 1_000 }, EAST],
      mix: [ASKED, ASKED, ASKED, ASKED, ASKED, ASKED, ASKED, ASKED, ASKED, LONG],
    },
    // Of R requests, R × 0.9 − 178.6 are short ones at 1,000 beside R × 0.1 at 4,000.
    (300_000 + (250_000 / 1_400) * 1_000) / 1_300,
  ],
];

for (const [what, { fleet, faults = [], mix = [ASKED], draw = DRAW }, want] of RATES) {
  test(`usableRate: counts ${what}`, () => {
    const found = usableRate({ fleet, faults, seconds: 600, warmUpSeconds: 120 }, draw, mix);
    assert.ok(Math.abs(found / want - 1) < 1e-6, `${found}, not ${want}`);
  });
}

test('usableRate: is 0 where nobody serves in the worst moment', () => {
  const world = { fleet: [EAST], faults: during({ kind: 'outage', status: 503 }), seconds: 600, warmUpSeconds: 120 };
  assert.ok(usableRate(world, DRAW, [ASKED]) < 1e-9);
});

test('usableRate: is 0 where every prompt is too long for every deployment', () => {
  const world = { fleet: [{ ...EAST, promptTokensMax: 100 }], faults: [], seconds: 600, warmUpSeconds: 120 };
  assert.equal(usableRate(world, DRAW, [ASKED]), 0);
});

test('requestsFor: is the share of what is served in the time', () => {
  assert.equal(requestsFor(0.5, 400, 90), 300);
});
