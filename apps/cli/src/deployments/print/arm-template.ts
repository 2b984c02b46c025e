/** A template of Azure Resource Manager. Source: "Template structure and syntax", its documentation, read 2026-11-21. Pure. */
import { bodyOf, type DeploymentAsk } from '../ask.ts';
import { API_VERSION } from '../place.ts';
import { templateString } from './quote.ts';

const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';

export function armTemplateText(ask: DeploymentAsk): string {
  const { place } = ask;
  const template = {
    $schema: SCHEMA,
    contentVersion: '1.0.0.0',
    resources: [
      {
        type: 'Microsoft.CognitiveServices/accounts/deployments',
        apiVersion: API_VERSION,
        name: `${place.account}/${place.deployment}`,
        ...bodyOf(ask),
      },
    ],
  };
  const literal = (_: string, value: unknown) => (typeof value === 'string' ? templateString(value) : value);
  return `${JSON.stringify(template, literal, 2)}\n`;
}
