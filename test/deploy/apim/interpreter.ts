/**
 * API Management, as far as our policies use it: the sections and elements that we emit, with pools and breakers, over the template that would
 * be deployed. What it does not know throws, so that a policy that goes beyond it is noticed. It is a model made from the documentation and no
 * proof; what only a connected run can tell stands in docs/deploy-api-management.md.
 */
import { evaluate, isTrue, textOf, type Value } from './evaluate.ts';
import { type Answer, type Asked, type Claims, Exchange, lowerCased, tokenHost } from './exchange.ts';
import { innerResources, type JsonObject, objectAt } from './json.ts';
import { Backends, lastName } from './pools.ts';
import { type Policy, readPolicy } from './tree.ts';

export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface Fetched {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ApimSettings {
  /** `infra/main.json` */
  readonly template: string;
  readonly namedValues: Readonly<Record<string, string>>;
  /** Asks a backend; throws where it cannot be reached. */
  readonly send: (sent: Sent) => Promise<Fetched>;
  readonly nowMs: () => number;
  /** In [0, 1). */
  readonly unit: () => number;
  /** Ids of subscriptions by their keys. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Tokens whose signature, time and tenant are good, with their claims. */
  readonly tokens?: Readonly<Record<string, Claims>>;
}

/** The rest of a section is left out. */
class Returned extends Error {}

/** An element failed; what follows is `on-error`. */
class Failed extends Error {
  readonly source: string;

  constructor(source: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause));
    this.source = source;
  }
}

export const IDENTITY_TOKEN = 'token-of-the-managed-identity';

export class Apim {
  /** What was emitted as metrics: dimensions of each request. */
  readonly metrics: Record<string, string>[] = [];
  /** Counters that limits of tokens were asked for, in order. */
  readonly limited: string[] = [];
  readonly #settings: ApimSettings;
  readonly #policy: Policy;
  readonly #operations: readonly { readonly id: string; readonly method: string; readonly urlTemplate: string }[];
  readonly #backends: Backends;
  readonly #cache = new Map<string, { readonly value: Value; readonly untilMs: number }>();
  /** Tokens counted for each key of a limit in the minute that runs. */
  readonly #counted = new Map<string, { sinceMs: number; tokens: number }>();

  constructor(settings: ApimSettings) {
    const resources = innerResources(settings.template);
    const { value } = objectAt(ofType(resources, 'apis/policies')[0], 'properties');
    this.#settings = settings;
    this.#policy = readPolicy(withNamedValues(String(value), settings.namedValues));
    this.#operations = ofType(resources, 'apis/operations').map((operation) => {
      const { method, urlTemplate } = objectAt(operation, 'properties');
      return { id: lastName(operation.name), method: String(method), urlTemplate: String(urlTemplate) };
    });
    this.#backends = new Backends(resources, settings.nowMs, settings.unit);
  }

  async ask(asked: Asked): Promise<Answer> {
    const route = this.#routeOf(asked);
    if (route === null) return answerOf(404, 'Not Found', '');
    const key = lowerCased(asked.headers).get('api-key') ?? '';
    const exchange = new Exchange(asked, route, this.#settings.keys?.[key] ?? null);
    try {
      for (const section of ['inbound', 'backend', 'outbound']) await this.#section(section, exchange);
    } catch (error) {
      if (error instanceof Failed) await this.#failed(error, exchange);
      else if (!(error instanceof Returned)) throw error;
    }
    this.#count(exchange);
    return exchange.response ?? answerOf(500, 'Internal Server Error', '');
  }

  async #failed(error: Failed, exchange: Exchange): Promise<void> {
    exchange.error = { source: error.source, message: error.message };
    try {
      await this.#section('on-error', exchange);
    } catch (again) {
      if (!(again instanceof Returned)) throw again;
    }
  }

  #routeOf({ method, path }: Asked): Pick<Exchange, 'operation' | 'matched'> | null {
    const { pathname } = new URL(path, 'http://apim');
    for (const operation of this.#operations) {
      const pattern = operation.urlTemplate.replace(/\{([^}]+)\}/g, '(?<p>[^/]+)').replace(/\*$/, '.*');
      const match = new RegExp(`^${pattern}$`).exec(pathname);
      if (match === null || operation.method !== method) continue;
      const name = /\{([^}]+)\}/.exec(operation.urlTemplate)?.[1];
      const value = match.groups?.p;
      const matched = name === undefined || value === undefined ? {} : { [name]: decodeURIComponent(value) };
      return { operation, matched };
    }
    return null;
  }

  async #section(name: string, exchange: Exchange): Promise<void> {
    const section = this.#policy.children.find((child) => child.name === name);
    await this.#all(section?.children ?? [], exchange);
  }

  async #all(elements: readonly Policy[], exchange: Exchange): Promise<void> {
    for (const element of elements) await this.#element(element, exchange);
  }

  async #element(element: Policy, exchange: Exchange): Promise<void> {
    try {
      await this.#run(element, exchange);
    } catch (error) {
      if (error instanceof Failed || error instanceof Returned) throw error;
      throw new Failed(element.name, error);
    }
  }

  async #run(element: Policy, exchange: Exchange): Promise<void> {
    const text = (name: string): string => textOf(this.#value(element.attributes[name] ?? '', exchange));
    switch (element.name) {
      case 'base':
        return;
      case 'choose':
        return this.#choose(element, exchange);
      case 'retry':
        return this.#retry(element, exchange);
      case 'set-variable':
        exchange.variables.set(text('name'), this.#value(element.attributes.value ?? '', exchange));
        return;
      case 'set-header':
        this.#setHeader(element, exchange, exchange.response?.headers ?? exchange.headers);
        return;
      case 'set-query-parameter':
        if (text('exists-action') === 'delete') exchange.query.delete(text('name'));
        else exchange.query.set(text('name'), this.#childText(element, 'value', exchange));
        return;
      case 'rewrite-uri':
        exchange.path = text('template');
        return;
      case 'set-backend-service':
        exchange.backendId = text('backend-id');
        return;
      case 'forward-request':
        return this.#forward(exchange);
      case 'authentication-managed-identity':
        exchange.headers.set('authorization', `Bearer ${IDENTITY_TOKEN}`);
        return;
      case 'cache-lookup-value':
        exchange.variables.set(text('variable-name'), this.#cached(text('key')) ?? text('default-value'));
        return;
      case 'cache-store-value': {
        const untilMs = this.#settings.nowMs() + Number(text('duration')) * 1000;
        this.#cache.set(text('key'), { value: text('value'), untilMs });
        return;
      }
      case 'return-response':
        return this.#respond(element, exchange);
      case 'validate-azure-ad-token':
      case 'validate-jwt':
        return this.#validate(element, exchange);
      case 'llm-token-limit':
        return this.#limit(text('counter-key'), Number(text('tokens-per-minute')), exchange);
      case 'llm-emit-token-metric':
        this.metrics.push(
          Object.fromEntries(
            element.children.map(({ attributes: { name = '', value } }) => [
              name,
              value === undefined ? '' : textOf(this.#value(value, exchange)),
            ]),
          ),
        );
        return;
      default:
        throw new Error(`the interpreter does not know ${element.name}`);
    }
  }

  /** An attribute or a text: itself, or what its expression comes to. */
  #value(text: string, exchange: Exchange): Value {
    if (!text.startsWith('@(')) return text;
    return evaluate(text.slice(2, -1), exchange.names(this.#settings.nowMs));
  }

  #childText({ children }: Policy, name: string, exchange: Exchange): string {
    const child = children.find((candidate) => candidate.name === name);
    return child === undefined ? '' : textOf(this.#value(child.text, exchange));
  }

  #isTrue(condition: string | undefined, exchange: Exchange): boolean {
    return isTrue(this.#value(condition ?? '', exchange));
  }

  async #choose({ children }: Policy, exchange: Exchange): Promise<void> {
    for (const branch of children) {
      if (branch.name !== 'otherwise' && !this.#isTrue(branch.attributes.condition, exchange)) continue;
      return this.#all(branch.children, exchange);
    }
  }

  async #retry({ attributes, children }: Policy, exchange: Exchange): Promise<void> {
    const count = Number(attributes.count);
    for (let again = 0; ; again++) {
      exchange.response = null;
      await this.#all(children, exchange);
      if (again === count || !this.#isTrue(attributes.condition, exchange)) return;
    }
  }

  #setHeader(element: Policy, exchange: Exchange, headers: Map<string, string>): void {
    const name = (element.attributes.name ?? '').toLowerCase();
    if (element.attributes['exists-action'] === 'delete') headers.delete(name);
    else headers.set(name, this.#childText(element, 'value', exchange));
  }

  async #forward(exchange: Exchange): Promise<void> {
    const chosen = this.#backends.choose(exchange.backendId ?? '');
    if (chosen.kind === 'closed') {
      exchange.response = answerOf(503, chosen.reason, '');
      return;
    }
    const query = exchange.query.size === 0 ? '' : `?${exchange.query}`;
    const { method, body } = exchange.asked;
    const fetched = await this.#settings.send({
      method,
      url: `${chosen.url}${exchange.path}${query}`,
      headers: exchange.headers,
      body,
    });
    exchange.response = { ...answerOf(fetched.status, '', fetched.body), headers: lowerCased(fetched.headers) };
    this.#backends.record(chosen, fetched.status, exchange.response.headers.get('retry-after') ?? null);
  }

  #cached(key: string): Value {
    const found = this.#cache.get(key);
    return found === undefined || found.untilMs <= this.#settings.nowMs() ? null : found.value;
  }

  #respond(element: Policy, exchange: Exchange): never {
    const status = element.children.find(({ name }) => name === 'set-status');
    const response = answerOf(Number(status?.attributes.code), status?.attributes.reason ?? '', '');
    for (const child of element.children) {
      if (child.name === 'set-header') this.#setHeader(child, exchange, response.headers);
    }
    response.body = this.#childText(element, 'set-body', exchange);
    exchange.response = response;
    throw new Returned();
  }

  #validate(element: Policy, exchange: Exchange): void {
    const token = /^Bearer (.+)$/.exec(exchange.headers.get('authorization') ?? '')?.[1] ?? '';
    const claims = this.#settings.tokens?.[token];
    if (claims === undefined || !fits(element, claims)) {
      const code = Number(element.attributes['failed-validation-httpcode']);
      exchange.response = answerOf(code, '', element.attributes['failed-validation-error-message'] ?? '');
      throw new Error('the token is not valid');
    }
    exchange.variables.set(element.attributes['output-token-variable-name'] ?? '', tokenHost(claims));
  }

  /** Refuses when the minute's tokens are spent; what a request takes is known after it alone. */
  #limit(key: string, perMinute: number, exchange: Exchange): void {
    const nowMs = this.#settings.nowMs();
    this.limited.push(key);
    const counted = this.#counted.get(key);
    const current =
      counted === undefined || nowMs - counted.sinceMs >= 60_000 ? { sinceMs: nowMs, tokens: 0 } : counted;
    this.#counted.set(key, current);
    exchange.variables.set('$counter', key);
    if (current.tokens < perMinute) return;
    exchange.response = answerOf(429, 'Too Many Requests', '');
    exchange.response.headers.set('retry-after', String(Math.ceil((current.sinceMs + 60_000 - nowMs) / 1000)));
    throw new Error('the limit of tokens is reached');
  }

  #count({ variables, response }: Exchange): void {
    const counted = this.#counted.get(String(variables.get('$counter')));
    const total = /"total_tokens":(\d+)/.exec(response?.body ?? '')?.[1];
    if (counted !== undefined && total !== undefined) counted.tokens += Number(total);
  }
}

/** Audiences, applications and claims that the element names. */
function fits(element: Policy, claims: Claims): boolean {
  const listOf = (parent: string): readonly string[] | null =>
    element.children.find(({ name }) => name === parent)?.children.map(({ text }) => text) ?? null;
  const has = (wanted: readonly string[] | null, ...names: readonly string[]): boolean =>
    wanted === null || names.some((name) => [claims[name] ?? []].flat().some((value) => wanted.includes(value)));
  const required = element.children.find(({ name }) => name === 'required-claims')?.children ?? [];
  return (
    has(listOf('audiences'), 'aud') &&
    has(listOf('issuers'), 'iss') &&
    has(listOf('client-application-ids'), 'appid', 'azp') &&
    required.every(({ attributes, children }) =>
      has(
        children.map(({ text }) => text),
        attributes.name ?? '',
      ),
    )
  );
}

function answerOf(status: number, reason: string, body: string): Answer {
  return { status, reason, headers: new Map(), body };
}

function ofType(resources: Readonly<Record<string, JsonObject>>, type: string): JsonObject[] {
  return Object.values(resources).filter((resource) => resource.type === `Microsoft.ApiManagement/service/${type}`);
}

/** As API Management does: before the policy is read. */
function withNamedValues(policy: string, values: Readonly<Record<string, string>>): string {
  return policy.replace(/\{\{([^}]+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`there is no named value ${name}`);
    return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  });
}
