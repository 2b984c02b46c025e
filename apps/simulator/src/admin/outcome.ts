/** What an admin route is given, and what it answers. */
import type { Simulation } from '../simulation.ts';

/** @property names what stands in the path in place of `{…}`, decoded, in order. */
export interface Call {
  readonly names: readonly string[];
  readonly query: URLSearchParams;
  /** Parsed; undefined where there is none. */
  readonly body: unknown;
}

export interface Outcome {
  readonly status: number;
  readonly body: unknown;
  /** Broken into lines. */
  readonly isForPeople?: true;
}

export type Action = (simulation: Simulation, call: Call) => Outcome | Promise<Outcome>;

export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** For people: what it does, what its body or query may hold. */
  readonly does: string;
  readonly act: Action;
}

export function ok(body: unknown): Outcome {
  return { status: 200, body };
}

export function created(body: unknown): Outcome {
  return { status: 201, body };
}

export function failed(status: number, code: string, errors: readonly string[]): Outcome {
  return { status, body: { error: { code, message: errors.join('; '), errors } } };
}

export function invalid(errors: readonly string[]): Outcome {
  return failed(400, 'invalid', errors);
}

const SHOWN_CHARS_MAX = 60;

/** A value in an error, short. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= SHOWN_CHARS_MAX ? text : `${text.slice(0, SHOWN_CHARS_MAX)}…`;
}
