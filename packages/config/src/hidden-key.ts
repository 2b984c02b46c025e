/**
 * A key that is there to be used, and is not told along with what it belongs to: a deployment is part of events and decisions, and
 * whoever writes one of those out as JSON, or prints it, must not find the key of its backend there.
 */
export class HiddenKey {
  readonly kind = 'key';
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  get key(): string {
    return this.#key;
  }
}
