import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment } from '@spillway/azure-model';
import { Meter, SETS_PER_MINUTE_MAX } from './meter.ts';
import { parametersOf, readMetricsQuery } from './metrics-query.ts';
import { SERIES_MAX, seriesOf } from './series.ts';
import type { EndedRequest } from './tally.ts';
import { deploymentOf, ended, MINUTE_MS, NINE_MS } from './testing.ts';

/** 10 units: 25,000 normalised tokens a minute are 100 %. */
const UNITS = deploymentOf();
const MORE = deploymentOf({ name: 'more', capacity: 30 });
const CHAT = deploymentOf({ name: 'chat', type: 'Standard' });
/** Of the half hour that begins at nine. */
const NOW_MS = NINE_MS + 30 * MINUTE_MS;
const HALF_HOUR = '2026-03-02T09:00:00Z/2026-03-02T09:30:00Z';

const REQUESTS: readonly EndedRequest[] = [
  ended({ deployment: UNITS, startMs: NINE_MS, promptTokens: 12_500 }),
  ended({ deployment: UNITS, startMs: NINE_MS, completionTokens: 6_250, streaming: true }),
  ended({ deployment: MORE, startMs: NINE_MS + MINUTE_MS, promptTokens: 75_000, cachedTokens: 37_500 }),
  ended({ deployment: CHAT, startMs: NINE_MS + 6 * MINUTE_MS, promptTokens: 10 }),
  ended({ deployment: CHAT, startMs: NINE_MS + 6 * MINUTE_MS, status: 429 }),
  ended({ deployment: CHAT, startMs: NINE_MS + 7 * MINUTE_MS, endMs: NINE_MS + 7 * MINUTE_MS + 40, status: 500 }),
];

function meterWith(deployments: readonly Deployment[]): Meter {
  const meter = new Meter({ deployments: new Map(deployments.map((each) => [each.name, each])) }, NINE_MS);
  for (const request of REQUESTS) meter.add(request);
  return meter;
}

/** By what each series is told apart by: its steps that have something in them, as average, minimum, maximum, total. */
function found(query: string) {
  const read = readMetricsQuery(parametersOf(new URLSearchParams(`timespan=${HALF_HOUR}&${query}`)), '$filter', NOW_MS);
  assert.ok(read.kind === 'query', JSON.stringify(read));
  const [metric] = read.query.metrics;
  assert.ok(metric !== undefined);
  const source = { place: { region: 'East US' }, meter: meterWith([UNITS, MORE, CHAT]) };
  return seriesOf(metric, read.query, source, NOW_MS).map(({ dimensions, steps }) => [
    dimensions.map(({ value }) => value).join(' '),
    [...steps].map(([step, { average, minimum, maximum, total }]) => [step, average, minimum, maximum, total]),
  ]);
}

const REQUEST = 'metricnames=AzureOpenAIRequests&interval=PT5M';
const SERIES: ReadonlyArray<readonly [name: string, query: string, want: unknown]> = [
  [
    'all requests, in steps of five minutes',
    REQUEST,
    [
      [
        '',
        [
          [0, 1, 1, 1, 3],
          [1, 1, 1, 1, 3],
        ],
      ],
    ],
  ],
  [
    'split by two dimensions',
    `${REQUEST}&$filter=ModelDeploymentName eq 'chat' and StatusCode eq '*'`,
    [
      ['chat 200', [[1, 1, 1, 1, 1]]],
      ['chat 429', [[1, 1, 1, 1, 1]]],
      ['chat 500', [[1, 1, 1, 1, 1]]],
    ],
  ],
  [
    'rolled up',
    `${REQUEST}&$filter=StatusCode eq '429' or StatusCode eq '500'&rollupby=StatusCode`,
    [['', [[1, 1, 1, 1, 2]]]],
  ],
  [
    'the top ones by an order',
    `${REQUEST}&$filter=ModelDeploymentName eq '*'&top=1&orderby=total desc`,
    [['chat', [[1, 1, 1, 1, 3]]]],
  ],
  [
    'by region, which is the account’s',
    `${REQUEST}&$filter=Region eq '*' and StatusCode eq '429'`,
    [['East US 429', [[1, 1, 1, 1, 1]]]],
  ],
  ['no series where nothing fits the filter', `${REQUEST}&$filter=ModelDeploymentName eq 'nobody'`, []],
  [
    'availability: the part that did not fail',
    "metricnames=AzureOpenAIAvailabilityRate&interval=FULL&$filter=ModelDeploymentName eq 'chat'",
    [['chat', [[0, 200 / 3, 0, 100, 200]]]],
  ],
  [
    'time to response, of failures too',
    "metricnames=AzureOpenAITimeToResponse&interval=FULL&$filter=StatusCode eq '500'",
    [['500', [[0, 40, 40, 40, 40]]]],
  ],
  [
    'tokens of answers alone',
    "metricnames=ProcessedPromptTokens&interval=FULL&$filter=ModelDeploymentName eq 'chat'",
    [['chat', [[0, 10, 10, 10, 10]]]],
  ],
  [
    'active tokens: of provisioned deployments, without cached ones',
    'metricnames=ActiveTokens&interval=FULL',
    [['', [[0, 18_750, 6_250, 37_500, 56_250]]]],
  ],
  [
    'cache match rate',
    "metricnames=AzureOpenAIContextTokensCacheMatchRate&interval=FULL&$filter=ModelDeploymentName eq 'more'",
    [['more', [[0, 50, 50, 50, 50]]]],
  ],
  [
    'utilisation, each minute a sample, idle ones too',
    "metricnames=AzureOpenAIProvisionedManagedUtilizationV2&interval=PT15M&$filter=ModelDeploymentName eq '*'",
    [
      [
        'units',
        [
          [0, 10, 0, 150, 150],
          [1, 0, 0, 0, 0],
        ],
      ],
      [
        'more',
        [
          [0, 50 / 15, 0, 50, 50],
          [1, 0, 0, 0, 0],
        ],
      ],
    ],
  ],
  [
    'utilisation of all deployments together: units taken up by units deployed',
    'metricnames=AzureOpenAIProvisionedManagedUtilization&interval=FULL',
    [['', [[0, 75 / 30, 0, 37.5, 75]]]],
  ],
];

for (const [name, query, want] of SERIES) {
  test(`seriesOf: ${name}`, () => {
    assert.deepEqual(found(query), want);
  });
}

test('seriesOf: splits utilisation by kind of answer, and counts units once where the kinds are rolled up', () => {
  const one = (rollUp: string) =>
    found(
      `metricnames=AzureOpenAIProvisionedManagedUtilizationV2&interval=PT30M&$filter=ModelDeploymentName eq 'units' and StreamType eq '*'${rollUp}`,
    );
  assert.deepEqual(one(''), [
    ['units Streaming', [[0, 100, 100, 100, 100]]],
    ['units Non-Streaming', [[0, 50 / 30, 0, 50, 50]]],
  ]);
  assert.deepEqual(one('&rollupby=StreamType'), [['units', [[0, 5, 0, 150, 150]]]]);
});

test('seriesOf: gathers no more series than its limit', () => {
  const meter = new Meter({ deployments: new Map() }, NINE_MS);
  for (let i = 0; i < SERIES_MAX + SETS_PER_MINUTE_MAX; i++) {
    const startMs = NINE_MS + Math.floor(i / SETS_PER_MINUTE_MAX) * MINUTE_MS;
    meter.add(ended({ deployment: deploymentOf({ name: `d${i}`, type: 'Standard' }), startMs }));
  }
  const query = `timespan=${HALF_HOUR}&$filter=ModelDeploymentName eq '*'&top=${SERIES_MAX}`;
  const read = readMetricsQuery(parametersOf(new URLSearchParams(query)), '$filter', NOW_MS);
  assert.ok(read.kind === 'query' && read.query.metrics[0] !== undefined);
  const source = { place: { region: 'East US' }, meter };
  assert.equal(seriesOf(read.query.metrics[0], read.query, source, NOW_MS).length, SERIES_MAX);
});
