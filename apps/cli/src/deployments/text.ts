/** Deployments as lines for a terminal. Pure. */
import { grouped, plain, table } from '../lines.ts';
import type { ArmDeployment, RateLimit } from './answer.ts';

const HEADER = ['name', 'model', 'version', 'type', 'capacity', 'state'];
const NUMERIC = new Set([4]);

export function listText(deployments: readonly ArmDeployment[], account: string): string {
  if (deployments.length === 0) {
    return `${account} has no deployments; make one with: spillway deployments create --name ${account} …\n`;
  }
  const rows = deployments.map((each) => [
    each.name,
    each.model.name ?? '-',
    each.model.version ?? '-',
    each.type ?? '-',
    capacityText(each),
    each.state ?? '-',
  ]);
  return lines(table([HEADER, ...rows.map((row) => row.map(plain))], NUMERIC));
}

/** All there is to say about one. */
export function deploymentText(deployment: ArmDeployment): string {
  const { model } = deployment;
  const facts: ReadonlyArray<readonly [string, string | null]> = [
    ['deployment', deployment.name],
    ['model', [model.format, model.name, model.version].filter((part) => part !== null).join(' ')],
    ['type', deployment.type],
    ['capacity', capacityText(deployment)],
    ['state', deployment.state],
    ['content filter', deployment.raiPolicyName],
    ['version upgrade', deployment.versionUpgradeOption],
    ['spillover to', deployment.spilloverDeploymentName],
    ['dynamic quota', onOff(deployment.dynamicThrottlingEnabled)],
    ...deployment.rateLimits.map((limit) => ['rate limit', rateText(limit)] as const),
    ['id', deployment.id],
  ];
  return lines(
    table(
      facts.flatMap(([name, value]) => (value === null ? [] : [[name, plain(value)]])),
      new Set(),
    ),
  );
}

function onOff(value: boolean | null): string | null {
  if (value === null) return null;
  return value ? 'on' : 'off';
}

/** What one unit of capacity is, by type. Source: wire reference §6.1 and §7.1; batch types count tokens that wait. */
export function capacityText({
  type,
  capacity,
  rateLimits,
}: Pick<ArmDeployment, 'type' | 'capacity' | 'rateLimits'>): string {
  if (capacity === null) return '-';
  if (type?.endsWith('ProvisionedManaged')) return `${grouped(capacity)} PTU`;
  if (type?.endsWith('Batch')) return `${grouped(capacity * 1_000)} tokens enqueued`;
  // Speech and images are limited by requests alone; where Azure tells the limits, they show it.
  const byRequests = rateLimits.length > 0 && rateLimits.every(({ key }) => key !== 'token');
  return type?.endsWith('Standard') && !byRequests
    ? `${grouped(capacity * 1_000)} tokens/min`
    : `${grouped(capacity)} units`;
}

function rateText({ key, count, renewalSeconds }: RateLimit): string {
  return `${grouped(count)} ${key}${count === 1 ? '' : 's'} in ${grouped(renewalSeconds)} s`;
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
