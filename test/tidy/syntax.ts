/** TypeScript as a syntax tree, and the few questions that the checks ask of it. A parser, because a search for text is fooled by strings and comments. */
import { parseSync } from 'oxc-parser';

export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** A node, the node it stands in, and the property of that node which holds it. */
export interface Place {
  readonly node: Node;
  readonly parent: Node | null;
  readonly key: string;
}

export interface Named {
  readonly name: string;
  readonly line: number;
}

/** @throws where the text is not TypeScript: a check of half a file would pass for the wrong reason. */
export function parse(path: string, text: string): Node {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  if (!isNode(program)) throw new Error(`${path}: the parser returned no tree`);
  return program;
}

/** Every node, parents before children. */
export function* walk(node: Node, parent: Node | null = null, key = ''): Generator<Place> {
  yield { node, parent, key };
  for (const [name, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield* walk(child, node, name);
    }
  }
}

export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

export interface Import extends Named {
  /** What an `import … from` takes by name; empty where it takes the whole module, or nothing. */
  readonly names: readonly string[];
}

/** What stands for an import whose module is computed: no rule allows it. */
export const COMPUTED = '(computed)';

/** Every module named by the file: import, import type, export from, import(), import type queries, require. */
export function importsOf(path: string, text: string): Import[] {
  const modules = [...walk(parse(path, text))].map(({ node }) => ({ node, module: moduleOf(node) }));
  return modules.flatMap(({ node, module }) =>
    module === null
      ? []
      : [{ name: literal(module) ?? COMPUTED, line: lineAt(text, node.start), names: namesTaken(node) }],
  );
}

function namesTaken({ specifiers }: Node): string[] {
  const list: unknown[] = Array.isArray(specifiers) ? specifiers : [];
  return list.filter(isNode).flatMap((specifier) => nameOf(child(specifier, 'imported')) ?? []);
}

function moduleOf(node: Node): Node | null {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return child(node, 'source');
    case 'TSExternalModuleReference':
      return child(node, 'expression');
    case 'CallExpression':
      return isNamed(child(node, 'callee'), 'require') ? first(node.arguments) : null;
    default:
      return null;
  }
}

/** Names used as values or types, `Math.random` beside `Math`; not the names of properties. */
export function namesUsed(path: string, text: string): Named[] {
  return [...walk(parse(path, text))].flatMap(({ node, parent, key }) => {
    const name = parent !== null && isPropertyName(parent, key) ? null : nameOf(node);
    return name === null ? [] : [{ name, line: lineAt(text, node.start) }];
  });
}

const KEYED = new Set([
  'Property',
  'PropertyDefinition',
  'MethodDefinition',
  'TSPropertySignature',
  'TSMethodSignature',
  'AccessorProperty',
]);

function isPropertyName(parent: Node, key: string): boolean {
  if (parent.computed === true) return false;
  return (parent.type === 'MemberExpression' && key === 'property') || (KEYED.has(parent.type) && key === 'key');
}

/** `x`, or `x.y` where y is written out; null for all else. */
export function nameOf(node: Node | null): string | null {
  if (node?.type === 'Identifier') return typeof node.name === 'string' ? node.name : null;
  if (node?.type !== 'MemberExpression') return null;
  const object = nameOf(child(node, 'object'));
  const property = child(node, 'property');
  const name = node.computed === true ? literal(property) : nameOf(property);
  return object === null || name === null ? null : `${object}.${name}`;
}

function isNamed(node: Node | null, name: string): boolean {
  return nameOf(node) === name;
}

export function child(node: Node, key: string): Node | null {
  const value = node[key];
  return isNode(value) ? value : null;
}

function first(value: unknown): Node | null {
  const node: unknown = Array.isArray(value) ? value[0] : null;
  return isNode(node) ? node : null;
}

/** The text of a string literal, or null. */
export function literal(node: Node | null): string | null {
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : null;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value && 'end' in value;
}
