/** Identifiers that look like Azure's and are the same for the same seed and order of requests. */
import { mix32 } from './text.ts';

export class Ids {
  readonly #seed: number;
  #drawn = 0;

  constructor(seed: number) {
    this.#seed = mix32(seed ^ 0x5bd1e995);
  }

  /** A version 4 GUID, as in `apim-request-id`. */
  guid(): string {
    const a = this.#hex();
    const b = this.#hex();
    const c = this.#hex();
    return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${this.#hex()}`;
  }

  /** The id of an answer: `chatcmpl-` and 28 letters and digits. */
  completion(): string {
    return `chatcmpl-${this.#word()}${this.#word()}${this.#word()}${this.#word()}`;
  }

  toolCall(): string {
    return `call_${this.#word()}${this.#word()}${this.#word()}`;
  }

  #next(): number {
    this.#drawn = (this.#drawn + 0x9e3779b9) >>> 0;
    return mix32(this.#seed + this.#drawn);
  }

  #hex(): string {
    return this.#next().toString(16).padStart(8, '0');
  }

  #word(): string {
    return this.#next().toString(36).padStart(7, '0');
  }
}
