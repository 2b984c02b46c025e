/**
 * The plan of faults: which are there, and which one hits a request. What a hit does to the answer is fault-effects.ts's matter,
 * playing it on a connection the app's. A fault hits requests after their body has been read and before anything is counted
 * against a quota.
 */
import type { Unit } from './answer/prose.ts';
import type { FaultSpec } from './fault-spec.ts';

export * from './fault-read.ts';
export * from './fault-spec.ts';

export interface Fault {
  readonly id: string;
  readonly spec: FaultSpec;
  /** When it was added: its start is counted from there. Milliseconds since 1970. */
  readonly addedMs: number;
  /** Requests hit so far. */
  readonly hits: number;
}

/** Faults kept, spent ones included; a spent one makes room. */
export const FAULTS_MAX = 1000;

interface Entry {
  readonly id: string;
  readonly spec: FaultSpec;
  readonly addedMs: number;
  readonly fromMs: number;
  /** Not with this moment. */
  readonly toMs: number;
  hits: number;
}

export class Faults {
  readonly #entries = new Map<string, Entry>();
  #active: Entry[] = [];
  #numbered = 0;

  /** @returns null where {@link FAULTS_MAX} faults are waiting. */
  add(spec: FaultSpec, nowMs = 0): Fault | null {
    if (this.#entries.size >= FAULTS_MAX && !this.#dropSpent(nowMs)) return null;
    const fromMs = nowMs + spec.startMs;
    const toMs = fromMs + (spec.lengthMs ?? Number.POSITIVE_INFINITY);
    const entry: Entry = { id: `fault-${++this.#numbered}`, spec, addedMs: nowMs, fromMs, toMs, hits: 0 };
    this.#entries.set(entry.id, entry);
    this.#active.push(entry);
    return shown(entry);
  }

  list(): readonly Fault[] {
    return [...this.#entries.values()].map(shown);
  }

  get(id: string): Fault | null {
    const entry = this.#entries.get(id);
    return entry === undefined ? null : shown(entry);
  }

  remove(id: string): boolean {
    this.#active = this.#active.filter((entry) => entry.id !== id);
    return this.#entries.delete(id);
  }

  clear(): void {
    this.#entries.clear();
    this.#active = [];
  }

  /** The first fault that hits this request, counted as a hit; the chance of a share is drawn once for each fault that matches. */
  take(resource: string, deployment: string | null, unit: Unit, nowMs = 0): FaultSpec | null {
    if (this.#active.length === 0) return null;
    const hit = this.#active.find((entry) => matches(entry, resource, deployment, nowMs) && falls(entry.spec, unit));
    if (hit !== undefined) hit.hits++;
    if (this.#active.some((entry) => isSpent(entry, nowMs))) {
      this.#active = this.#active.filter((entry) => !isSpent(entry, nowMs));
    }
    return hit?.spec ?? null;
  }

  #dropSpent(nowMs: number): boolean {
    for (const entry of this.#entries.values()) if (isSpent(entry, nowMs)) return this.remove(entry.id);
    return false;
  }
}

function matches({ spec, fromMs, toMs }: Entry, resource: string, deployment: string | null, nowMs: number): boolean {
  if (nowMs < fromMs || nowMs >= toMs) return false;
  if (spec.resource !== null && spec.resource !== resource) return false;
  return spec.deployment === null || spec.deployment === deployment;
}

function falls({ share }: FaultSpec, unit: Unit): boolean {
  return share === 1 || unit() < share;
}

function isSpent({ spec, hits, toMs }: Entry, nowMs: number): boolean {
  return nowMs >= toMs || (spec.times !== null && hits >= spec.times);
}

function shown({ id, spec, addedMs, hits }: Entry): Fault {
  return { id, spec, addedMs, hits };
}
