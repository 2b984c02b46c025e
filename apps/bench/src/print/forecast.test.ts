import assert from 'node:assert/strict';
import test from 'node:test';
import { type LoadFlags, readLoad } from '../options.ts';
import { FLAGS } from '../testing/flags.ts';
import { FORECAST_CALLS_MAX, type Forecast, forecastOf, forecastText } from './forecast.ts';

const COUNT = (text: string) => text.split(' ').length;
const PRICES = { currency: 'USD', prompt: 2, cached: null, completion: 10, asOf: '2026-11-01' };
const NO_QUOTA = { tokensPerMinute: null, requestsPerMinute: null };

function forecast(more: Partial<LoadFlags>, quota = NO_QUOTA as Forecast['quota']): Forecast {
  const read = readLoad({ ...FLAGS, ...more }, () => []);
  if (read.kind === 'errors') return assert.fail(read.errors.join());
  const recorded = [1, 40].map((words) => ({ messages: [{ role: 'user', content: 'a '.repeat(words) }], atMs: null }));
  return forecastOf({ spec: read.spec, recorded, count: COUNT, quota, prices: PRICES });
}

test('forecastOf: calls, tokens and the busiest minute of what would be sent', () => {
  const rows: ReadonlyArray<readonly [string, Partial<LoadFlags>, Partial<Forecast>]> = [
    [
      'even',
      { rate: '60', duration: '120' },
      {
        calls: 120,
        seconds: 119,
        promptTokensTotal: 60_000,
        answerTokensMax: 500,
        answerTokensTotalMax: 60_000,
        busiestMinute: { calls: 60, tokens: 60_000 },
        cost: { currency: 'USD', amountMax: 0.72, asOf: '2026-11-01' },
      },
    ],
    ['warm-up is sent, too', { rate: '60', duration: '60', warmUp: '60' }, { calls: 120 }],
    ['several answers', { rate: '60', duration: '60', completions: '3' }, { answerTokensMax: 1_500 }],
    [
      'two targets',
      { rate: '60', duration: '60', against: 'https://two.example' },
      { calls: 120, busiestMinute: { calls: 60, tokens: 60_000 } },
    ],
    ['rising', { arrivals: 'steps:60x60,120x60' }, { calls: 180, busiestMinute: { calls: 120, tokens: 120_000 } }],
    [
      'closed, counted',
      { requests: '10' },
      { calls: 10, seconds: null, promptTokensTotal: 5_000, busiestMinute: null },
    ],
    ['closed, timed', { duration: '10' }, { calls: null, promptTokensTotal: null, cost: null }],
    ['closed, both bounds', { duration: '10', requests: '10', runEndConditionMode: 'and' }, { calls: null }],
    [
      'no bound of the answer',
      { shapeProfile: 'custom', contextTokens: '200', rate: '60', duration: '60' },
      { answerTokensMax: null, answerTokensTotalMax: null, cost: null },
    ],
    [
      'a mix',
      { shapeProfile: 'mix:balanced=1,context=1', rate: '60', duration: '60', completions: '2' },
      {
        promptTokens: { avg: 1_250, max: 2_000 },
        promptTokensTotal: 75_000,
        answerTokensMax: 1_000,
        answerTokensTotalMax: 42_000,
        busiestMinute: { calls: 60, tokens: 117_000 },
      },
    ],
    ['embeddings', { api: 'embeddings', rate: '60', duration: '60' }, { answerTokensTotalMax: 0 }],
  ];
  for (const [name, more, want] of rows) {
    const found = forecast(more);
    for (const [key, value] of Object.entries(want))
      assert.deepEqual(Reflect.get(found, key), value, `${name}: ${key}`);
  }
});

test('forecastOf: prompts of a replay are counted, not guessed', () => {
  const { promptTokens } = forecast({
    contextGenerationMethod: 'replay',
    replayPath: 'x',
    replayOrder: 'file',
    preventServerCaching: 'false',
    requests: '2',
  });
  assert.ok(promptTokens.max > promptTokens.avg && promptTokens.avg > 20, JSON.stringify(promptTokens));
});

test('forecastOf: looks at FORECAST_CALLS_MAX calls, and says where there are more', () => {
  const { calls, isAtLeast } = forecast({ rate: '60000', duration: '7200' });
  assert.deepEqual([calls, isAtLeast], [FORECAST_CALLS_MAX, true]);
});

test('forecastText: says that nothing is sent, what would be, and whether it fits', () => {
  const text = (more: Partial<LoadFlags>, quota?: Forecast['quota'], prices: typeof PRICES | null = PRICES) =>
    forecastText(forecast(more, quota), prices);
  const even = { rate: '60', duration: '60', endpoint: 'https://me:secret@one.example' };
  const rows: ReadonlyArray<readonly [string, RegExp]> = [
    [text(even), /^dry run: nothing is sent\nopen loop: 60 per minute/],
    [text(even), /would go to +https:\/\/one\.example\/openai\/deployments\/chat\/chat\/completions\?api-version=/],
    [text(even), /calls +60, the last after 59 s/],
    [
      text(even, { tokensPerMinute: 30_000, requestsPerMinute: 180 }),
      /TPM +30,000: too little, .* 200 % of it: expect 429s\n +RPM +180: .*fits, 33\.3 % of it/,
    ],
    [text({ duration: '5' }, { tokensPerMinute: 1, requestsPerMinute: null }), /TPM +1: cannot be held against/],
    [text(even), /cost +at most 0\.3600 USD \(prices as of 2026-11-01\)/],
    [text(even, NO_QUOTA, null), /cost +not known: give --price-prompt/],
    [text({ ...even, maxTokensTotal: '500' }), /would stop +when 500 tokens/],
  ];
  for (const [found, want] of rows) assert.match(found, want);
  assert.doesNotMatch(text(even), /secret/);
});
