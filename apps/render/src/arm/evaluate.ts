/**
 * What a template would deploy with given parameters, as a flat list of resources: loops and conditions expanded, names computed. What only
 * Azure knows (`reference`, `listKeys`) becomes a text in angle brackets. Only functions that templates here use; any other one throws.
 */
import { FUNCTIONS, type Json, type JsonObject, listOf, objectOf, textOf } from './functions.ts';
import { parseExpression, type Tree } from './parse.ts';

export interface Predicted {
  readonly symbol: string;
  readonly type: string;
  readonly name: string;
  /** The resource group that a module puts it into; null: what the template itself is deployed to. */
  readonly group: string | null;
  /** All of it, without `copy` and `condition`. */
  readonly resource: JsonObject;
}

export interface Prediction {
  readonly resources: readonly Predicted[];
  readonly outputs: JsonObject;
}

export interface EvaluateOptions {
  readonly parameters: JsonObject;
}

interface Scope {
  readonly parameters: JsonObject;
  readonly variables: JsonObject;
  readonly locals: JsonObject;
  readonly copyIndex: number | null;
  /** What has been computed of variables. */
  readonly known: Map<string, Json>;
  readonly symbols: ReadonlySet<string>;
  readonly group: string | null;
  /** What `resourceGroup()` says. */
  readonly resourceGroup: string;
  /** Of modules that have been looked into, by their symbols. */
  readonly outputs: Map<string, JsonObject>;
}

export function evaluateTemplate(
  template: JsonObject,
  { parameters }: EvaluateOptions,
  group: string | null = null,
): Prediction {
  const scope = scopeOf(template, parameters, group);
  const resources = Object.entries(objectOf(template.resources)).flatMap(([symbol, declared]) =>
    copiesOf(symbol, objectOf(declared), scope),
  );
  const outputs = Object.entries(objectOf(template.outputs ?? {})).map(
    ([name, output]) => [name, evaluate(objectOf(output).value ?? null, scope)] as const,
  );
  return { resources, outputs: Object.fromEntries(outputs) };
}

function scopeOf(template: JsonObject, given: JsonObject, group: string | null): Scope {
  const scope: Scope = {
    parameters: {},
    variables: objectOf(template.variables ?? {}),
    locals: {},
    copyIndex: null,
    known: new Map(),
    symbols: new Set(Object.keys(objectOf(template.resources))),
    group,
    resourceGroup: group ?? 'rg',
    outputs: new Map(),
  };
  const declared = objectOf(template.parameters ?? {});
  for (const name of Object.keys(given)) if (!(name in declared)) throw new Error(`no parameter ${name}`);
  const parameters = Object.entries(declared).map(([name, parameter]) => {
    const value = given[name] ?? objectOf(parameter).defaultValue;
    if (value === undefined) throw new Error(`parameter ${name} is not given`);
    const found = name in given ? value : evaluate(value, scope);
    checkAllowed(name, objectOf(parameter), found);
    return [name, found] as const;
  });
  return { ...scope, parameters: Object.fromEntries(parameters) };
}

function checkAllowed(name: string, { allowedValues, minValue, maxValue }: JsonObject, value: Json): void {
  const isListed = !Array.isArray(allowedValues) || allowedValues.includes(value);
  const isWithin = Number(value) >= Number(minValue ?? -Infinity) && Number(value) <= Number(maxValue ?? Infinity);
  const isNumber = minValue !== undefined || maxValue !== undefined;
  if (!isListed || (isNumber && !isWithin)) throw new Error(`parameter ${name}: ${textOf(value)} is not allowed`);
}

function copiesOf(symbol: string, declared: JsonObject, scope: Scope): readonly Predicted[] {
  const { copy, condition = true, ...rest } = declared;
  if (copy === undefined) return predicted(symbol, rest, condition, scope);
  const count = evaluate(objectOf(copy).count ?? null, scope);
  return Array.from({ length: Number(count) }).flatMap((_, index) =>
    predicted(symbol, rest, condition, { ...scope, copyIndex: index }),
  );
}

function predicted(symbol: string, declared: JsonObject, condition: Json, scope: Scope): readonly Predicted[] {
  if (evaluate(condition, scope) !== true) return [];
  for (const needed of listOf(declared.dependsOn ?? [])) {
    if (!scope.symbols.has(textOf(needed)))
      throw new Error(`${symbol} depends on ${textOf(needed)}, which is not there`);
  }
  if (declared.type === 'Microsoft.Resources/deployments') return insideOf(symbol, declared, scope);
  const resource = objectOf(evaluate(declared, scope));
  const [type, name] = [textOf(resource.type ?? null), textOf(resource.name ?? null)];
  return [{ symbol, type, name, group: scope.group, resource }];
}

function insideOf(symbol: string, module: JsonObject, scope: Scope): readonly Predicted[] {
  const { parameters = {}, template = {} } = objectOf(module.properties);
  const given = Object.entries(objectOf(parameters)).map(
    ([name, parameter]) => [name, evaluate(objectOf(parameter).value ?? null, scope)] as const,
  );
  const group = textOf(evaluate(module.resourceGroup ?? 'rg', scope));
  const inside = evaluateTemplate(objectOf(template), { parameters: Object.fromEntries(given) }, group);
  const outputs = Object.entries(inside.outputs).map(([name, value]) => [name, { value }] as const);
  scope.outputs.set(symbol, { outputs: Object.fromEntries(outputs) });
  return inside.resources;
}

function evaluate(value: Json, scope: Scope): Json {
  if (typeof value === 'string') return evaluateText(value, scope);
  if (Array.isArray(value)) return value.map((item) => evaluate(item, scope));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, evaluate(item, scope)]));
}

function evaluateText(text: string, scope: Scope): Json {
  if (!text.startsWith('[') || !text.endsWith(']')) return text;
  if (text.startsWith('[[')) return text.slice(1);
  return evaluateTree(parseExpression(text.slice(1, -1)), scope);
}

function evaluateTree(tree: Tree, scope: Scope): Json {
  switch (tree.kind) {
    case 'literal':
      return tree.value;
    case 'property':
      return member(evaluateTree(tree.of, scope), tree.name);
    case 'item':
      return member(evaluateTree(tree.of, scope), evaluateTree(tree.index, scope));
    case 'call':
      return evaluateCall(tree.fn, tree.args, scope);
  }
}

/** Of what only Azure knows, a property is not known either. */
function member(of: Json, key: Json): Json {
  if (typeof of === 'string' && of.startsWith('<')) return `${of.slice(0, -1)}.${textOf(key)}>`;
  const found = Array.isArray(of) ? of[Number(key)] : objectOf(of)[textOf(key)];
  if (found === undefined) throw new Error(`there is no ${textOf(key)} in ${JSON.stringify(of)}`);
  return found;
}

function evaluateCall(fn: string, args: readonly Tree[], scope: Scope): Json {
  const [first, second, third] = args;
  const value = (tree: Tree | undefined): Json => (tree === undefined ? null : evaluateTree(tree, scope));
  switch (fn) {
    case 'parameters':
      return declaredValue(scope.parameters, textOf(value(first)), 'parameter');
    case 'variables':
      return variableValue(textOf(value(first)), scope);
    case 'lambdaVariables':
      return declaredValue(scope.locals, textOf(value(first)), 'local name');
    case 'copyIndex':
      if (scope.copyIndex === null) throw new Error('copyIndex() outside of a copy');
      return scope.copyIndex;
    case 'if':
      return value(first) === true ? value(second) : value(third);
    case 'and':
      return args.every((arg) => value(arg) === true);
    case 'or':
      return args.some((arg) => value(arg) === true);
    case 'map':
    case 'filter':
      return overList(fn, listOf(value(first)), second, scope);
    case 'reference':
      return referenced(textOf(value(first)), scope);
    case 'resourceGroup':
      return {
        id: `/subscriptions/sub/resourceGroups/${scope.resourceGroup}`,
        name: scope.resourceGroup,
        location: '<location of the group>',
      };
    case 'resourceId':
      return `/subscriptions/sub/resourceGroups/${scope.resourceGroup}${idPath(args.map(value))}`;
    case 'subscriptionResourceId':
      return `/subscriptions/sub${idPath(args.map(value))}`;
    default: {
      const known = FUNCTIONS[fn];
      if (known === undefined) throw new Error(`no function ${fn}`);
      return known(...args.map(value));
    }
  }
}

function declaredValue(from: JsonObject, name: string, kind: string): Json {
  const found = from[name];
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

function variableValue(name: string, scope: Scope): Json {
  const known = scope.known.get(name);
  if (known !== undefined) return known;
  const plain = { ...scope, copyIndex: null, locals: {} };
  const found = evaluate(declaredValue(scope.variables, name, 'variable'), plain);
  scope.known.set(name, found);
  return found;
}

function overList(fn: 'map' | 'filter', list: readonly Json[], lambda: Tree | undefined, scope: Scope): Json {
  if (lambda?.kind !== 'call' || lambda.fn !== 'lambda') throw new Error(`${fn} without a lambda`);
  const [name, body] = lambda.args;
  if (name?.kind !== 'literal' || body === undefined) throw new Error('a lambda without a name or a body');
  const of = (item: Json): Json =>
    evaluateTree(body, { ...scope, locals: { ...scope.locals, [`${name.value}`]: item } });
  return fn === 'map' ? list.map(of) : list.filter((item) => of(item) === true);
}

/** @param symbol of a resource, or of one of its copies: `accounts[1]`. */
function referenced(symbol: string, scope: Scope): Json {
  const own = symbol.replace(/\[\d+\]$/, '');
  if (!scope.symbols.has(own)) throw new Error(`no resource ${own}`);
  return scope.outputs.get(own) ?? `<${symbol}>`;
}

/** `Microsoft.X/a/b` with the names 1 and 2 is `/providers/Microsoft.X/a/1/b/2`. */
function idPath([type = null, ...names]: readonly Json[]): string {
  const [provider = '', ...kinds] = textOf(type).split('/');
  if (kinds.length !== names.length) throw new Error(`${textOf(type)} has ${kinds.length} names, not ${names.length}`);
  return `/providers/${provider}${kinds.map((kind, at) => `/${kind}/${textOf(names[at] ?? null)}`).join('')}`;
}
