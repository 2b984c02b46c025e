/**
 * A Bicep file. Source: `Microsoft.CognitiveServices/accounts/deployments` in the reference of templates, and "Existing resources in
 * Bicep", read 2026-11-21. Pure.
 */
import type { DeploymentAsk } from '../ask.ts';
import { API_VERSION } from '../place.ts';
import { bicepString } from './quote.ts';

export function bicepText(ask: DeploymentAsk): string {
  const { place, model, sku } = ask;
  return `${[
    `resource account 'Microsoft.CognitiveServices/accounts@${API_VERSION}' existing = {`,
    `  name: ${bicepString(place.account)}`,
    '}',
    '',
    `resource deployment 'Microsoft.CognitiveServices/accounts/deployments@${API_VERSION}' = {`,
    '  parent: account',
    `  name: ${bicepString(place.deployment)}`,
    '  sku: {',
    `    name: ${bicepString(sku.name)}`,
    ...(sku.capacity === null ? [] : [`    capacity: ${sku.capacity}`]),
    '  }',
    '  properties: {',
    '    model: {',
    `      format: ${bicepString(model.format)}`,
    `      name: ${bicepString(model.name)}`,
    ...(model.version === null ? [] : [`      version: ${bicepString(model.version)}`]),
    '    }',
    ...optional('raiPolicyName', ask.raiPolicyName),
    ...optional('versionUpgradeOption', ask.versionUpgradeOption),
    ...optional('spilloverDeploymentName', ask.spilloverDeploymentName),
    ...dynamicQuota(ask.dynamicThrottlingEnabled),
    '  }',
    '}',
  ].join('\n')}\n`;
}

function optional(key: string, value: string | null): readonly string[] {
  return value === null ? [] : [`    ${key}: ${bicepString(value)}`];
}

/** Azure takes it, but its published types call it read-only, of which Bicep would warn. */
function dynamicQuota(enabled: boolean | null): readonly string[] {
  return enabled === null ? [] : ['    #disable-next-line BCP073', `    dynamicThrottlingEnabled: ${enabled}`];
}
