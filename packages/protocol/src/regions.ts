/**
 * Azure's regions as names are written, and the data zone each belongs to. Source: Microsoft Learn, "Deployment types for Microsoft
 * Foundry models" (data zones: the United States, and member states of the European Union), 2026-06.
 */

export const DATA_ZONES = ['eu', 'us'] as const;
export type DataZone = (typeof DATA_ZONES)[number];

/** Norway, Switzerland and the United Kingdom are in Europe, and in no data zone. */
const ZONES: ReadonlyMap<string, DataZone> = new Map([
  ...[
    'austriaeast',
    'francecentral',
    'francesouth',
    'germanynorth',
    'germanywestcentral',
    'italynorth',
    'northeurope',
  ].map((region) => [region, 'eu'] as const),
  ...[
    'polandcentral',
    'spaincentral',
    'swedencentral',
    'swedensouth',
    'westeurope',
    'belgiumcentral',
    'denmarkeast',
  ].map((region) => [region, 'eu'] as const),
  ...[
    'centralus',
    'eastus',
    'eastus2',
    'northcentralus',
    'southcentralus',
    'westcentralus',
    'westus',
    'westus2',
    'westus3',
  ].map((region) => [region, 'us'] as const),
]);

/** `East US` and `eastus` are one region: the second form. */
export function regionName(written: string): string {
  return written.toLowerCase().replace(/[\s_-]/g, '');
}

/** @returns null for a region outside of every data zone, and one that is not known. */
export function dataZoneOf(region: string): DataZone | null {
  return ZONES.get(regionName(region)) ?? null;
}
