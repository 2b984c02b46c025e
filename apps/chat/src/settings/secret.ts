/** A value that is never printed: not in a log line, not in an error, not as JSON. Only {@link Secret.reveal} gives it out. */
import { inspect } from 'node:util';

const HIDDEN = '***';

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

export function secretOf(value: string): Secret {
  return new Secret(value);
}
