/** The resource group around a template: azd then asks for none, and deletes it whole. */
import { API } from './azure.ts';
import { parameter, text } from './expression.ts';
import { ModuleOutput, named, type Output, type Resource, type Template } from './template.ts';

export const groupName = text`rg-${parameter('environmentName')}`;

export const resourceGroup: Resource = {
  symbol: 'group',
  type: 'Microsoft.Resources/resourceGroups',
  apiVersion: API.resourceGroups,
  name: named(groupName),
  body: { location: parameter('location'), tags: { 'azd-env-name': parameter('environmentName') } },
};

/** What a module put out, put out again by the template around it. */
export function outputsOf({ name: module, outputs }: Template): Template['outputs'] {
  const passed = Object.entries(outputs).map(([name, { type }]): readonly [string, Output] => [
    name,
    { type, value: new ModuleOutput(module, name) },
  ]);
  return Object.fromEntries(passed);
}
