/** Policy expressions in the subset that we emit, read by a Pratt parser. What is not in the subset is an error, not a guess. */

export type Tree =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Tree; readonly name: string }
  | { readonly kind: 'index'; readonly of: Tree; readonly key: Tree }
  | {
      readonly kind: 'call';
      readonly of: Tree;
      readonly name: string;
      readonly type: string | null;
      readonly args: readonly Tree[];
    }
  | { readonly kind: 'cast'; readonly type: string; readonly of: Tree }
  | { readonly kind: 'not'; readonly of: Tree }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Tree; readonly right: Tree }
  | { readonly kind: 'either'; readonly condition: Tree; readonly then: Tree; readonly otherwise: Tree }
  | { readonly kind: 'lambda'; readonly parameter: string; readonly body: Tree };

interface Token {
  readonly kind: 'string' | 'number' | 'name' | 'sign' | 'end';
  readonly text: string;
}

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*")|('(?:[^'\\]|\\.)')|(\d+)L?|([A-Za-z_]\w*)|(=>|&&|\|\||==|!=|<=|>=|\?\?|[-+*/!<>?:.,()[\]]))/y;
/** How tightly each binds its left side. */
const BINDING: Readonly<Record<string, number>> = {
  '?': 1,
  '??': 2,
  '||': 3,
  '&&': 4,
  '==': 5,
  '!=': 5,
  '<': 6,
  '>': 6,
  '<=': 6,
  '>=': 6,
  '+': 7,
  '-': 7,
  '*': 8,
  '/': 8,
};
const UNARY = 9;
const CASTS = ['string', 'long', 'bool', 'Jwt'];
const TYPES = ['string', 'long', 'int', 'bool', 'JObject'];

export function parseExpression(text: string): Tree {
  const parser = new Parser(tokensOf(text));
  const tree = parser.expression(0);
  parser.expect('end', '');
  return tree;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== '') {
    const from = TOKEN.lastIndex;
    const [, quoted, character, digits, name, sign] = TOKEN.exec(text) ?? [];
    if (quoted !== undefined) tokens.push({ kind: 'string', text: unquoted(quoted) });
    else if (character !== undefined) tokens.push({ kind: 'string', text: unquoted(character) });
    else if (digits !== undefined) tokens.push({ kind: 'number', text: digits });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else throw new Error(`cannot be read from here: ${text.slice(from, from + 40)}`);
  }
  return [...tokens, { kind: 'end', text: '' }];
}

const unquoted = (text: string): string => text.slice(1, -1).replace(/\\(.)/g, '$1');

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  expression(tightness: number): Tree {
    let left = this.#prefix();
    for (;;) {
      const { kind, text } = this.#peek();
      const binding = kind === 'sign' ? (BINDING[text] ?? 0) : 0;
      if (binding === 0 || binding <= tightness) return left;
      this.#at++;
      left = text === '?' ? this.#either(left) : this.#binary(left, text, binding);
    }
  }

  expect(kind: Token['kind'], text: string): void {
    const token = this.#peek();
    if (token.kind !== kind || token.text !== text) throw new Error(`"${text}" is expected, "${token.text}" is there`);
    this.#at++;
  }

  #binary(left: Tree, operator: string, binding: number): Tree {
    // `a ?? b ?? c` is read from the right; all others from the left.
    const right = this.expression(operator === '??' ? binding - 1 : binding);
    return { kind: 'binary', operator, left, right };
  }

  #either(condition: Tree): Tree {
    const then = this.expression(0);
    this.expect('sign', ':');
    return { kind: 'either', condition, then, otherwise: this.expression(0) };
  }

  #prefix(): Tree {
    const { kind, text } = this.#peek();
    this.#at++;
    if (kind === 'string') return this.#postfix({ kind: 'literal', value: text });
    if (kind === 'number') return this.#postfix({ kind: 'literal', value: Number(text) });
    if (kind === 'name') return this.#named(text);
    if (text === '!') return { kind: 'not', of: this.expression(UNARY) };
    if (text === '(') return this.#parenthesis();
    throw new Error(`"${text}" begins no expression`);
  }

  #named(name: string): Tree {
    if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true' };
    if (name === 'null') return { kind: 'literal', value: null };
    if (!this.#take('=>')) return this.#postfix({ kind: 'name', name });
    return { kind: 'lambda', parameter: name, body: this.expression(0) };
  }

  #parenthesis(): Tree {
    const [type, close] = [this.#peek(), this.#peek(1)];
    if (type.kind === 'name' && CASTS.includes(type.text) && close.text === ')') {
      this.#at += 2;
      return { kind: 'cast', type: type.text, of: this.expression(UNARY) };
    }
    const inside = this.expression(0);
    this.expect('sign', ')');
    return this.#postfix(inside);
  }

  #postfix(of: Tree): Tree {
    if (this.#take('[')) {
      const key = this.expression(0);
      this.expect('sign', ']');
      return this.#postfix({ kind: 'index', of, key });
    }
    if (!this.#take('.')) return of;
    const { kind, text: name } = this.#peek();
    if (kind !== 'name') throw new Error(`"${name}" is no member`);
    this.#at++;
    const type = this.#typeArgument();
    if (this.#take('(')) return this.#postfix({ kind: 'call', of, name, type, args: this.#arguments() });
    return this.#postfix({ kind: 'member', of, name });
  }

  #typeArgument(): string | null {
    const [open, type, close, call] = [this.#peek(), this.#peek(1), this.#peek(2), this.#peek(3)];
    const isType = TYPES.includes(type.text) && open.text === '<' && close.text === '>' && call.text === '(';
    if (isType) this.#at += 3;
    return isType ? type.text : null;
  }

  #arguments(): Tree[] {
    const args: Tree[] = [];
    while (!this.#take(')')) {
      if (args.length > 0) this.expect('sign', ',');
      args.push(this.expression(0));
    }
    return args;
  }

  #take(sign: string): boolean {
    const { kind, text } = this.#peek();
    const isIt = kind === 'sign' && text === sign;
    if (isIt) this.#at++;
    return isIt;
  }

  #peek(ahead = 0): Token {
    return this.#tokens[this.#at + ahead] ?? { kind: 'end', text: '' };
  }
}
