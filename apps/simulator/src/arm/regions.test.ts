import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REGION_IDS, regionId, regionName } from './regions.ts';

const NAMES: ReadonlyArray<readonly [given: string, id: string, name: string]> = [
  ['East US', 'eastus', 'East US'],
  ['eastus', 'eastus', 'East US'],
  ['EASTUS2', 'eastus2', 'East US 2'],
  ['uksouth', 'uksouth', 'UK South'],
  ['Moon Base 1', 'moonbase1', 'Moon Base 1'],
];

test('regionName: one region has two names, and one that Azure has not keeps its own', () => {
  for (const [given, id, name] of NAMES) assert.deepEqual([regionId(given), regionName(given)], [id, name]);
});

test('regionId: each region of Azure comes back from its id', () => {
  assert.ok(REGION_IDS.length > 30);
  for (const id of REGION_IDS) assert.equal(regionId(regionName(id)), id);
});
