import assert from 'node:assert/strict';
import test from 'node:test';
import { minutesOf } from './values.ts';

const NINE = Date.UTC(2026, 10, 21, 9);

function metric(name: string, ...series: readonly unknown[]) {
  return { name: { value: name }, timeseries: series.map((data) => ({ data })) };
}

test('minutesOf: each figure of each minute by its own aggregation; several series of one are added up', () => {
  const at = (minute: number) => `2026-11-21T09:0${minute}:00Z`;
  const body = {
    value: [
      metric(
        'azureopenairequests',
        [
          { timeStamp: at(0), total: 3 },
          { timeStamp: at(1), total: 0 },
        ],
        [{ timeStamp: at(0), total: 4 }],
      ),
      metric('ProcessedPromptTokens', [{ timeStamp: at(0), total: 500, average: 9 }]),
      metric(
        'AzureOpenAIProvisionedManagedUtilizationV2',
        [{ timeStamp: at(0), total: 900, average: 42.5 }],
        [{ timeStamp: at(0), average: 40 }],
      ),
    ],
  };
  assert.deepEqual(minutesOf(body, [NINE, NINE + 60_000]), [
    {
      minute: '2026-11-21T09:00:00.000Z',
      calls: 7,
      promptTokens: 500,
      completionTokens: null,
      utilisationPercent: 42.5,
    },
    {
      minute: '2026-11-21T09:01:00.000Z',
      calls: 0,
      promptTokens: null,
      completionTokens: null,
      utilisationPercent: null,
    },
  ]);
});

test('minutesOf: whatever else is answered tells nothing', () => {
  for (const body of [
    null,
    'no',
    {},
    { value: 3 },
    { value: [null, { name: 1 }, metric('ProcessedPromptTokens', [{ timeStamp: 'soon', total: 1 }, 7])] },
  ]) {
    const [minute] = minutesOf(body, [NINE]);
    assert.deepEqual([minute?.calls, minute?.promptTokens], [null, null], JSON.stringify(body));
  }
});
