/** Numbers, moments and names as people read them. Pure. */

const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** `12,300`; what is not limited has no number. */
export function countText(count: number | null): string {
  return count === null ? '∞' : COUNT.format(count);
}

/** @param ratio 1 is `100 %`. Whole percents, but not `100 %` before it is reached: that is where refusals begin. */
export function percentText(ratio: number): string {
  const percent = ratio < 1 ? Math.min(99, Math.round(ratio * 100)) : Math.round(ratio * 100);
  return `${COUNT.format(percent)}\u00a0%`;
}

/** Of the day, in UTC: `14:03:07`. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}

/** `2026-11-21`, in UTC. */
export function dateText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Until then, rounded up, so that 0 means over: `42 s`, `3 min 5 s`. */
export function waitText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 60) return `${seconds}\u00a0s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}\u00a0min ${seconds % 60}\u00a0s`;
  return `${Math.floor(seconds / 3600)}\u00a0h ${Math.floor((seconds % 3600) / 60)}\u00a0min`;
}

/** How long something took: `812 ms`, `1.24 s`. */
export function durationText(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–';
  return ms < 1000 ? `${COUNT.format(ms)}\u00a0ms` : `${SHORT.format(ms / 1000)}\u00a0s`;
}

/** As the studio of Azure writes them; the type itself where it is a new one. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  Standard: 'Standard',
  DataZoneStandard: 'Data Zone Standard',
  GlobalStandard: 'Global Standard',
  ProvisionedManaged: 'Provisioned-Managed',
  DataZoneProvisionedManaged: 'Data Zone Provisioned-Managed',
  GlobalProvisionedManaged: 'Global Provisioned-Managed',
};

export function typeText(type: string): string {
  return TYPE_NAMES[type] ?? type;
}

/** With its unit: tokens per minute, or units. */
export function capacityText(type: string, capacity: number): string {
  if (type.endsWith('ProvisionedManaged')) return `${countText(capacity)}\u00a0PTU`;
  return capacity === 0 ? 'no token limit' : `${countText(capacity * 1000)}\u00a0TPM`;
}

export interface FaultScope {
  readonly resource: string | null;
  readonly deployment: string | null;
}

/** Whom a fault hits. */
export function scopeText({ resource, deployment }: FaultScope): string {
  if (resource === null) return deployment === null ? 'every resource' : `${deployment} on every resource`;
  return deployment === null ? resource : `${resource}/${deployment}`;
}

/** How bad a status is. 429 is no failure, but a "not yet". */
export function toneOf(status: number | null): 'none' | 'good' | 'wait' | 'bad' {
  if (status === null) return 'none';
  if (status === 429) return 'wait';
  return status < 400 ? 'good' : 'bad';
}
