/** Backends, breakers and pools as API Management documents them. One gateway instance: others would know nothing of it. */
import { isObject, type JsonObject, objectAt } from './json.ts';

interface Rule {
  readonly count: number;
  readonly intervalMs: number;
  readonly ranges: readonly { readonly min: number; readonly max: number }[];
  readonly tripMs: number;
  readonly acceptRetryAfter: boolean;
}

interface Single {
  readonly kind: 'single';
  readonly id: string;
  readonly url: string;
  readonly rule: Rule | null;
  failuresAtMs: number[];
  openUntilMs: number;
}

interface Pool {
  readonly kind: 'pool';
  readonly id: string;
  readonly services: readonly { readonly id: string; readonly priority: number; readonly weight: number }[];
}

/** Nobody in the pool may be asked; API Management answers by itself. */
export interface Closed {
  readonly kind: 'closed';
  readonly reason: string;
}

export class Backends {
  readonly #all: ReadonlyMap<string, Single | Pool>;
  readonly #nowMs: () => number;
  readonly #unit: () => number;

  /** @param resources of the template, by symbol. */
  constructor(resources: Readonly<Record<string, JsonObject>>, nowMs: () => number, unit: () => number) {
    const backends = Object.values(resources)
      .filter(({ type }) => type === 'Microsoft.ApiManagement/service/backends')
      .map((resource) => backendOf(resource));
    this.#all = new Map(backends.map((backend) => [backend.id, backend]));
    this.#nowMs = nowMs;
    this.#unit = unit;
  }

  choose(id: string): Single | Closed {
    const backend = this.#all.get(id);
    if (backend === undefined) throw new Error(`there is no backend ${id}`);
    if (backend.kind === 'pool') return this.#fromPool(backend);
    return this.#isOpen(backend) ? { kind: 'closed', reason: 'Backend service is temporarily unavailable' } : backend;
  }

  #fromPool({ id, services }: Pool): Single | Closed {
    const free = services.flatMap((service) => {
      const single = this.#all.get(service.id);
      if (single?.kind !== 'single') throw new Error(`pool ${id}: ${service.id} is no single backend`);
      return this.#isOpen(single) ? [] : [{ ...service, single }];
    });
    const first = Math.min(...free.map(({ priority }) => priority));
    const equals = free.filter(({ priority }) => priority === first);
    const places = equals.flatMap((service) => Array.from({ length: service.weight }, () => service));
    const chosen = places[Math.floor(this.#unit() * places.length)];
    return chosen?.single ?? { kind: 'closed', reason: `Backend pool '${id}' is temporarily unavailable` };
  }

  /** What an answer does to the breaker of who gave it. */
  record(single: Single, status: number, retryAfter: string | null): void {
    const { rule } = single;
    if (rule === null || !rule.ranges.some(({ min, max }) => status >= min && status <= max)) return;
    const nowMs = this.#nowMs();
    single.failuresAtMs = [...single.failuresAtMs.filter((atMs) => atMs > nowMs - rule.intervalMs), nowMs];
    if (single.failuresAtMs.length < rule.count) return;
    const seconds = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null;
    const openMs = rule.acceptRetryAfter && seconds !== null ? seconds * 1000 : rule.tripMs;
    single.openUntilMs = nowMs + openMs;
    single.failuresAtMs = [];
  }

  #isOpen({ openUntilMs }: Single): boolean {
    return this.#nowMs() < openUntilMs;
  }
}

function backendOf(resource: JsonObject): Single | Pool {
  const id = lastName(resource.name);
  const { type, url, pool, circuitBreaker } = objectAt(resource, 'properties');
  if (type === 'Pool') return { kind: 'pool', id, services: listOf(objectAt(pool).services).map(serviceOf) };
  const [rule] = isObject(circuitBreaker) ? listOf(circuitBreaker.rules) : [];
  const read = rule === undefined ? null : ruleOf(rule);
  return { kind: 'single', id, url: String(url), rule: read, failuresAtMs: [], openUntilMs: 0 };
}

function serviceOf({ id, priority, weight }: JsonObject) {
  return { id: lastName(id), priority: Number(priority), weight: Number(weight) };
}

function ruleOf(rule: JsonObject): Rule {
  const { count, interval, statusCodeRanges } = objectAt(rule, 'failureCondition');
  return {
    count: Number(count),
    intervalMs: durationMs(interval),
    ranges: listOf(statusCodeRanges).map(({ min, max }) => ({ min: Number(min), max: Number(max) })),
    tripMs: durationMs(rule.tripDuration),
    acceptRetryAfter: rule.acceptRetryAfter === true,
  };
}

function listOf(value: unknown): JsonObject[] {
  if (!Array.isArray(value)) throw new Error('a list is expected');
  return value.map((item: unknown) => objectAt(item));
}

function durationMs(value: unknown): number {
  const seconds = /^PT(\d+)S$/.exec(String(value))?.[1];
  if (seconds === undefined) throw new Error(`${value} is no duration in seconds`);
  return Number(seconds) * 1000;
}

/** Of `[format('{0}/{1}', …, 'name')]` and `[resourceId(…, 'name')]`: the name. */
export function lastName(expression: unknown): string {
  const name = /'([^']*)'\)\]$/.exec(String(expression))?.[1];
  if (name === undefined) throw new Error(`${expression} does not end with a name`);
  return name;
}
