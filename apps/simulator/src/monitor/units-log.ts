/** Which provisioned deployments there were, with how many units, and when: what utilisation is measured by. */
import { type Deployment, isProvisioned } from '@spillway/azure-model';

/** A provisioned deployment in some stretch of time. */
export interface UnitsDeployed {
  /** See {@link unitsKey}. */
  readonly key: string;
  readonly deployment: string;
  readonly model: string;
  readonly version: string;
  /** Mean over the part of the stretch in which it existed. */
  readonly units: number;
}

interface Span extends UnitsDeployed {
  readonly fromMs: number;
  /** null: it still is. */
  toMs: number | null;
}

/** Kept of one resource; an older one makes room. Each change of units or model begins one. */
export const SPANS_MAX = 1_000;

/** One that came or went at this very moment counts as if it had been there for so long. Milliseconds. */
const MOMENT_MS = 0.001;

/** Another model under the same name is another deployment. */
export function unitsKey({ name, servedModel }: Deployment): string {
  return `${name}\n${servedModel}`;
}

export class UnitsLog {
  readonly #spans: Span[] = [];
  /** Those that still are, by the deployment's name. */
  readonly #open = new Map<string, Span>();

  /** Notes what has changed; to be called at every change, and harmless between. */
  look(deployments: ReadonlyMap<string, Deployment>, nowMs: number): void {
    for (const [name, span] of this.#open) {
      const deployment = deployments.get(name);
      if (deployment !== undefined && isSame(span, deployment)) continue;
      span.toMs = nowMs;
      this.#open.delete(name);
    }
    for (const [name, deployment] of deployments) {
      if (!isProvisioned(deployment.type) || this.#open.has(name)) continue;
      const span = spanOf(deployment, nowMs);
      this.#open.set(name, span);
      this.#spans.push(span);
      if (this.#spans.length > SPANS_MAX) this.#spans.shift();
    }
  }

  /** When the first one that is known began; null where none is. Milliseconds since 1970. */
  get fromMs(): number | null {
    return this.#spans[0]?.fromMs ?? null;
  }

  /** @param toMs exclusive; not after now. */
  during(fromMs: number, toMs: number): readonly UnitsDeployed[] {
    const found = new Map<string, { readonly span: Span; readonly unitMs: number; readonly ms: number }>();
    for (const span of this.#spans) {
      const until = span.toMs ?? Number.POSITIVE_INFINITY;
      const isOver = until < fromMs || (until === fromMs && span.fromMs < fromMs);
      if (span.fromMs >= toMs || isOver) continue;
      const ms = Math.max(MOMENT_MS, Math.min(until, toMs) - Math.max(span.fromMs, fromMs));
      const before = found.get(span.key) ?? { unitMs: 0, ms: 0 };
      found.set(span.key, { span, unitMs: before.unitMs + span.units * ms, ms: before.ms + ms });
    }
    return [...found.values()].map(({ span: { key, deployment, model, version }, unitMs, ms }) => {
      return { key, deployment, model, version, units: unitMs / ms };
    });
  }
}

function isSame({ key, units }: Span, deployment: Deployment): boolean {
  return isProvisioned(deployment.type) && key === unitsKey(deployment) && units === deployment.capacity;
}

function spanOf(deployment: Deployment, fromMs: number): Span {
  const { name, facts, modelVersion, capacity } = deployment;
  const key = unitsKey(deployment);
  return { key, deployment: name, model: facts.name, version: modelVersion ?? '', units: capacity, fromMs, toMs: null };
}
