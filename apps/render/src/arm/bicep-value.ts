/** Values and expressions as Bicep writes them. */
import { Expression, isList, type Node, type Value } from './expression.ts';

const WORD = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Functions of ARM that Bicep writes as operators. */
const OPERATORS: Readonly<Record<string, string>> = {
  equals: '==',
  greater: '>',
  less: '<',
  and: '&&',
  or: '||',
  add: '+',
  sub: '-',
  mul: '*',
};

export function bicepValue(value: Value | undefined, depth = 0): string {
  if (value === undefined || value === null) return 'null';
  if (value instanceof Expression) return nodeText(value.node, depth);
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object')
    return Number.isInteger(value) || typeof value === 'boolean' ? `${value}` : `json('${value}')`;
  if (isList(value))
    return block(
      '[',
      value.map((item) => bicepValue(item, depth + 1)),
      ']',
      depth,
    );
  const entries = Object.entries(value).flatMap(([key, item]) =>
    item === undefined ? [] : [`${WORD.test(key) ? key : quoted(key)}: ${bicepValue(item, depth + 1)}`],
  );
  return block('{', entries, '}', depth);
}

function block(open: string, lines: readonly string[], close: string, depth: number): string {
  if (lines.length === 0) return `${open}${close}`;
  const inner = lines.map((line) => `${'  '.repeat(depth + 1)}${line}`).join('\n');
  return `${open}\n${inner}\n${'  '.repeat(depth)}${close}`;
}

function quoted(text: string): string {
  return `'${escaped(text)}'`;
}

/** What ends a line would end a text, too; what no editor shows, or what turns around the order of what it shows, is to be seen. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function escaped(text: string): string {
  const plain = text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('${', '\\${');
  return plain.replace(UNSEEN, (character) => {
    if (character === '\n') return '\\n';
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

function nodeText(node: Node, depth: number): string {
  switch (node.kind) {
    case 'parameter':
    case 'variable':
    case 'local':
      return node.name;
    case 'copyIndex':
      return 'i';
    case 'lines':
      return `'''\n${node.text}'''`;
    case 'call':
      return callText(node.fn, node.args, depth);
    case 'property':
      return `${operand(node.of, depth)}.${node.isSafe ? '?' : ''}${node.name}`;
    case 'item':
      return `${operand(node.of, depth)}[${bicepValue(node.index, depth)}]`;
    case 'lambda':
      return `${node.parameters.join(', ')} => ${bicepValue(node.body, depth)}`;
    case 'id':
    case 'name':
    case 'properties':
      return `${node.of.symbol}${node.index === null ? '' : `[${bicepValue(node.index, depth)}]`}.${node.kind}`;
  }
}

function callText(fn: string, args: readonly Value[], depth: number): string {
  const operator = OPERATORS[fn];
  if (operator !== undefined) return args.map((arg) => operand(arg, depth)).join(` ${operator} `);
  const [first, second, third] = args;
  switch (fn) {
    case 'if':
      return `${operand(first, depth)} ? ${operand(second, depth)} : ${operand(third, depth)}`;
    case 'not':
      return `!${operand(first, depth)}`;
    case 'coalesce':
      return args.map((arg) => operand(arg, depth)).join(' ?? ');
    case 'createObject':
      return objectText(args, depth);
    case 'format':
      return interpolated(typeof first === 'string' ? first : '', args.slice(1), depth);
    default:
      return `${fn}(${args.map((arg) => bicepValue(arg, depth)).join(', ')})`;
  }
}

/** Keys that are known only when it is deployed. */
function objectText(args: readonly Value[], depth: number): string {
  const lines = args.flatMap((key, at) =>
    at % 2 === 0 ? [`'\${${bicepValue(key, depth + 1)}}': ${bicepValue(args[at + 1], depth + 1)}`] : [],
  );
  return block('{', lines, '}', depth);
}

function interpolated(pattern: string, args: readonly Value[], depth: number): string {
  const parts = pattern.split(/\{(\d+)\}/);
  const texts = parts.map((part, at) =>
    at % 2 === 0 ? escaped(part) : `\${${bicepValue(args[Number(part)], depth)}}`,
  );
  return `'${texts.join('')}'`;
}

/** In brackets where an operator stands beside it. */
function operand(value: Value | undefined, depth: number): string {
  const text = bicepValue(value, depth);
  const node = value instanceof Expression ? value.node : null;
  const isOperation = node?.kind === 'call' && (node.fn in OPERATORS || ['if', 'coalesce', 'not'].includes(node.fn));
  return isOperation ? `(${text})` : text;
}
