import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { shippedNames, shippedScenario } from '@spillway/planner';

const TABLE = readFileSync(new URL('../docs/lab-figures.md', import.meta.url), 'utf8');

test('lab-table: docs/lab-figures.md tells every promise of every scenario that ships, and of no other', () => {
  const rows = [...TABLE.matchAll(/^\| ([a-z\d-]+) \| `(\w+)` \|/gm)].map(([, name, promise]) => `${name} ${promise}`);
  const want = shippedNames().flatMap((name) => shippedScenario(name).promises.map((promise) => `${name} ${promise}`));
  assert.ok(want.length > 40, `${want.length} promises`);
  assert.deepEqual([...new Set(rows)].sort(), want.sort(), 'run: node scripts/lab-table.ts');
});

test('lab-table: docs/lab-figures.md has both choices of seeds, and the limits that the scenarios have now', () => {
  assert.match(TABLE, /\| 1–20: median \| pooled \| over \| 1001–1020: median \| pooled \| over \|/);
  for (const name of shippedNames()) {
    const { pooledMost } = shippedScenario(name);
    if (pooledMost === null) continue;
    assert.ok(TABLE.includes(`| ${name} | ${pooledMost.why} |`), `${name}: run: node scripts/lab-table.ts`);
    const limit = new RegExp(`^\\| ${name} .*pooled at most ${pooledMost.per10000}\\b`, 'm');
    assert.match(TABLE, limit, `${name}: run: node scripts/lab-table.ts`);
  }
});
