import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeploymentType } from '@spillway/protocol';
import { type Allowance, type BoundReason, notAllowed } from './allowance.ts';
import { deployment } from './testing.ts';

const ANY: Allowance = {
  regions: null,
  types: null,
  modelVersions: null,
  contentFilters: null,
  features: null,
  contextTokensMin: null,
};
const EU: Partial<Allowance> = { regions: ['eu'] };

type Row = readonly [
  what: string,
  of: Parameters<typeof at>,
  allowance: Partial<Allowance>,
  reason: BoundReason | null,
];

function at(
  region: string | null,
  type: DeploymentType | null,
  more: { modelVersion?: string; contentFilter?: string; contextTokens?: number; features?: readonly string[] } = {},
) {
  const plain = deployment({ on: 'a' });
  return {
    ...plain,
    type,
    modelVersion: null,
    contentFilter: null,
    contextTokens: null,
    features: [],
    requestsPerMinute: null,
    quotaKey: null,
    ...more,
    backend: { ...plain.backend, region },
  };
}

const ROWS: readonly Row[] = [
  ['nothing asked', [null, null], {}, null],
  ['regional, in its zone', ['swedencentral', 'Standard'], EU, null],
  ['regional, as people write it', ['Sweden Central', 'ProvisionedManaged'], { regions: ['swedencentral'] }, null],
  ['regional, elsewhere', ['eastus', 'Standard'], EU, 'regionNotAllowed'],
  ['near, and not in the zone', ['switzerlandnorth', 'Standard'], EU, 'regionNotAllowed'],
  ['data zone, in the zone', ['swedencentral', 'DataZoneStandard'], EU, null],
  [
    'data zone, where one region is asked',
    ['swedencentral', 'DataZoneStandard'],
    { regions: ['swedencentral'] },
    'regionNotAllowed',
  ],
  ['global, though deployed in the zone', ['swedencentral', 'GlobalStandard'], EU, 'regionNotAllowed'],
  ['global, allowed', ['swedencentral', 'GlobalStandard'], { regions: ['eu', 'global'] }, null],
  ['of no known region', [null, 'Standard'], EU, 'regionNotAllowed'],
  ['of no known type', ['swedencentral', null], EU, 'regionNotAllowed'],
  ['type allowed', [null, 'GlobalStandard'], { types: ['GlobalStandard'] }, null],
  ['type not allowed', [null, 'Standard'], { types: ['GlobalStandard'] }, 'typeNotAllowed'],
  ['version allowed', [null, null, { modelVersion: '2024-11-20' }], { modelVersions: ['2024-11-20'] }, null],
  ['version unknown', [null, null], { modelVersions: ['2024-11-20'] }, 'modelVersionNotAllowed'],
  ['all features', [null, null, { features: ['vision', 'batch'] }], { features: ['vision'] }, null],
  ['a feature missing', [null, null, { features: ['batch'] }], { features: ['batch', 'vision'] }, 'featureMissing'],
  ['context as long', [null, null, { contextTokens: 128_000 }], { contextTokensMin: 128_000 }, null],
  ['context too short', [null, null, { contextTokens: 8_192 }], { contextTokensMin: 128_000 }, 'contextTooShort'],
  ['context unknown', [null, null], { contextTokensMin: 1 }, 'contextTooShort'],
  ['filter allowed', [null, null, { contentFilter: 'strict' }], { contentFilters: ['strict'] }, null],
  [
    'filter other',
    [null, null, { contentFilter: 'default' }],
    { contentFilters: ['strict'] },
    'contentFilterNotAllowed',
  ],
];

for (const [what, of, allowance, reason] of ROWS) {
  test(`notAllowed: ${what}`, () => assert.equal(notAllowed(at(...of), { ...ANY, ...allowance }), reason));
}
