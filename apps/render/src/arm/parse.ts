/** Reads an ARM expression (`format('{0}-x', parameters('name'))`) into a tree. What cannot be read throws: it would not deploy either. */

export type Tree =
  | { readonly kind: 'literal'; readonly value: string | number }
  | { readonly kind: 'call'; readonly fn: string; readonly args: readonly Tree[] }
  | { readonly kind: 'property'; readonly of: Tree; readonly name: string }
  | { readonly kind: 'item'; readonly of: Tree; readonly index: Tree };

const TOKEN = /\s*(?:('(?:[^']|'')*')|(-?\d+)|([A-Za-z_][\w]*)|([()[\],.]))/y;

export function parseExpression(source: string): Tree {
  const parser = new Parser(source);
  return parser.whole();
}

class Parser {
  readonly #tokens: readonly string[];
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokensOf(source);
  }

  whole(): Tree {
    const tree = this.#value();
    if (this.#at < this.#tokens.length) throw this.#problem();
    return tree;
  }

  #value(): Tree {
    let tree = this.#primary();
    for (;;) {
      if (this.#take('.')) tree = { kind: 'property', of: tree, name: this.#next() };
      else if (this.#take('[')) {
        tree = { kind: 'item', of: tree, index: this.#value() };
        this.#expect(']');
      } else return tree;
    }
  }

  #primary(): Tree {
    const token = this.#next();
    if (token.startsWith("'")) return { kind: 'literal', value: token.slice(1, -1).replaceAll("''", "'") };
    if (/^-?\d/.test(token)) return { kind: 'literal', value: Number(token) };
    this.#expect('(');
    const args: Tree[] = [];
    if (this.#take(')')) return { kind: 'call', fn: token, args };
    do args.push(this.#value());
    while (this.#take(','));
    this.#expect(')');
    return { kind: 'call', fn: token, args };
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw this.#problem();
  }

  #next(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw this.#problem();
    this.#at += 1;
    return token;
  }

  #problem(): Error {
    return new Error(`not an expression of ARM at '${this.#tokens[this.#at] ?? 'its end'}': ${this.#source}`);
  }
}

function tokensOf(source: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (match === null) throw new Error(`not an expression of ARM at ${from}: ${source}`);
    tokens.push(match[0].trim());
  }
  return tokens;
}
