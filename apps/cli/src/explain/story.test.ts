import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { DecisionRecord } from '@spillway/policy';
import { story } from './story.ts';
import { testRecord } from './testing/record.ts';

const COLUMNS = 80;
/** `refused.txt`: nobody could be asked, and the client was told when to come back. */
const GOLDENS = [
  ['served.txt', testRecord()],
  [
    'refused.txt',
    {
      ...testRecord(),
      client: null,
      model: null,
      picks: testRecord().picks.slice(1, 2),
      picksLeftOut: 3,
      attempts: [],
      waits: [{ fromMs: 0, waitedMs: 250 }],
      status: 429,
      servedBy: null,
      retryAfterMs: 4_199,
      need: null,
      usage: { promptTokens: null, completionTokens: null, cachedTokens: null, reasoningTokens: null },
    },
  ],
  [
    'cut.txt',
    {
      ...testRecord(),
      ending: 'cut',
      picks: [],
      usageEstimated: true,
      usage: { promptTokens: 800, completionTokens: 12, cachedTokens: null, reasoningTokens: null },
    },
  ],
] as const;

const COST = {
  kind: 'tokens',
  amount: 0.002_070_000_000_000_000_2,
  currency: 'EUR',
  asOf: '2026-11-21',
  basis: 'usage',
  promptTokens: 800,
  cachedTokens: 256,
  answerTokens: 39,
  model: 'gpt-4o',
  perMillion: { input: 2.5, cachedInput: 1.25, output: 10 },
} as const;

type Costs = Pick<DecisionRecord, 'cost' | 'costUnknown'>;

const COST_TEXTS: ReadonlyArray<readonly [name: string, of: Costs, lines: readonly string[]]> = [
  [
    'told tokens',
    { cost: COST },
    [
      'Cost     0.00207 EUR',
      '         gpt-4o, prices as of 2026-11-21',
      '         a million tokens: prompt 2.5, cached 1.25, answer 10',
    ],
  ],
  [
    'an estimate, with no price of answers',
    { cost: { ...COST, basis: 'estimate', amount: 0.000_000_25, perMillion: { ...COST.perMillion, output: null } } },
    [
      'Cost     about 2.5e-7 EUR',
      '         gpt-4o, prices as of 2026-11-21',
      '         a million tokens: prompt 2.5, cached 1.25',
    ],
  ],
  [
    'units',
    { cost: { ...COST, kind: 'provisioned', amount: 0, perMillion: null } },
    ['Cost     nothing more: served by provisioned units, paid for by the hour'],
  ],
  [
    'a model without a price',
    { cost: null, costUnknown: 'noPrice' },
    ['Cost     not known: the gateway has no price for the model'],
  ],
  ['no usage', { cost: null, costUnknown: 'noUsage' }, ['Cost     not known: no answer told its tokens']],
  ['a gateway without prices', { cost: null }, ['Cost     not known: the gateway has no prices']],
];

for (const [name, of, lines] of COST_TEXTS) {
  test(`story: tells the cost of ${name}`, () => {
    const told = story({ ...testRecord(), ...of }).split('\n');
    const at = told.findIndex((line) => line.startsWith('Cost'));
    assert.deepEqual(told.slice(at, at + lines.length), lines);
    assert.match(told[at + lines.length] ?? '', /^Waited /);
    for (const line of told) assert.ok(line.length <= COLUMNS, `${line.length}: ${line}`);
  });
}

for (const [name, record] of GOLDENS) {
  test(`story: is told as in golden/${name}, in ${COLUMNS} columns`, () => {
    const told = story(record);
    assert.equal(told, readFileSync(new URL(`./golden/${name}`, import.meta.url), 'utf8'));
    for (const line of told.split('\n')) assert.ok(line.length <= COLUMNS, `${line.length}: ${line}`);
  });
}
