/** Shared quotas: those that deployments name are there, each is named by somebody, and what shares one is of one kind. */
import { DEPLOYMENT_TYPES, isProvisioned } from '@spillway/policy';
import type { Findings } from './findings.ts';
import type { DeploymentOutline, Outline } from './outline.ts';
import { quoted } from './place.ts';
import { didYouMean } from './suggest.ts';

const PROVISIONED: readonly string[] = DEPLOYMENT_TYPES.filter(isProvisioned);
const ADD_IT = 'add it at the top: quotas: { NAME: { capacity: 300 } }';

export function checkQuotas(outline: Outline, findings: Findings): void {
  const deployments = (outline.backends ?? []).flatMap(({ deployments }) => deployments ?? []);
  const names = outline.quotas.flatMap(({ name }) => (name === null ? [] : [name]));
  const first = new Map<string, DeploymentOutline>();
  for (const deployment of deployments) {
    const { path, quotaKey } = deployment;
    checkRequests(deployment, findings);
    if (quotaKey === null) continue;
    const earlier = first.get(quotaKey);
    if (!names.includes(quotaKey)) {
      findings.add([...path, 'quotaKey'], {
        rule: 'is not one of the quotas',
        remedy: names.length === 0 ? ADD_IT : didYouMean(quotaKey, names),
      });
    } else if (earlier === undefined) first.set(quotaKey, deployment);
    else checkKind(deployment, earlier, findings);
  }
  if (outline.backends === null) return;
  for (const { path, name } of outline.quotas) {
    if (name === null || first.has(name)) continue;
    findings.add(path, {
      rule: 'does nothing: no deployment draws on it',
      remedy: `write "quotaKey: ${name}" at those that do, or remove it`,
      at: 'key',
      showValue: false,
    });
  }
}

/** Units have no limit of requests (wire §7). */
function checkRequests({ path, type, keys }: DeploymentOutline, findings: Findings): void {
  if (!keys.has('requestsPerMinute') || !PROVISIONED.includes(type ?? '')) return;
  const rule = 'does nothing on a provisioned type, which has no limit of requests';
  findings.add([...path, 'requestsPerMinute'], { rule, remedy: 'remove it', at: 'key' });
}

/** Azure grants quota by model and type (wire §6.1); what others are cannot be counted together. */
function checkKind(deployment: DeploymentOutline, earlier: DeploymentOutline, findings: Findings): void {
  for (const key of ['model', 'type'] as const) {
    if (deployment[key] === earlier[key]) continue;
    findings.add([...deployment.path, 'quotaKey'], {
      rule: `is a quota of ${kindOf(earlier[key], key)} on ${findings.name(earlier.path)}, and of ${kindOf(deployment[key], key)} here`,
      remedy: 'a quota is of one model and one type; give this deployment another one',
    });
    return;
  }
}

function kindOf(value: string | null, key: 'model' | 'type'): string {
  return value === null ? `no known ${key}` : quoted(value);
}
