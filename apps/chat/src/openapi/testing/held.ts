/** Answers of a real app held to the document: status, type and body, and no field that it does not tell. */
import assert from 'node:assert/strict';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Started } from '../../server/testing/chat.ts';

type Json = Readonly<Record<string, unknown>>;

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws where the path leads nowhere. */
export function at(from: unknown, ...path: readonly string[]): Json {
  let value = from;
  for (const name of path) value = isJson(value) ? value[name] : undefined;
  return isJson(value) ? value : assert.fail(`the document has no ${path.join(' ')}`);
}

/** The same document, in which an object has the fields that are told and no other. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (!isJson(value)) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, closed(each)]));
  const isOpen = value.type === 'object' && isJson(value.properties) && value.additionalProperties === undefined;
  return isOpen ? { ...inner, additionalProperties: false } : inner;
}

export interface Asked {
  readonly method?: 'get' | 'post' | 'patch' | 'delete';
  /** As the document writes it. */
  readonly path: string;
  /** What stands for `{name}`, in order; and the query. */
  readonly values?: readonly string[];
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
}

/** What was asked and answered so far, as `get /path 200 type`, beside what the document holds them to. */
export class Held {
  readonly seen = new Set<string>();
  readonly document: Json;
  readonly #app: Started;
  readonly #ajv: Ajv2020;
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(app: Started, document: unknown) {
    this.#app = app;
    this.document = at(document);
    this.#ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true, validateFormats: false });
    this.#ajv.addKeyword('components').addSchema({ $id: 'api', components: closed(this.document.components) });
  }

  /** @returns the body: text, JSON, or each line of a stream. */
  async ask({ method = 'get', path, values = [], query = '', body, headers = {}, status = 200 }: Asked) {
    const left = [...values];
    const address = path.replace(/\{\w+\}/g, () =>
      encodeURIComponent(left.shift() ?? assert.fail(`values of ${path}`)),
    );
    const isForm = body instanceof FormData;
    const sent = body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) };
    const type = body === undefined || isForm ? {} : { 'content-type': 'application/json' };
    const all = { method: method.toUpperCase(), headers: { ...type, ...headers }, ...sent };
    const answer = await this.#app.send(address + query, all);
    const text = await answer.text();
    assert.equal(answer.status, status, `${method} ${address}: ${text}`);
    const given = (answer.headers.get('content-type') ?? '').split(';')[0] ?? '';
    return this.#held({ method, path, status, type: given, text });
  }

  #held(got: { method: string; path: string; status: number; type: string; text: string }): unknown {
    const { method, path, status, type, text } = got;
    const where = `${method} ${path} ${status} ${type}`.trim();
    const responses = at(this.document, 'paths', path, method, 'responses');
    assert.ok(isJson(responses[status]), `${where} is not told`);
    this.seen.add(where);
    const { content } = responses[status];
    if (content === undefined) {
      assert.equal(text, '', where);
      return null;
    }
    const schema = closed(at(content, type).schema);
    const values = valuesOf(type, text);
    for (const value of values) this.check(schema, value, where);
    return values.length === 1 ? values[0] : values;
  }

  check(schema: unknown, value: unknown, where: string): void {
    const about = JSON.stringify(schema).replaceAll('#/components/', 'api#/components/');
    const isHeld = this.#compiled.get(about) ?? this.#ajv.compile(at(JSON.parse(about)));
    this.#compiled.set(about, isHeld);
    assert.ok(isHeld(value), `${where}: ${JSON.stringify(isHeld.errors)} in ${JSON.stringify(value)}`);
  }
}

function valuesOf(type: string, text: string): readonly unknown[] {
  if (type === 'application/json') return [JSON.parse(text)];
  if (/ndjson|json-?l/.test(type))
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  if (type !== 'text/event-stream') return [text];
  const lines = text
    .trim()
    .split('\n\n')
    .map((line) => line.replace(/^data: /, ''));
  assert.equal(lines.at(-1), '[DONE]');
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}
