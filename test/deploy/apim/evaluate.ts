/** Evaluates what expression.ts read, as C# would: with its types, its whole numbers, its null. */
import { parseExpression, type Tree } from './expression.ts';

export type Value = string | number | boolean | null | readonly Value[] | Lambda | Host;

/** Something of API Management's, such as `context.Response`. What it does not have throws. */
export class Host {
  readonly name: string;
  readonly members: Readonly<Record<string, (type: string | null, ...args: readonly Value[]) => Value>>;

  constructor(name: string, members: Host['members']) {
    this.name = name;
    this.members = members;
  }

  /** Properties are calls without arguments; `[]` is the member `Item`. */
  call(name: string, type: string | null, args: readonly Value[]): Value {
    const member = this.members[name];
    if (member === undefined) throw new Error(`${this.name} has no ${name}`);
    return member(type, ...args);
  }
}

export class Lambda {
  readonly apply: (argument: Value) => Value;

  constructor(apply: (argument: Value) => Value) {
    this.apply = apply;
  }
}

/** Names that stand for something: `context`, types with static members, parameters of lambdas. */
export type Names = ReadonlyMap<string, Value>;

const read = new Map<string, Tree>();

export function evaluate(text: string, names: Names): Value {
  const tree = read.get(text) ?? parseExpression(text);
  read.set(text, tree);
  return resolve(tree, names);
}

function resolve(tree: Tree, names: Names): Value {
  switch (tree.kind) {
    case 'literal':
      return tree.value;
    case 'name': {
      const value = names.get(tree.name);
      if (value === undefined) throw new Error(`there is no ${tree.name}`);
      return value;
    }
    case 'member':
      return callOn(resolve(tree.of, names), tree.name, null, []);
    case 'index':
      return callOn(resolve(tree.of, names), 'Item', null, [resolve(tree.key, names)]);
    case 'call': {
      const args = tree.args.map((arg) => resolve(arg, names));
      return callOn(resolve(tree.of, names), tree.name, tree.type, args);
    }
    case 'cast':
      return cast(tree.type, resolve(tree.of, names));
    case 'not':
      return !isTrue(resolve(tree.of, names));
    case 'either':
      return resolve(isTrue(resolve(tree.condition, names)) ? tree.then : tree.otherwise, names);
    case 'lambda':
      return new Lambda((argument) => resolve(tree.body, new Map([...names, [tree.parameter, argument]])));
    case 'binary':
      return binary(tree.operator, resolve(tree.left, names), () => resolve(tree.right, names));
  }
}

export function isTrue(value: Value): boolean {
  if (typeof value !== 'boolean') throw new Error(`${shown(value)} is no bool`);
  return value;
}

export function textOf(value: Value): string {
  if (typeof value !== 'string') throw new Error(`${shown(value)} is no string`);
  return value;
}

function numberOf(value: Value): number {
  if (typeof value !== 'number') throw new Error(`${shown(value)} is no number`);
  return value;
}

const shown = (value: Value): string => (value instanceof Host ? value.name : JSON.stringify(value));

function cast(type: string, value: Value): Value {
  if (type === 'string') return value === null ? null : textOf(value);
  if (type === 'long') return numberOf(value);
  if (type === 'bool') return isTrue(value);
  if (value instanceof Host && value.name === type) return value;
  throw new Error(`${shown(value)} is no ${type}`);
}

function binary(operator: string, left: Value, right: () => Value): Value {
  switch (operator) {
    case '&&':
      return isTrue(left) && isTrue(right());
    case '||':
      return isTrue(left) || isTrue(right());
    case '??':
      return left ?? right();
    case '==':
      return left === right();
    case '!=':
      return left !== right();
    case '+':
      return plus(left, right());
    default:
      return arithmetic(operator, numberOf(left), numberOf(right()));
  }
}

function plus(left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') return left + right;
  if (typeof left !== 'string' && typeof right !== 'string') throw new Error(`${shown(left)} + ${shown(right)}`);
  return `${left ?? ''}${right ?? ''}`;
}

function arithmetic(operator: string, left: number, right: number): Value {
  switch (operator) {
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return Math.trunc(left / right);
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
    default:
      throw new Error(`no operator ${operator}`);
  }
}

function callOn(of: Value, name: string, type: string | null, args: readonly Value[]): Value {
  if (of instanceof Host) return of.call(name, type, args);
  if (typeof of === 'string') return onText(of, name, args);
  if (typeof of === 'number' && name === 'ToString') return String(of);
  if (Array.isArray(of)) return onList(of, name, args);
  throw new Error(`${shown(of)} has no ${name}`);
}

function onText(of: string, name: string, [first = null, second = null]: readonly Value[]): Value {
  switch (name) {
    case 'Length':
      return of.length;
    case 'Contains':
      return of.includes(textOf(first));
    case 'StartsWith':
      return of.startsWith(textOf(first));
    case 'Replace':
      return of.replaceAll(textOf(first), textOf(second));
    case 'Split':
      return of.split(textOf(first));
    case 'Substring':
      if (numberOf(first) > of.length) throw new Error('ArgumentOutOfRange');
      return of.slice(numberOf(first));
    default:
      throw new Error(`string has no ${name}`);
  }
}

function onList(of: readonly Value[], name: string, [argument = null]: readonly Value[]): Value {
  const each = argument instanceof Lambda ? argument.apply : null;
  switch (name) {
    case 'Where':
      return of.filter((item) => isTrue(applied(each, item)));
    case 'Select':
      return of.map((item) => applied(each, item));
    case 'Any':
      return of.some((item) => isTrue(applied(each, item)));
    case 'Take':
      return of.slice(0, numberOf(argument));
    case 'DefaultIfEmpty':
      return of.length === 0 ? [argument] : of;
    case 'Min':
      if (of.length === 0) throw new Error('a sequence without elements has no minimum');
      return Math.min(...of.map(numberOf));
    default:
      throw new Error(`a list has no ${name}`);
  }
}

function applied(each: ((argument: Value) => Value) | null, item: Value): Value {
  if (each === null) throw new Error('a lambda is expected');
  return each(item);
}
