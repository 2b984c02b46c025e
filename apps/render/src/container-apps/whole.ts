/** A template for a resource group, inside one for a subscription that makes the group. */
import { parameter, text } from '../arm/expression.ts';
import { groupName, outputsOf, resourceGroup } from '../arm/group.ts';
import type { Template } from '../arm/template.ts';

export function withGroup(inside: Template): Template {
  return {
    name: 'main',
    scope: 'subscription',
    parameters: inside.parameters,
    variables: {},
    resources: [resourceGroup],
    modules: [
      {
        symbol: inside.name,
        resourceGroup,
        name: text`spillway-${parameter('environmentName')}`,
        template: inside,
        parameters: Object.fromEntries(Object.keys(inside.parameters).map((name) => [name, parameter(name)])),
      },
    ],
    outputs: { AZURE_RESOURCE_GROUP: { type: 'string', value: groupName }, ...outputsOf(inside) },
  };
}
