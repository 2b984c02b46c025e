/** Azure's regions have two names: `East US` for people, `eastus` in paths and in `location`. */

const NAMES = [
  'East US',
  'East US 2',
  'West US',
  'West US 2',
  'West US 3',
  'Central US',
  'North Central US',
  'South Central US',
  'West Central US',
  'Canada Central',
  'Canada East',
  'Brazil South',
  'North Europe',
  'West Europe',
  'UK South',
  'UK West',
  'France Central',
  'Germany West Central',
  'Italy North',
  'Norway East',
  'Poland Central',
  'Spain Central',
  'Sweden Central',
  'Switzerland North',
  'Switzerland West',
  'UAE North',
  'South Africa North',
  'Central India',
  'South India',
  'East Asia',
  'Southeast Asia',
  'Japan East',
  'Japan West',
  'Korea Central',
  'Australia East',
] as const;

const BY_ID: ReadonlyMap<string, string> = new Map(NAMES.map((name) => [regionId(name), name]));

/** `East US` and `eastus` are both `eastus`. */
export function regionId(region: string): string {
  return region.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** As Azure shows it to people; a region that is none of Azure's stays as it was given. */
export function regionName(region: string): string {
  return BY_ID.get(regionId(region)) ?? region;
}

/** In the form of paths. */
export const REGION_IDS: readonly string[] = [...BY_ID.keys()];
