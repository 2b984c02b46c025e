/** What no schema can see: names that lead nowhere, variables that are read before they are set, expressions that cannot be read. */
import { parseExpression } from './expression.ts';
import { innerResources, isObject, type JsonObject, objectAt } from './json.ts';
import { lastName } from './pools.ts';
import { everyElement, expressionsIn, type Policy, readPolicy } from './tree.ts';

const SERVICE = 'Microsoft.ApiManagement/service';

/** @returns what is wrong, one line each. */
export function crossProblems(mainJson: string): readonly string[] {
  const resources = innerResources(mainJson);
  const { value } = objectAt(one(resources, 'apis/policies'), 'properties');
  const policy = readPolicy(String(value));
  return [
    ...backendProblems(policy, resources),
    ...poolProblems(resources),
    ...namedValueProblems(String(value), resources),
    ...variableProblems(policy),
    ...expressionProblems(policy),
    ...orderProblems(policy),
    ...symbolProblems(resources),
    ...parameterProblems(JSON.parse(mainJson)),
  ];
}

const all = (resources: Readonly<Record<string, JsonObject>>, type: string): JsonObject[] =>
  Object.values(resources).filter((resource) => resource.type === `${SERVICE}/${type}`);

function one(resources: Readonly<Record<string, JsonObject>>, type: string): JsonObject {
  const [found, ...more] = all(resources, type);
  if (found === undefined || more.length > 0) throw new Error(`not one ${type}`);
  return found;
}

function backendProblems(policy: Policy, resources: Readonly<Record<string, JsonObject>>): string[] {
  const known = new Set(all(resources, 'backends').map(({ name }) => lastName(name)));
  const named = [...everyElement(policy)].flatMap(({ name, attributes }) => {
    if (name === 'set-backend-service') return [attributes['backend-id'] ?? ''];
    return name === 'set-variable' && attributes.name === 'backend-id' ? [attributes.value ?? ''] : [];
  });
  if (named.length === 0) return ['the policy names no backend'];
  return named.filter((id) => !id.startsWith('@(') && !known.has(id)).map((id) => `there is no backend ${id}`);
}

/** A pool holds backends, at least two, and never a pool. */
function poolProblems(resources: Readonly<Record<string, JsonObject>>): string[] {
  const types = new Map(
    all(resources, 'backends').map(({ name, properties }) => [lastName(name), objectAt(properties).type]),
  );
  return all(resources, 'backends').flatMap(({ name, properties }) => {
    const { pool } = objectAt(properties);
    if (!isObject(pool) || !Array.isArray(pool.services)) return [];
    const ids = pool.services.map((service: unknown) => lastName(objectAt(service).id));
    const wrong = ids
      .filter((id) => types.get(id) !== 'Single')
      .map((id) => `pool ${lastName(name)}: ${id} is no single`);
    const twice = new Set(ids).size === ids.length ? [] : [`pool ${lastName(name)} names a backend twice`];
    return [...wrong, ...twice, ...(ids.length < 2 ? [`pool ${lastName(name)} has fewer than two`] : [])];
  });
}

function namedValueProblems(policy: string, resources: Readonly<Record<string, JsonObject>>): string[] {
  const declared = all(resources, 'namedValues').map(({ properties }) => String(objectAt(properties).displayName));
  const used = [...policy.matchAll(/\{\{([^}]+)\}\}/g)].map(([, name = '']) => name);
  return [
    ...used.filter((name) => !declared.includes(name)).map((name) => `the named value ${name} is not declared`),
    ...declared.filter((name) => !used.includes(name)).map((name) => `the named value ${name} is never used`),
  ];
}

/** Set on every way that leads to where it is read: this would have caught the public sample's switch that is never on. */
function variableProblems(policy: Policy): string[] {
  const problems: string[] = [];
  let known: ReadonlySet<string> | null = new Set();
  for (const name of ['inbound', 'backend', 'outbound']) known = walk(childOf(policy, name).children, known, problems);
  // An error may come from anywhere.
  walk(childOf(policy, 'on-error').children, new Set(), problems);
  return problems;
}

function childOf(policy: Policy, name: string): Policy {
  const child = policy.children.find((candidate) => candidate.name === name);
  if (child === undefined) throw new Error(`there is no ${name}`);
  return child;
}

/** @param known null: nothing gets here. @returns what is set afterwards. */
function walk(
  elements: readonly Policy[],
  known: ReadonlySet<string> | null,
  problems: string[],
): ReadonlySet<string> | null {
  for (const element of elements) {
    if (known === null) return null;
    readsOf(element, known, problems);
    known = after(element, known, problems);
  }
  return known;
}

function after(element: Policy, known: ReadonlySet<string>, problems: string[]): ReadonlySet<string> | null {
  const { name, attributes, children } = element;
  if (name === 'return-response') return null;
  if (name === 'choose') return afterChoice(children, known, problems);
  if (name === 'retry') return walk(children, known, problems);
  const set = [attributes['output-token-variable-name'], attributes['variable-name']];
  if (name === 'set-variable') set.push(attributes.name);
  return new Set([...known, ...set.filter((variable) => variable !== undefined)]);
}

function afterChoice(
  branches: readonly Policy[],
  known: ReadonlySet<string>,
  problems: string[],
): ReadonlySet<string> | null {
  const ends = branches.map((branch) => {
    readsOf({ ...branch, children: [] }, known, problems);
    return walk(branch.children, known, problems);
  });
  if (branches.at(-1)?.name !== 'otherwise') ends.push(known);
  const ways = ends.filter((end) => end !== null);
  const [first, ...others] = ways;
  return first === undefined ? null : new Set([...first].filter((name) => others.every((way) => way.has(name))));
}

/** What it reads itself; elements inside of containers are walked on their own. */
function readsOf(element: Policy, known: ReadonlySet<string>, problems: string[]): void {
  const isContainer = ['choose', 'retry', 'when', 'otherwise'].includes(element.name);
  const own = isContainer ? { ...element, children: [] } : element;
  for (const expression of expressionsIn(own)) {
    for (const [, name = ''] of expression.matchAll(/context\.Variables\["([^"]*)"\]/g)) {
      if (!known.has(name)) problems.push(`${element.name} reads the variable ${name} before it is set`);
    }
  }
}

function expressionProblems(policy: Policy): string[] {
  return [...expressionsIn(policy)].flatMap((expression) => {
    try {
      parseExpression(expression);
      return [];
    } catch (error) {
      return [`${error instanceof Error ? error.message : error}: ${expression}`];
    }
  });
}

/** The caller is known before anything of it is read or sent; its credentials are taken off before ours are put on. */
function orderProblems(policy: Policy): string[] {
  const names = childOf(policy, 'inbound').children.map(({ name, attributes }) =>
    `${name} ${attributes.name ?? ''}`.trim(),
  );
  const places = [
    'base',
    'choose',
    'set-header api-key',
    'set-header Authorization',
    'authentication-managed-identity',
  ];
  const at = places.map((place) => names.indexOf(place));
  const isOrdered = at.every((place, i) => place > (at[i - 1] ?? -1));
  const inBackend = childOf(policy, 'backend').children.length;
  return [
    ...(isOrdered ? [] : [`inbound is out of order: ${names.join(', ')}`]),
    ...(inBackend === 1 ? [] : ['backend holds one policy, no more and no less']),
  ];
}

function symbolProblems(resources: Readonly<Record<string, JsonObject>>): string[] {
  return Object.entries(resources).flatMap(([symbol, resource]) => {
    const text = JSON.stringify(resource);
    const needed: readonly unknown[] = Array.isArray(resource.dependsOn) ? resource.dependsOn : [];
    const referred = [...text.matchAll(/reference\('([^']+)'\)/g)].map(([, name]) => name);
    return [...needed, ...referred]
      .filter((name) => !Object.hasOwn(resources, String(name)))
      .map((name) => `${symbol} needs ${name}, which is not there`);
  });
}

/** In each template, every parameter and variable that is named is declared, and the other way about. */
function parameterProblems(template: unknown): string[] {
  const { resources, parameters, variables, outputs } = objectAt(template);
  const inner =
    isObject(resources) && isObject(resources.resources) ? objectAt(resources.resources, 'properties') : null;
  const outside = inner === null ? resources : { ...objectAt(resources), resources: inner.parameters };
  const text = JSON.stringify([outside, variables, outputs]);
  const problems = (['parameters', 'variables'] as const).flatMap((kind) => {
    const declared = Object.keys(objectAt(kind === 'parameters' ? parameters : variables));
    const used = new Set([...text.matchAll(new RegExp(`${kind}\\('([^']+)'\\)`, 'g'))].map(([, name = '']) => name));
    return [
      ...[...used].filter((name) => !declared.includes(name)).map((name) => `${name} of ${kind} is not declared`),
      ...declared.filter((name) => !used.has(name)).map((name) => `${name} of ${kind} is never used`),
    ];
  });
  return inner === null ? problems : [...problems, ...parameterProblems(inner.template)];
}
