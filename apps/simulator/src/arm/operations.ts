/** Long-running operations: what a client asks until something is there, or gone. */
import type { ArmError } from './arm-error.ts';

/** Remembered at once; the oldest are forgotten. */
export const OPERATIONS_MAX = 1_000;

export interface Operation {
  readonly id: string;
  readonly startedMs: number;
  /** Earlier where it was cancelled. */
  doneMs: number;
  /** Whether something is still to be made when its time has come: timers of the machine ring a little late. */
  waits: boolean;
  /** null: it succeeds. */
  failure: ArmError | null;
}

/** Whether it has ended, however it did. */
export function isOver({ doneMs, waits }: Operation, nowMs: number): boolean {
  return nowMs >= doneMs && !waits;
}

export class Operations {
  readonly #byId = new Map<string, Operation>();
  #begun = 0;

  begin(startedMs: number, doneMs: number): Operation {
    this.#begun++;
    // In the form of Azure's ids, counted, so that runs are alike.
    const id = `00000000-0000-4000-8000-${this.#begun.toString(16).padStart(12, '0')}`;
    const operation = { id, startedMs, doneMs, waits: false, failure: null };
    this.#byId.set(id, operation);
    const oldest = this.#byId.keys().next().value;
    if (this.#byId.size > OPERATIONS_MAX && oldest !== undefined) this.#byId.delete(oldest);
    return operation;
  }

  get(id: string): Operation | null {
    return this.#byId.get(id.toLowerCase()) ?? null;
  }
}
