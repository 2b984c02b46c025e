/** A template for a resource group, inside one for a subscription that makes the group: azd then asks for no group, and deletes it whole. */
import { parameter, text } from '../arm/expression.ts';
import { ModuleOutput, named, type Output, type Parameter, type Resource, type Template } from '../arm/template.ts';
import { API } from './names.ts';
import type { Settings } from './parameters.ts';

const group: Resource = {
  symbol: 'group',
  type: 'Microsoft.Resources/resourceGroups',
  apiVersion: API.resourceGroups,
  name: named(text`rg-${parameter('environmentName')}`),
  body: { location: parameter('location'), tags: { 'azd-env-name': parameter('environmentName') } },
};

export function withGroup(inside: Template): Template {
  const outputs = Object.entries(inside.outputs).map(([name, { type }]): readonly [string, Output] => [
    name,
    { type, value: new ModuleOutput(inside.name, name) },
  ]);
  return {
    name: 'main',
    scope: 'subscription',
    parameters: inside.parameters,
    variables: {},
    resources: [group],
    modules: [
      {
        symbol: inside.name,
        resourceGroup: group,
        name: text`spillway-${parameter('environmentName')}`,
        template: inside,
        parameters: Object.fromEntries(Object.keys(inside.parameters).map((name) => [name, parameter(name)])),
      },
    ],
    outputs: {
      AZURE_RESOURCE_GROUP: { type: 'string', value: text`rg-${parameter('environmentName')}` },
      ...Object.fromEntries(outputs),
    },
  };
}

export function parametersOf(settings: Settings): { readonly [name: string]: Parameter } {
  return Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, setting.parameter]));
}
