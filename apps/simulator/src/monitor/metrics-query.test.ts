import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METRICS_MAX, parametersOf, readMetricsQuery } from './metrics-query.ts';

const NOW_MS = Date.UTC(2026, 2, 2, 10, 30, 20);

function read(query: string) {
  return readMetricsQuery(parametersOf(new URLSearchParams(query)), '$filter', NOW_MS);
}

test('readMetricsQuery: reads names in any case, and of a name that is repeated all values', () => {
  const found = read(
    'MetricNames=activetokens&metricnames=TokenTransaction,ACTIVETOKENS&Aggregation=total,SUM&aggregation=Average',
  );
  assert.ok(found.kind === 'query', JSON.stringify(found));
  assert.deepEqual(
    found.query.metrics.map(({ name }) => name),
    ['ActiveTokens', 'TokenTransaction'],
  );
  assert.deepEqual(found.query.aggregations, ['Total', 'Average']);
});

test('readMetricsQuery: splits by the dimensions of the filter that are not rolled up, and then takes ten series', () => {
  const found = read("$filter=ModelDeploymentName eq '*' and statuscode eq '200'&rollupby=STATUSCODE&orderby=sum desc");
  assert.ok(found.kind === 'query', JSON.stringify(found));
  const { metrics, splits, top, order } = found.query;
  assert.deepEqual(
    [metrics.map(({ name }) => name), splits, top, order],
    [['AzureOpenAIRequests'], ['ModelDeploymentName'], 10, { by: 'Total', descending: true }],
  );
});

test('readMetricsQuery: without a filter there is one series, and none is left out', () => {
  const found = read('metricnames=ActiveTokens&resultType=metadata');
  assert.ok(found.kind === 'query');
  assert.deepEqual([found.query.splits, found.query.top, found.query.metadataOnly], [[], null, true]);
});

const MANY = Array.from({ length: METRICS_MAX + 1 }, () => 'ActiveTokens').join(',');

const REFUSED: ReadonlyArray<readonly [query: string, want: RegExp]> = [
  [
    'metricnames=Nothing',
    /^Failed to find metric configuration for provider: Microsoft.CognitiveServices, resource Type: accounts, metric: Nothing, Valid metrics: AzureOpenAIRequests,/,
  ],
  [`metricnames=${MANY}`, /^Requested metrics count: 21 bigger than allowed max: 20$/],
  ['metricnamespace=Microsoft.Web/sites', /^Microsoft.Web\/sites is not a supported platform metric namespace/],
  ['interval=PT2M', /^Invalid time grain duration: PT2M, supported ones are: 00:01:00,/],
  ['timespan=never', /^Invalid time range: timespan, never/],
  ['aggregation=median', /^Invalid aggregation type: median/],
  [
    "$filter=Colour eq '*'",
    /^Metric: AzureOpenAIRequests does not support requested dimension combination: Colour, supported ones are: ApiName,/,
  ],
  [
    "metricnames=ActiveTokens&$filter=StatusCode eq '*'",
    /supported ones are: Region,ModelDeploymentName,ModelName,ModelVersion$/,
  ],
  ['$filter=wrong', /^Invalid filter: it cannot be read/],
  ["$filter=Region eq '*'&top=0", /^Invalid top: 0/],
  ["$filter=Region eq '*'&top=1001", /^Invalid top: 1001, expected a whole number from 1 to 1000/],
  ['orderby=total sideways', /^Invalid orderby: total sideways/],
  ['orderby=size', /^Invalid aggregation type: size/],
];

for (const [query, want] of REFUSED) {
  test(`readMetricsQuery: refuses ${query.slice(0, 60)}`, () => {
    const found = read(query);
    assert.ok(found.kind === 'refused');
    assert.deepEqual([found.refusal.status, found.refusal.code], [400, 'BadRequest']);
    assert.match(found.refusal.message, want);
  });
}

test('readMetricsQuery: takes dimensions that a metric has not, where it is told not to look', () => {
  assert.equal(read("metricnames=ActiveTokens&$filter=StatusCode eq '*'&ValidateDimensions=false").kind, 'query');
});
