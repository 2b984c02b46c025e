/** A template as ARM JSON (`languageVersion` 2.0: resources have symbols): what is deployed. */

import { call, copyIndex, Expression, isList, type Node, type Value } from './expression.ts';
import type { Json, JsonObject } from './functions.ts';
import { dependenciesOf, type Module, ModuleOutput, type Parameter, type Resource, type Template } from './template.ts';

const SCHEMAS = {
  subscription: 'https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#',
  resourceGroup: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
} as const;
export const MODULE_API = '2024-11-01';

export function armJson(template: Template): string {
  return `${JSON.stringify(armOf(template), null, 2)}\n`;
}

function armOf(template: Template): JsonObject {
  const resources = template.resources.map((resource) => [resource.symbol, armResource(resource, template)] as const);
  const modules = template.modules.map((module) => [module.symbol, armModule(module)] as const);
  return {
    $schema: SCHEMAS[template.scope],
    languageVersion: '2.0',
    contentVersion: '1.0.0.0',
    parameters: mapped(template.parameters, armParameter),
    variables: mapped(template.variables, armValue),
    resources: Object.fromEntries([...resources, ...modules]),
    outputs: mapped(template.outputs, ({ type, value }) => ({ type, value: armOutput(value) })),
  };
}

function armParameter(parameter: Parameter): JsonObject {
  const { type, description, min, max, allowed, azd } = parameter;
  const hasDefault = parameter.default !== undefined;
  return {
    type,
    ...(hasDefault ? { defaultValue: armValue(parameter.default) } : {}),
    ...(allowed === undefined ? {} : { allowedValues: allowed }),
    ...(min === undefined ? {} : { minValue: min }),
    ...(max === undefined ? {} : { maxValue: max }),
    metadata: { description, ...(azd === undefined ? {} : { azd: armValue(azd) }) },
  };
}

function armResource(resource: Resource, { variables }: Template): JsonObject {
  const { copies, condition, scope, symbol } = resource;
  const dependsOn = dependenciesOf(resource, variables);
  return {
    ...(copies === undefined ? {} : { copy: armCopies(symbol, copies) }),
    ...(condition === undefined ? {} : { condition: armValue(condition) }),
    type: resource.type,
    apiVersion: resource.apiVersion,
    ...(scope === undefined ? {} : { scope: `[${resourceId(scope.resource, scope.index(copyIndex))}]` }),
    name: armValue(fullName(resource, copyIndex)),
    ...mapped(resource.body, armValue),
    ...(dependsOn.length === 0 ? {} : { dependsOn }),
  };
}

function armCopies(name: string, { count, isSerial }: NonNullable<Resource['copies']>): JsonObject {
  return { name, count: armValue(count), ...(isSerial ? { mode: 'serial', batchSize: 1 } : {}) };
}

/** As the template is evaluated inside of the module, its parameters are all that it knows of the one around. */
function armModule({ resourceGroup, name, template, parameters }: Module): JsonObject {
  return {
    type: 'Microsoft.Resources/deployments',
    apiVersion: MODULE_API,
    name: armValue(name),
    resourceGroup: armValue(resourceGroup.name(null)),
    properties: {
      mode: 'Incremental',
      expressionEvaluationOptions: { scope: 'inner' },
      parameters: mapped(parameters, (value) => ({ value: armValue(value) })),
      template: armOf(template),
    },
    dependsOn: [resourceGroup.symbol],
  };
}

function armOutput(value: Value | ModuleOutput): Json {
  if (value instanceof ModuleOutput) return `[reference('${value.module}').outputs.${value.output}.value]`;
  return armValue(value);
}

function mapped<T>(from: { readonly [key: string]: T }, to: (value: NonNullable<T>) => Json): JsonObject {
  const entries = Object.entries(from).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value === null ? null : to(value)] as const],
  );
  return Object.fromEntries(entries);
}

/** Plain data stays; an expression becomes a text in brackets. */
function armValue(value: Value | undefined): Json {
  if (value === undefined || value === null) return null;
  if (value instanceof Expression && value.node.kind === 'lines') return armValue(value.node.text);
  if (value instanceof Expression) return `[${armNode(value.node)}]`;
  if (isList(value)) return value.map(armValue);
  if (typeof value === 'string') return armText(value);
  return typeof value === 'object' ? mapped(value, armValue) : value;
}

/**
 * A text in brackets would be taken for an expression: one more bracket says that it is none. In a text that does not end with a bracket
 * that one more would stay. Source: Microsoft Learn, "Syntax and expressions in ARM templates", escape characters, read 2026-11-21.
 */
function armText(text: string): string {
  return text.startsWith('[') && text.endsWith(']') ? `[${text}` : text;
}

/** Inside of an expression. */
function armInner(value: Value | undefined): string {
  if (value === undefined || value === null) return 'null()';
  if (value instanceof Expression) return armNode(value.node);
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (typeof value === 'number') return Number.isInteger(value) ? `${value}` : `json('${value}')`;
  if (typeof value === 'boolean') return `${value}()`;
  if (isList(value)) return `createArray(${value.map(armInner).join(', ')})`;
  const pairs = Object.entries(value).flatMap(([key, item]) =>
    item === undefined ? [] : [armInner(key), armInner(item)],
  );
  return `createObject(${pairs.join(', ')})`;
}

function armNode(node: Node): string {
  switch (node.kind) {
    case 'parameter':
      return `parameters('${node.name}')`;
    case 'variable':
      return `variables('${node.name}')`;
    case 'local':
      return `lambdaVariables('${node.name}')`;
    case 'copyIndex':
      return 'copyIndex()';
    case 'lines':
      return armInner(node.text);
    case 'call':
      return `${node.fn}(${node.args.map(armInner).join(', ')})`;
    case 'property': {
      const of = armNode(node.of.node);
      return node.isSafe ? `tryGet(${of}, '${node.name}')` : `${of}.${node.name}`;
    }
    case 'item':
      return `${armNode(node.of.node)}[${armInner(node.index)}]`;
    case 'lambda':
      return `lambda(${[...node.parameters.map((name) => `'${name}'`), armInner(node.body)].join(', ')})`;
    case 'id':
      return resourceId(node.of, node.index);
    case 'name':
      return armInner(fullName(node.of, node.index));
    case 'properties':
      return referenceTo(node.of, node.index);
  }
}

function referenceTo({ symbol }: Resource, index: Value | null): string {
  return index === null ? `reference('${symbol}')` : `reference(format('{0}[{1}]', '${symbol}', ${armInner(index)}))`;
}

function resourceId(resource: Resource, index: Value | null): string {
  const fn = resource.type === 'Microsoft.Resources/resourceGroups' ? 'subscriptionResourceId' : 'resourceId';
  return `${fn}(${[resource.type, ...segmentsOf(resource, index)].map(armInner).join(', ')})`;
}

function segmentsOf({ parent, name }: Resource, index: Value | null): readonly Value[] {
  const own = name(index);
  return parent === undefined ? [own] : [...segmentsOf(parent.resource, parent.index(index)), own];
}

/** A child's name has those of its parents in front. */
function fullName(resource: Resource, index: Value | null): Value {
  const [only, ...more] = segmentsOf(resource, index);
  if (more.length === 0) return only ?? null;
  const pattern = Array.from({ length: more.length + 1 }, (_, at) => `{${at}}`).join('/');
  return call('format', pattern, only ?? null, ...more);
}
