/** Kinds of capacity that a deployment has: Azure's `sku.name`. Source: wire reference §7.1. */

export const DEPLOYMENT_TYPES = [
  'Standard',
  'DataZoneStandard',
  'GlobalStandard',
  'ProvisionedManaged',
  'DataZoneProvisionedManaged',
  'GlobalProvisionedManaged',
] as const;
export type DeploymentType = (typeof DEPLOYMENT_TYPES)[number];

/** Units (PTU) are set aside for it; others are billed by the token. */
export function isProvisioned(type: DeploymentType): boolean {
  return type.endsWith('ProvisionedManaged');
}

/** Where requests are processed: in the region, in a data zone, or anywhere. */
export function placeOf(type: DeploymentType): 'region' | 'dataZone' | 'global' {
  if (type.startsWith('Global')) return 'global';
  return type.startsWith('DataZone') ? 'dataZone' : 'region';
}
