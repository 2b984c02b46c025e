/**
 * Who owns ids that the gateway has not sealed: made without it, or in an answer that could not be rewritten. In memory, bounded, and
 * lost with the process: then the owners are asked once more.
 */

import { idSpans } from '@spillway/protocol';

/** The one used longest ago makes room. */
export const OWNERS_MAX = 10_000;

export class Owners {
  readonly #byId = new Map<string, string>();

  /** @returns the name of the backend, null where it is not known. */
  of(id: string): string | null {
    const owner = this.#byId.get(id);
    if (owner === undefined) return null;
    this.#byId.delete(id);
    this.#byId.set(id, owner);
    return owner;
  }

  learn(id: string, owner: string): void {
    this.#byId.delete(id);
    this.#byId.set(id, owner);
    if (this.#byId.size <= OWNERS_MAX) return;
    const oldest = this.#byId.keys().next().value;
    if (oldest !== undefined) this.#byId.delete(oldest);
  }

  /** @param json an answer whose ids stay as they are: each is this owner's. */
  learnFrom(json: Buffer, owner: string): void {
    for (const { kind, text } of idSpans(json)) if (kind === 'id') this.learn(text, owner);
  }

  forget(id: string): void {
    this.#byId.delete(id);
  }

  get size(): number {
    return this.#byId.size;
  }
}
