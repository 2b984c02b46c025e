import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { capacityPage } from './page.ts';
import { planCapacity } from './plan.ts';
import { askOf, C20, measuredTraffic } from './testing/asks.ts';

const PRICES = {
  of: { ptuHour: 1, ptuMonth: 260, ptuYear: 2_600, input: 2, output: 8 },
  origin: { currency: 'EUR', asOf: '2026-11-01', source: 'our <agreement>' },
};

test('capacityPage: nothing is loaded or run, and the one style sheet is the one that the policy allows', () => {
  const page = capacityPage([planCapacity(askOf({ prices: PRICES }))]);
  assert.doesNotMatch(page, /<script|<link|<img|\ssrc=|\sstyle=|url\(|@import|https?:/);
  const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? assert.fail('no style');
  assert.ok(page.includes(`style-src &#39;sha256-${createHash('sha256').update(style).digest('base64')}&#39;`));
  assert.doesNotMatch(page, /<agreement>|NaN|undefined|Infinity/);
});

test('capacityPage: has a plot of demand, of overflow and, with prices, two of cost, and none of what there is not', () => {
  const even = { kind: 'given', workloads: [C20], arrivals: 'even', seed: 1, loadFactor: 1, isTried: true } as const;
  const rows: ReadonlyArray<readonly [name: string, more: Parameters<typeof askOf>[0], plots: number]> = [
    ['random', {}, 2],
    ['random, priced', { prices: PRICES }, 4],
    ['measured', { traffic: measuredTraffic([1, 1_000, 0, 500]), prices: PRICES }, 4],
    ['measured, of many minutes', { traffic: measuredTraffic(Array.from({ length: 5_000 }, (_, at) => at % 900)) }, 2],
    ['nothing but idle minutes', { traffic: measuredTraffic([0, 0]) }, 1],
    ['even', { traffic: even }, 0],
    ['even, priced', { traffic: even, prices: PRICES }, 1],
    ['the reverse', { traffic: even, units: 100 }, 0],
  ];
  for (const [name, more, plots] of rows) {
    const page = capacityPage([planCapacity(askOf(more))]);
    assert.equal(page.match(/<svg /g)?.length ?? 0, plots, name);
    assert.doesNotMatch(page, /NaN|undefined|Infinity/, name);
  }
});

test('capacityPage: says what to buy first, the trial, and every model in a section of its own', () => {
  const tried = { kind: 'given', workloads: [C20], arrivals: 'random', seed: 1, loadFactor: 1, isTried: true } as const;
  const page = capacityPage([planCapacity(askOf({ traffic: tried })), planCapacity(askOf({ units: 100 }, 'gpt-4o'))]);
  assert.match(page, /110 PTUs of GlobalProvisionedManaged \(105\.88 before rounding\), 96\.3 % used/);
  assert.match(page, /Tried on a model of Azure/);
  assert.match(page, /<h2>gpt-4o<\/h2>.*100 PTUs carry 893 calls per minute\./s);
});
