/** What a policy is about: a request on its way up, an answer on its way down, and the names that expressions know them by. */
import { Host, type Names, textOf, type Value } from './evaluate.ts';
import { isObject } from './json.ts';

export interface Asked {
  readonly method: string;
  /** Below the API's own path, with a query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Answer {
  status: number;
  reason: string;
  readonly headers: Map<string, string>;
  body: string;
}

export interface Claims {
  readonly [name: string]: string | readonly string[];
}

/** One request with all that policies make of it. */
export class Exchange {
  readonly asked: Asked;
  readonly operation: { readonly id: string; readonly urlTemplate: string };
  readonly matched: Readonly<Record<string, string>>;
  readonly subscription: string | null;
  readonly headers: Map<string, string>;
  readonly query: URLSearchParams;
  readonly variables = new Map<string, Value>();
  path: string;
  backendId: string | null = null;
  response: Answer | null = null;
  error: { readonly source: string; readonly message: string } | null = null;

  constructor(asked: Asked, route: Pick<Exchange, 'operation' | 'matched'>, subscription: string | null) {
    const url = new URL(asked.path, 'http://apim');
    this.asked = asked;
    this.operation = route.operation;
    this.matched = route.matched;
    this.subscription = subscription;
    this.headers = lowerCased(asked.headers);
    this.query = url.searchParams;
    this.path = url.pathname;
  }

  /** @param nowMs milliseconds since 1970. */
  names(nowMs: () => number): Names {
    return new Map<string, Value>([
      ['context', this.#context()],
      ['DateTimeOffset', new Host('DateTimeOffset', { UtcNow: () => now(nowMs()) })],
      ['Regex', new Host('Regex', { IsMatch: (_, text = null, pattern = null) => isMatch(text, pattern) })],
      ['int', new Host('int', { Parse: (_, text = null) => parsed(text) })],
      ['long', new Host('long', { Parse: (_, text = null) => parsed(text) })],
      ['string', new Host('string', { Join: (_, by = null, list = null) => joined(by, list) })],
    ]);
  }

  #context(): Host {
    return new Host('context', {
      Request: () => this.#request(),
      Response: () => this.#answer(),
      Variables: () => this.#variables(),
      Operation: () =>
        new Host('Operation', { Id: () => this.operation.id, UrlTemplate: () => this.operation.urlTemplate }),
      Subscription: () => {
        const id = this.subscription;
        return id === null ? null : new Host('Subscription', { Id: () => id });
      },
      LastError: () => new Host('LastError', { Source: () => this.error?.source ?? null }),
    });
  }

  #request(): Host {
    return new Host('Request', {
      MatchedParameters: () => lookup('MatchedParameters', (key) => this.matched[key] ?? null),
      Body: () => new Host('Body', { As: () => jsonHost(this.asked.body) }),
      Headers: () => lookup('Headers', (key) => this.headers.get(key.toLowerCase()) ?? null),
    });
  }

  #answer(): Value {
    const { response } = this;
    if (response === null) return null;
    return new Host('Response', {
      StatusCode: () => response.status,
      StatusReason: () => response.reason,
      Headers: () => lookup('Headers', (key) => response.headers.get(key.toLowerCase()) ?? null),
    });
  }

  #variables(): Host {
    return new Host('Variables', {
      Item: (_, key = null) => {
        const value = this.variables.get(textOf(key));
        if (value === undefined) throw new Error(`the variable ${key} is not set`);
        return value;
      },
      ContainsKey: (_, key = null) => this.variables.has(textOf(key)),
      GetValueOrDefault: (_, key = null, otherwise = null) => this.variables.get(textOf(key)) ?? otherwise,
    });
  }
}

function lookup(name: string, get: (key: string) => string | null): Host {
  return new Host(name, { GetValueOrDefault: (_, key = null, otherwise = null) => get(textOf(key)) ?? otherwise });
}

/** A token as validation hands it on. */
export function tokenHost(claims: Claims): Host {
  return new Host('Jwt', {
    Claims: () =>
      lookup('Claims', (key) => {
        const value = claims[key];
        return typeof value === 'string' ? value : (value?.join(',') ?? null);
      }),
  });
}

function jsonHost(body: string): Host {
  const data: unknown = JSON.parse(body);
  if (!isObject(data)) throw new Error('the body is no JSON object');
  return new Host('JObject', {
    Value: (_, key = null) => {
      const value = data[textOf(key)];
      return value === undefined ? null : String(value);
    },
  });
}

const now = (nowMs: number): Host => new Host('UtcNow', { ToUnixTimeMilliseconds: () => nowMs });

function isMatch(text: Value, pattern: Value): boolean {
  return new RegExp(textOf(pattern)).test(textOf(text));
}

function parsed(text: Value): number {
  const digits = textOf(text);
  if (!/^-?\d+$/.test(digits)) throw new Error(`"${digits}" is no number`);
  return Number(digits);
}

function joined(by: Value, list: Value): string {
  if (!Array.isArray(list)) throw new Error('a list is expected');
  return list.map(textOf).join(textOf(by));
}

export function lowerCased(headers: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
