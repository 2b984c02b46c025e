/**
 * Values of a deployment template: plain data with expressions in it. One tree, printed as an ARM expression (arm.ts) and as Bicep (bicep.ts),
 * so that the readable form cannot say something else than the one that is deployed.
 */
import type { Resource } from './template.ts';

export type Value =
  | string
  | number
  | boolean
  | null
  | Expression
  | readonly Value[]
  | { readonly [key: string]: Value | undefined };

export type Node =
  | { readonly kind: 'parameter' | 'variable' | 'local'; readonly name: string }
  /** The number of the copy that is being made, in a resource with `copies`. */
  | { readonly kind: 'copyIndex' }
  /** Plain text of several lines: a query. */
  | { readonly kind: 'lines'; readonly text: string }
  | { readonly kind: 'call'; readonly fn: string; readonly args: readonly Value[] }
  /** `isSafe`: null where there is no such property. */
  | { readonly kind: 'property'; readonly of: Expression; readonly name: string; readonly isSafe: boolean }
  | { readonly kind: 'item'; readonly of: Expression; readonly index: Value }
  | { readonly kind: 'lambda'; readonly parameters: readonly string[]; readonly body: Value }
  /** `index`: which of its copies. */
  | { readonly kind: 'id'; readonly of: Resource; readonly index: Value | null }
  | { readonly kind: 'name'; readonly of: Resource; readonly index: Value | null }
  | { readonly kind: 'properties'; readonly of: Resource; readonly index: Value | null };

export class Expression {
  readonly node: Node;

  constructor(node: Node) {
    this.node = node;
  }

  /** `x.name` */
  at(name: string): Expression {
    return new Expression({ kind: 'property', of: this, name, isSafe: false });
  }

  /** `x.?name` */
  maybe(name: string): Expression {
    return new Expression({ kind: 'property', of: this, name, isSafe: true });
  }

  /** `x[index]` */
  item(index: Value): Expression {
    return new Expression({ kind: 'item', of: this, index });
  }
}

export const parameter = (name: string): Expression => new Expression({ kind: 'parameter', name });
export const variable = (name: string): Expression => new Expression({ kind: 'variable', name });
export const copyIndex = new Expression({ kind: 'copyIndex' });

/**
 * Text that Bicep is to show line by line, as `'''…'''`; the same plain text in ARM.
 * @throws where the text has three quotes in a row, which would end it there.
 */
export function lines(text: string): Expression {
  if (text.includes("'''")) throw new Error(`text in lines has ''': ${text}`);
  return new Expression({ kind: 'lines', text });
}

export function call(fn: string, ...args: readonly Value[]): Expression {
  return new Expression({ kind: 'call', fn, args });
}

/**
 * `format('openai{0}-{1}', …)`; in Bicep `'openai${…}-${…}'`. Texts and formats inside become part of the pattern.
 * @throws where a text inside has braces.
 */
export function text(parts: TemplateStringsArray, ...values: readonly Value[]): Expression {
  const args: Value[] = [];
  const pattern = parts.reduce((whole, part, at) => `${whole}${inPattern(values[at - 1] ?? null, args)}${part}`);
  return call('format', pattern, ...args);
}

function inPattern(value: Value, args: Value[]): string {
  if (typeof value === 'string') return braceless(value);
  const node = value instanceof Expression ? value.node : null;
  if (node?.kind === 'call' && node.fn === 'format') {
    const [pattern, ...inner] = node.args;
    return `${pattern}`.replace(/\{(\d+)\}/g, (_, at) => inPattern(inner[Number(at)] ?? null, args));
  }
  args.push(value);
  return `{${args.length - 1}}`;
}

/** Braces in a pattern stand for arguments. */
function braceless(text: string): string {
  if (/[{}]/.test(text)) throw new Error(`a text in a format has braces: ${text}; give it as an argument of concat`);
  return text;
}

export function when(condition: Value, then: Value, otherwise: Value): Expression {
  return call('if', condition, then, otherwise);
}

/** `map(list, name => body)` and its likes. */
export function each(fn: 'map' | 'filter', list: Value, name: string, body: (item: Expression) => Value): Expression {
  const local = new Expression({ kind: 'local', name });
  return call(fn, list, new Expression({ kind: 'lambda', parameters: [name], body: body(local) }));
}

export const idOf = (of: Resource, index: Value | null = null): Expression => new Expression({ kind: 'id', of, index });
export const nameOf = (of: Resource, index: Value | null = null): Expression =>
  new Expression({ kind: 'name', of, index });
/** What the resource says of itself once it is there. Not in names, conditions and counts: they are known before. */
export const propertiesOf = (of: Resource, index: Value | null = null): Expression =>
  new Expression({ kind: 'properties', of, index });

/** Every node below a value, itself included. */
export function* nodesIn(value: Value | undefined): Generator<Node> {
  if (value instanceof Expression) {
    yield value.node;
    for (const child of childrenOf(value.node)) yield* nodesIn(child);
  } else if (isList(value)) {
    for (const item of value) yield* nodesIn(item);
  } else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) yield* nodesIn(item);
  }
}

function childrenOf(node: Node): readonly Value[] {
  switch (node.kind) {
    case 'call':
      return node.args;
    case 'property':
      return [node.of];
    case 'item':
      return [node.of, node.index];
    case 'lambda':
      return [node.body];
    case 'id':
    case 'name':
    case 'properties':
      return [node.index];
    default:
      return [];
  }
}

export function isList(value: unknown): value is readonly Value[] {
  return Array.isArray(value);
}
