/** What a person asked for and cannot have. */

export type RefusedFor = 'invalid' | 'tooMany' | 'portTaken';

/** What a person asked for cannot be done; `errors` say why, each with place, value, rule and way out. */
export class Refused extends Error {
  readonly reason: RefusedFor;
  readonly errors: readonly string[];

  constructor(reason: RefusedFor, errors: readonly string[]) {
    super(errors.join('\n'));
    this.reason = reason;
    this.errors = errors;
  }
}
