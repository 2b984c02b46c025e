import assert from 'node:assert/strict';
import test from 'node:test';
import { UsedWrongly } from '../exit.ts';
import { askedBy, type BenchFlags, toldOf } from './flags.ts';
import { BENCH_FLAGS } from './testing/run.ts';

const RESOURCE = '/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a';
const PRICES = { pricePrompt: '2.5', priceCompletion: '10', priceAsOf: '2026-11-01' };
const asked = (more: Partial<BenchFlags>) => askedBy({ ...BENCH_FLAGS, ...more });

test('askedBy: prices, quota, demands and Azure Monitor as they were given', () => {
  const { prices, quota, thresholds, monitor, format } = asked({
    ...PRICES,
    tpm: '30000',
    failIf: ['ttft.p95>1.5', 'failedShare>1%'],
    monitor: 'https://management.azure.com/',
    monitorResource: RESOURCE,
    outputFormat: 'jsonl',
  });
  assert.deepEqual(prices, { currency: 'USD', prompt: 2.5, cached: null, completion: 10, asOf: '2026-11-01' });
  assert.deepEqual(quota, { tokensPerMinute: 30_000, requestsPerMinute: null });
  assert.deepEqual(monitor, { url: 'https://management.azure.com', resource: RESOURCE, deployment: 'chat' });
  assert.deepEqual([thresholds.length, format], [2, 'jsonl']);
  assert.equal(asked({ ...PRICES, priceCached: '1.25' }).prices?.cached, 1.25);
});

test('askedBy: what is wrong names flag, value and way out', () => {
  const rows: ReadonlyArray<readonly [Partial<BenchFlags>, RegExp]> = [
    [{ pricePrompt: '1' }, /prices: give --price-prompt, --price-completion and --price-as-of together/],
    [{ ...PRICES, pricePrompt: 'free' }, /--price-prompt free: is no amount/],
    [{ ...PRICES, priceCached: '-1' }, /--price-cached -1: is no amount/],
    [{ ...PRICES, priceAsOf: 'today' }, /--price-as-of today: is no day such as/],
    [{ tpm: '0' }, /--tpm 0: is no number above 0/],
    [{ rpm: 'many' }, /--rpm many: is no number above 0/],
    [{ outputFormat: 'xml' }, /--output-format xml: is none of human, jsonl/],
    [{ failIf: ['fast'] }, /--fail-if 'fast': is no condition/],
    [{ failIf: ['speed>1'] }, /there is no figure 'speed'/],
    [{ monitor: 'https://management.azure.com' }, /--monitor and --monitor-resource: give both/],
    [{ monitorResource: RESOURCE }, /give both/],
    [{ logRequestContent: true }, /--log-request-content: has nowhere to write to; give --out FOLDER/],
    [{ monitor: 'azure', monitorResource: RESOURCE }, /--monitor azure: is no address of a host/],
    [{ monitor: 'http://management.azure.com', monitorResource: RESOURCE }, /a token does not go over http/],
    [
      { monitor: 'http://127.0.0.1:9000', monitorResource: 'openai1' },
      /--monitor-resource openai1: is not of the form \/subscriptions/,
    ],
  ];
  for (const [more, want] of rows)
    assert.throws(
      () => asked(more),
      (error) => error instanceof UsedWrongly && want.test(error.message),
      JSON.stringify(more),
    );
});

test('askedBy: mistakes of the load and of all else are told at once', () => {
  const given = { clients: '0', tpm: '0', failIf: ['fast'], outputFormat: 'xml', pricePrompt: '1' };
  assert.throws(
    () => asked(given),
    (error) =>
      error instanceof UsedWrongly &&
      ['--clients', '--tpm', '--fail-if', '--output-format', 'prices'].every((name) => error.message.includes(name)),
  );
});

test('toldOf: what was given, without what opens doors', () => {
  const told = toldOf({
    ...BENCH_FLAGS,
    endpoint: 'https://me:s3cret@a.example/?api-key=s3cret',
    against: 'https://x:s3cret@b.example',
  });
  assert.deepEqual(
    [told.endpoint, told.against, told.requests],
    ['https://a.example/?api-key=…', 'https://b.example', '10'],
  );
  assert.doesNotMatch(JSON.stringify(told), /s3cret/);
  assert.ok(!('out' in told));
});
