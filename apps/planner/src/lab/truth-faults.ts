/** Which faults a deployment has at a moment, and the dice of those that strike by chance: the same for whoever asks. */
import type { Arrival, LabFault } from './types.ts';

export type Fault = LabFault['fault'];
type FaultOf<K extends Fault['kind']> = Extract<Fault, { readonly kind: K }>;

export class TrueFaults {
  readonly #mine: readonly LabFault[];
  readonly #seed: number;

  constructor(faults: readonly LabFault[], deployment: string, seed: number) {
    this.#mine = faults.filter((fault) => fault.deployment === deployment);
    this.#seed = hash(textHash(deployment), seed);
  }

  /** The first of its kind that is on now. */
  on<K extends Fault['kind']>(kind: K, nowMs: number): FaultOf<K> | null {
    for (const { fault, fromMs, toMs } of this.#mine) {
      if (isOf(fault, kind) && fromMs <= nowMs && nowMs < toMs) return fault;
    }
    return null;
  }

  /** Those of its kind, whenever they are on. */
  all(kind: Fault['kind']): readonly LabFault[] {
    return this.#mine.filter(({ fault }) => fault.kind === kind);
  }

  /** Whether regional demand refuses this request now; decided anew each second. */
  demands(arrival: Arrival, nowMs: number): FaultOf<'demand'> | null {
    const demand = this.on('demand', nowMs);
    if (demand === null) return null;
    const bits = hash(hash(this.#seed, Math.floor(arrival.atMs * 8)), Math.floor(nowMs / DEMAND_SLICE_MS));
    return bits / 2 ** 32 < demand.share ? demand : null;
  }
}

export const DEMAND_SLICE_MS = 1_000;

function isOf<K extends Fault['kind']>(fault: Fault, kind: K): fault is FaultOf<K> {
  return fault.kind === kind;
}

/** Well mixed, unsigned 32 bits (murmur3's last steps). */
export function hash(one: number, other: number): number {
  let bits = Math.imul(one ^ Math.imul(other, 0x9e3779b1), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

export function textHash(text: string): number {
  let bits = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x01000193);
  return bits >>> 0;
}
