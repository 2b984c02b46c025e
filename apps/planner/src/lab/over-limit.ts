/** A scenario asks for more than a run may take: its author's matter, told without a stack. */

const CODE = 'SCENARIO_OVER_LIMIT';

/** The message names scenario, figure, limit and the way out. */
export class OverLimit extends RangeError {
  readonly code = CODE;
}

/** What a worker threw comes as a plain error: its code is left of what it was. */
export function isOverLimit(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === CODE;
}
