/**
 * A Terraform file. Source: `azurerm_cognitive_deployment` and `azurerm_cognitive_account` of the provider azurerm 4,
 * `azapi_update_resource` of the provider azapi 2, read 2026-11-21. Pure.
 */
import type { DeploymentAsk } from '../ask.ts';
import { API_VERSION } from '../place.ts';
import { hclString } from './quote.ts';
import type { PrintTarget } from './request.ts';

export function terraformText(ask: DeploymentAsk, { subscription }: PrintTarget): string {
  const spillover = ask.spilloverDeploymentName;
  const blocks = [
    requirements(spillover !== null),
    provider(subscription),
    account(ask),
    deployment(ask),
    ...(spillover === null ? [] : [spilloverTo(spillover)]),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function requirements(withAzapi: boolean): readonly string[] {
  const azapi = ['    azapi = {', '      source  = "Azure/azapi"', '      version = "~> 2.0"', '    }'];
  const azurerm = ['    azurerm = {', '      source  = "hashicorp/azurerm"', '      version = "~> 4.0"', '    }'];
  return ['terraform {', '  required_providers {', ...(withAzapi ? azapi : []), ...azurerm, '  }', '}'];
}

/** Without a subscription here, the provider takes that of ARM_SUBSCRIPTION_ID. */
function provider(subscription: string | null): readonly string[] {
  const id = subscription === null ? [] : [`  subscription_id = ${hclString(subscription)}`];
  return ['provider "azurerm" {', ...id, '  features {}', '}'];
}

function account({ place }: DeploymentAsk): readonly string[] {
  return [
    'data "azurerm_cognitive_account" "account" {',
    `  name                = ${hclString(place.account)}`,
    `  resource_group_name = ${hclString(place.resourceGroup)}`,
    '}',
  ];
}

function deployment({ place, model, sku, ...ask }: DeploymentAsk): readonly string[] {
  return [
    'resource "azurerm_cognitive_deployment" "deployment" {',
    ...assignments('  ', [
      ['name', hclString(place.deployment)],
      ['cognitive_account_id', 'data.azurerm_cognitive_account.account.id'],
      ['rai_policy_name', ask.raiPolicyName === null ? null : hclString(ask.raiPolicyName)],
      ['version_upgrade_option', ask.versionUpgradeOption === null ? null : hclString(ask.versionUpgradeOption)],
      [
        'dynamic_throttling_enabled',
        ask.dynamicThrottlingEnabled === null ? null : String(ask.dynamicThrottlingEnabled),
      ],
    ]),
    '',
    '  model {',
    ...assignments('    ', [
      ['format', hclString(model.format)],
      ['name', hclString(model.name)],
      ['version', model.version === null ? null : hclString(model.version)],
    ]),
    '  }',
    '',
    '  sku {',
    ...assignments('    ', [
      ['name', hclString(sku.name)],
      ['capacity', sku.capacity === null ? null : String(sku.capacity)],
    ]),
    '  }',
    '}',
  ];
}

function spilloverTo(name: string): readonly string[] {
  return [
    '# azurerm_cognitive_deployment has no argument for spillover.',
    'resource "azapi_update_resource" "spillover" {',
    `  type        = "Microsoft.CognitiveServices/accounts/deployments@${API_VERSION}"`,
    '  resource_id = azurerm_cognitive_deployment.deployment.id',
    '',
    '  body = {',
    '    properties = {',
    `      spilloverDeploymentName = ${hclString(name)}`,
    '    }',
    '  }',
    '}',
  ];
}

/** Aligned as `terraform fmt` does; those of null are left out. */
function assignments(
  indent: string,
  all: ReadonlyArray<readonly [name: string, value: string | null]>,
): readonly string[] {
  const given = all.filter(([, value]) => value !== null);
  const width = Math.max(...given.map(([name]) => name.length));
  return given.map(([name, value]) => `${indent}${name.padEnd(width)} = ${value}`);
}
