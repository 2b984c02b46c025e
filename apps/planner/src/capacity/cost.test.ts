import assert from 'node:assert/strict';
import test from 'node:test';
import { type CostAsk, costOf, hourlyCharge, overage, tokenCost } from './cost.ts';
import { NO_DEMAND } from './demand.ts';

test('overage: units beyond the reservation (C-30, C-31), hourlyCharge: of a part of an hour its part (C-32)', () => {
  const rows: ReadonlyArray<readonly [id: string, deployed: number, reserved: number, over: number]> = [
    ['C-30', 250, 200, 50],
    ['C-31', 300 + 200, 500, 0],
    ['C-31', 300 + 300, 500, 100],
    ['less than reserved', 100, 500, 0],
  ];
  for (const [id, deployed, reserved, over] of rows) assert.equal(overage(deployed, reserved), over, id);
  assert.equal(hourlyCharge(100, 15, 2), hourlyCharge(100, 60, 2) / 4);
  assert.equal(hourlyCharge(100, 60, 2), 200);
});

test('tokenCost: cached input at its own price, else as input; without a price none', () => {
  const demand = { ...NO_DEMAND, promptTokens: 3_000_000, cachedTokens: 1_000_000, answerTokens: 500_000 };
  assert.equal(tokenCost(demand, { input: 2, cachedInput: 1, output: 8 }), 4 + 1 + 4);
  assert.equal(tokenCost(demand, { input: 2, output: 8 }), 6 + 4);
  assert.equal(tokenCost(demand, { input: 2 }), null);
  assert.equal(tokenCost(demand, { output: 8 }), null);
});

/** A million input tokens a minute, half of what 100 units carry; 10,000 of them overflow. */
const ASK: CostAsk = {
  units: 100,
  reserved: null,
  mean: { ...NO_DEMAND, promptTokens: 1_000_000 },
  overflow: { ...NO_DEMAND, promptTokens: 10_000 },
  meanLoad: 0.5,
};
const PRICES = { ptuHour: 1, ptuMonth: 300, ptuYear: 2_400, input: 2, output: 8 };

test('costOf: each term that is priced, with what overflows, and the load at which it pays', () => {
  const { payAsYouGoPerMonth, terms } = costOf(ASK, PRICES);
  assert.equal(payAsYouGoPerMonth, 2 * 43_800);
  assert.deepEqual(
    terms.map(({ term, unitsPerMonth, perMonth, breakEven }) => [
      term,
      unitsPerMonth,
      perMonth,
      Number(breakEven?.toFixed(4)),
    ]),
    [
      ['hourly', 73_000, 73_876, 0.4167],
      ['monthly', 30_000, 30_876, 0.1712],
      ['yearly', 20_000, 20_876, 0.1142],
    ],
  );
});

test('costOf: at the break-even load tokens by use cost what the units cost', () => {
  for (const { breakEven, unitsPerMonth } of costOf(ASK, PRICES).terms) {
    const meanLoad = breakEven ?? 0;
    const mean = { ...NO_DEMAND, promptTokens: (1_000_000 * meanLoad) / ASK.meanLoad };
    const again = costOf({ ...ASK, mean, meanLoad }, PRICES).payAsYouGoPerMonth ?? 0;
    assert.ok(Math.abs(again - unitsPerMonth) < 1e-6, `${again}`);
  }
});

test('costOf: beyond the reservation units are billed by the hour, and without that price the term is not told', () => {
  const [, monthly] = costOf({ ...ASK, reserved: 60 }, PRICES).terms;
  assert.deepEqual(
    [monthly?.reservedUnits, monthly?.hourlyUnits, monthly?.unitsPerMonth],
    [60, 40, 60 * 300 + 40 * 730],
  );
  assert.deepEqual(costOf({ ...ASK, reserved: 60 }, { ptuMonth: 300 }).terms, []);
  assert.equal(costOf({ ...ASK, reserved: 120 }, { ptuMonth: 300 }).terms[0]?.unitsPerMonth, 120 * 300);
});

test('costOf: what is not priced is null, never a guess', () => {
  assert.deepEqual(costOf(ASK, {}), { payAsYouGoPerMonth: null, terms: [] });
  const [term] = costOf(ASK, { ptuHour: 1 }).terms;
  assert.deepEqual([term?.perMonth, term?.breakEven], [null, null]);
  assert.equal(costOf({ ...ASK, mean: NO_DEMAND, meanLoad: 0 }, PRICES).terms[0]?.breakEven, null);
});
