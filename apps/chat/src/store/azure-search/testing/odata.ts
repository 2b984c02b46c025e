/** As much of OData's filters as the store writes, for the stand-in. What it does not know is an error, as at the service. */
export type Row = Readonly<Record<string, unknown>>;
type Test = (row: Row) => boolean;

const TOKEN = /\s*('(?:[^']|'')*'|[A-Za-z_][\w.]*(?:\/any)?|-?\d+|[(),:])/y;

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`Invalid expression: at ${at} of ${text}`);
    tokens.push(match[1] ?? '');
  }
  return tokens;
}

export function filterOf(text: string): Test {
  const parser = new Parser(tokensOf(text));
  const test = parser.either();
  parser.end();
  return test;
}

class Parser {
  readonly #tokens: string[];

  constructor(tokens: string[]) {
    this.#tokens = tokens;
  }

  either(): Test {
    const tests = [this.#both()];
    while (this.#took('or')) tests.push(this.#both());
    return (row) => tests.some((test) => test(row));
  }

  end(): void {
    if (this.#tokens.length > 0) throw new Error(`Invalid expression: ${this.#tokens.join(' ')}`);
  }

  #both(): Test {
    const tests = [this.#one()];
    while (this.#took('and')) tests.push(this.#one());
    return (row) => tests.every((test) => test(row));
  }

  #one(): Test {
    if (this.#took('not')) {
      const test = this.#one();
      return (row) => !test(row);
    }
    if (this.#took('(')) {
      const test = this.either();
      this.#need(')');
      return test;
    }
    const name = this.#next();
    if (name === 'search.in') return this.#in();
    if (name.endsWith('/any')) return this.#any(name.slice(0, -'/any'.length));
    return compared(name, this.#next(), constantOf(this.#next()));
  }

  #in(): Test {
    this.#need('(');
    const field = this.#next();
    this.#need(',');
    const values = String(constantOf(this.#next()));
    this.#need(',');
    const separator = String(constantOf(this.#next()));
    this.#need(')');
    const among = new Set(values.split(separator));
    return (row) => among.has(String(row[field]));
  }

  #any(field: string): Test {
    this.#need('(');
    if (this.#took(')')) return (row) => Array.isArray(row[field]) && row[field].length > 0;
    const variable = this.#next();
    this.#need(':');
    const test = this.either();
    this.#need(')');
    return (row) => {
      const values = row[field];
      return Array.isArray(values) && values.some((value) => test({ [variable]: value }));
    };
  }

  #next(): string {
    return this.#tokens.shift() ?? '';
  }

  #took(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }

  #need(token: string): void {
    if (!this.#took(token)) throw new Error(`Invalid expression: ${token} before ${this.#tokens.join(' ')}`);
  }
}

function constantOf(token: string): string | number | boolean | null {
  if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
  if (token === 'null') return null;
  if (token === 'true' || token === 'false') return token === 'true';
  if (!/^-?\d+$/.test(token)) throw new Error(`Invalid expression: ${token} is no value`);
  return Number(token);
}

function compared(name: string, operator: string, value: string | number | boolean | null): Test {
  const of = (row: Row) => row[name] ?? null;
  if (operator === 'eq') return (row) => of(row) === value;
  if (operator === 'ne') return (row) => of(row) !== value;
  if (operator !== 'gt' || value === null) throw new Error(`Invalid expression: ${name} ${operator}`);
  return (row) => {
    const own = of(row);
    return typeof own === typeof value && own !== null && own > value;
  };
}
