/** Identifiers that look like Azure's and are the same for the same seed and order of requests. */
import { mix32 } from './text.ts';

export class Ids {
  #seed: number;
  #drawn = 0;

  constructor(seed: number) {
    this.#seed = mix32(seed ^ 0x5bd1e995);
  }

  /** Begins anew, as if just made with this seed. */
  reseed(seed: number): void {
    this.#seed = mix32(seed ^ 0x5bd1e995);
    this.#drawn = 0;
  }

  /** A version 4 GUID, as in `apim-request-id`. */
  guid(): string {
    const a = this.#hex();
    const b = this.#hex();
    const c = this.#hex();
    return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${this.#hex()}`;
  }

  /** The id of an answer: `chatcmpl-` and 28 letters and digits, or a likeness. */
  answer(operation: 'chat' | 'completions' | 'responses'): string {
    if (operation === 'responses') return this.object('resp_');
    return `${operation === 'chat' ? 'chatcmpl' : 'cmpl'}-${this.#word()}${this.#word()}${this.#word()}${this.#word()}`;
  }

  /** An id of a response or one of its items: a prefix such as `resp_` and 48 hexadecimal digits. */
  object(prefix: string): string {
    let id = prefix;
    for (let i = 0; i < 6; i++) id += this.#hex();
    return id;
  }

  /** An id of a file: a prefix such as `file-` and 32 hexadecimal digits. */
  file(prefix: string): string {
    return `${prefix}${this.#hex()}${this.#hex()}${this.#hex()}${this.#hex()}`;
  }

  /** An id of an assistant, a thread, a vector store: a prefix such as `vs_` and 24 letters and digits. */
  short(prefix: string): string {
    return `${prefix}${this.#word()}${this.#word()}${this.#word()}${this.#word()}`.slice(0, prefix.length + 24);
  }

  /** As in `azureml-model-session`. */
  modelSession(): string {
    return `d${String(this.#next() % 1000).padStart(3, '0')}-20240215231538`;
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
