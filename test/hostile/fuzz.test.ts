import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz } from './fuzz.ts';

const SEED = Number(process.env.FUZZ_SEED ?? 1);
const RUNS = 1_000;

test(`gateway: ${RUNS} hostile requests by chance, seed ${SEED}: nothing crashes, hangs or leaks, and it is well afterwards`, {
  timeout: 60_000,
}, async (t) => {
  const statuses = await fuzz({ runs: RUNS, seed: SEED });
  t.diagnostic(`seed ${SEED}: ${JSON.stringify(Object.fromEntries(statuses))}`);
  for (const status of [200, 400, 401, 404, 431]) {
    assert.ok((statuses.get(status) ?? 0) > 0, `none was answered ${status}`);
  }
});
