/** A deployment template: parameters, variables, resources, outputs; printed by arm.ts and bicep.ts. */
import { type Expression, nodesIn, type Value } from './expression.ts';

export interface Parameter {
  readonly type: 'string' | 'securestring' | 'int' | 'bool' | 'array' | 'object';
  readonly description: string;
  /** Absent: it has to be given. */
  readonly default?: Value;
  readonly allowed?: readonly (string | number)[];
  readonly min?: number;
  readonly max?: number;
  /** Told to azd: `{ type: 'location' }` has it ask for a region. */
  readonly azd?: { readonly [key: string]: Value };
}

export interface Copies {
  readonly count: Value;
  /** One after the other: for what Azure refuses to do at once. */
  readonly isSerial: boolean;
}

export interface Resource {
  /** What other parts of the template call it. */
  readonly symbol: string;
  readonly type: string;
  readonly apiVersion: string;
  /** Its own name, without those of its parents; of copies: for the number given. */
  readonly name: (index: Value) => Value;
  readonly parent?: { readonly resource: Resource; readonly index: (index: Value) => Value | null };
  /** The resource that an extension, such as a role assignment, belongs to. */
  readonly scope?: { readonly resource: Resource; readonly index: (index: Value) => Value | null };
  readonly condition?: Value;
  readonly copies?: Copies;
  /** All else: location, tags, sku, properties … */
  readonly body: { readonly [key: string]: Value | undefined };
  /** Beside those that are clear from what the body names. */
  readonly after?: readonly Resource[];
}

/** Another template, deployed into a resource group. */
export interface Module {
  readonly symbol: string;
  readonly resourceGroup: Resource;
  readonly name: Value;
  readonly template: Template;
  readonly parameters: { readonly [name: string]: Value };
}

export interface Template {
  /** The Bicep file's name, without its ending. */
  readonly name: string;
  readonly scope: 'subscription' | 'resourceGroup';
  readonly parameters: { readonly [name: string]: Parameter };
  readonly variables: { readonly [name: string]: Value };
  readonly resources: readonly Resource[];
  readonly modules: readonly Module[];
  readonly outputs: { readonly [name: string]: Output };
}

export interface Output {
  readonly type: 'string' | 'array' | 'object' | 'int' | 'bool';
  readonly value: Value | ModuleOutput;
}

/** What a module put out. */
export class ModuleOutput {
  readonly module: string;
  readonly output: string;

  constructor(module: string, output: string) {
    this.module = module;
    this.output = output;
  }
}

/** Symbols of the resources that must be there before this one, as Bicep finds them: by what is named. */
export function dependenciesOf(resource: Resource, variables: Template['variables']): readonly string[] {
  const found = new Set<string>((resource.after ?? []).map(({ symbol }) => symbol));
  if (resource.parent !== undefined) found.add(resource.parent.resource.symbol);
  if (resource.scope !== undefined) found.add(resource.scope.resource.symbol);
  collect([resource.body, resource.name(null)], variables, found, new Set());
  found.delete(resource.symbol);
  return [...found].sort();
}

function collect(value: Value, variables: Template['variables'], found: Set<string>, seen: Set<string>): void {
  for (const node of nodesIn(value)) {
    if (node.kind === 'id' || node.kind === 'properties') found.add(node.of.symbol);
    if (node.kind === 'variable' && !seen.has(node.name)) {
      seen.add(node.name);
      collect(variables[node.name] ?? null, variables, found, seen);
    }
  }
}

/** A name that is the same for all copies. */
export const named =
  (name: Value): Resource['name'] =>
  () =>
    name;

export const parentOf = (resource: Resource, index: Expression | null = null) => ({ resource, index: () => index });
