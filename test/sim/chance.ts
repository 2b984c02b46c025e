/** Choices by chance, for tests that print their seed. */
import { seededUnit, type Unit } from '@spillway/clock';

export class Chance {
  readonly #unit: Unit;

  constructor(seed: number) {
    this.#unit = seededUnit(seed);
  }

  /** A whole number from 0 up to, not with, `end`. */
  below(end: number): number {
    return Math.floor(this.#unit() * end);
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  of<T>(values: readonly [T, ...T[]]): T {
    return values[this.below(values.length)] ?? values[0];
  }

  /** Text of up to so many characters, of any kind: letters, signs, controls, beyond Latin, lone surrogates. */
  text(lengthMax: number): string {
    let text = '';
    for (let length = this.below(lengthMax + 1); length > 0; length--) text += String.fromCharCode(this.#unitOfText());
    return text;
  }

  bytes(lengthMax: number): Buffer {
    return Buffer.from(Array.from({ length: this.below(lengthMax + 1) }, () => this.below(256)));
  }

  #unitOfText(): number {
    if (this.oneIn(10)) return this.below(0x10000);
    return this.oneIn(20) ? this.below(0x20) : 0x20 + this.below(0x5f);
  }
}
