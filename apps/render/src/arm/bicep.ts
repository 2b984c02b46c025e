/**
 * A template as Bicep, for people who want to read it, or to own and change it. Not what is deployed (that is arm.ts), and compiled by
 * nobody here: golden files hold its shape.
 */
import { MODULE_API } from './arm.ts';
import { bicepValue } from './bicep-value.ts';
import { copyIndex, Expression, type Value } from './expression.ts';
import { dependenciesOf, ModuleOutput, type Parameter, type Resource, type Template } from './template.ts';

export interface BicepFile {
  readonly name: string;
  readonly text: string;
}

/** The template's file, and those of its modules. */
export function bicepFiles(template: Template, head: string): readonly BicepFile[] {
  const own = { name: `${template.name}.bicep`, text: `${head}\n\n${bicepOf(template)}` };
  return [own, ...template.modules.flatMap((module) => bicepFiles(module.template, head))];
}

function bicepOf(template: Template): string {
  const { scope, parameters, variables, resources, modules, outputs } = template;
  const parts = [
    `targetScope = '${scope}'`,
    ...Object.entries(parameters).map(([name, parameter]) => parameterText(name, parameter)),
    ...Object.entries(variables).map(([name, value]) => `var ${name} = ${bicepValue(value)}`),
    ...resources.map((resource) => resourceText(resource, variables)),
    ...modules.map(moduleText),
    ...Object.entries(outputs).map(([name, { type, value }]) => `output ${name} ${type} = ${outputText(value)}`),
  ];
  return `${parts.join('\n\n')}\n`;
}

function parameterText(name: string, parameter: Parameter): string {
  const { type, description, min, max, allowed, azd } = parameter;
  const lines = [
    ...(type === 'securestring' ? ['@secure()'] : []),
    `@description(${bicepValue(description)})`,
    ...(azd === undefined ? [] : [`@metadata(${bicepValue({ azd })})`]),
    ...(allowed === undefined ? [] : [`@allowed(${bicepValue(allowed)})`]),
    ...(min === undefined ? [] : [`@minValue(${min})`]),
    ...(max === undefined ? [] : [`@maxValue(${max})`]),
  ];
  const given = parameter.default === undefined ? '' : ` = ${bicepValue(parameter.default)}`;
  return [...lines, `param ${name} ${type === 'securestring' ? 'string' : type}${given}`].join('\n');
}

function resourceText(resource: Resource, variables: Template['variables']): string {
  const { symbol, type, apiVersion, copies, condition } = resource;
  const body = bicepValue(bodyOf(resource, variables));
  const guarded = condition === undefined ? body : `if (${bicepValue(condition)}) ${body}`;
  const whole = copies === undefined ? guarded : `[for i in range(0, ${bicepValue(copies.count)}): ${guarded}]`;
  const serial = copies?.isSerial === true ? '@batchSize(1)\n' : '';
  return `${serial}resource ${symbol} '${type}@${apiVersion}' = ${whole}`;
}

/** Only what Bicep cannot find by itself is named under `dependsOn`. */
function bodyOf(resource: Resource, variables: Template['variables']): Value {
  const { parent, scope, name, body, after = [] } = resource;
  const { after: _, ...rest } = resource;
  const found = dependenciesOf(rest, variables);
  const told = after.filter(({ symbol }) => !found.includes(symbol)).map(symbolOf);
  return {
    ...(parent === undefined ? {} : { parent: itemOf(parent.resource, parent.index(copyIndex)) }),
    ...(scope === undefined ? {} : { scope: itemOf(scope.resource, scope.index(copyIndex)) }),
    name: name(copyIndex),
    ...body,
    ...(told.length === 0 ? {} : { dependsOn: told }),
  };
}

/** A symbol is printed like a local name. */
const symbolOf = ({ symbol }: Resource): Expression => new Expression({ kind: 'local', name: symbol });
const itemOf = (resource: Resource, index: Value | null): Expression =>
  index === null ? symbolOf(resource) : symbolOf(resource).item(index);

function moduleText({ symbol, resourceGroup, name, template, parameters }: Template['modules'][number]): string {
  const body = bicepValue({ name, scope: symbolOf(resourceGroup), params: parameters });
  return `// Microsoft.Resources/deployments@${MODULE_API}\nmodule ${symbol} '${template.name}.bicep' = ${body}`;
}

function outputText(value: Value | ModuleOutput): string {
  return value instanceof ModuleOutput ? `${value.module}.outputs.${value.output}` : bicepValue(value);
}
