/** What a route of the control plane is given, and what it answers. */
import { createHash } from 'node:crypto';
import type { Simulation } from '../simulation.ts';

export interface ArmCall {
  readonly simulation: Simulation;
  /** What stands in the path in place of `{…}`, decoded, in order. */
  readonly names: readonly string[];
  readonly query: URLSearchParams;
  /** Parsed; undefined where there is none. */
  readonly body: unknown;
  /** Of the request, for links that the client follows: `https://127.0.0.1:9000`. */
  readonly origin: string;
  readonly apiVersion: string;
  readonly nowMs: number;
}

export interface ArmAnswer {
  readonly status: number;
  /** undefined: no body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ArmRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Compared whatever the case of its letters, as ARM does. */
  readonly path: string;
  /** @throws ArmError, or Refused where the simulation cannot do it. */
  readonly act: (call: ArmCall) => ArmAnswer | Promise<ArmAnswer>;
}

export function listed(value: readonly unknown[]): ArmAnswer {
  return { status: 200, body: { value } };
}

export function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** As ARM writes moments. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

/** Who made it: tokens are not looked into. */
export function systemData({ createdMs, modifiedMs }: { readonly createdMs: number; readonly modifiedMs: number }) {
  return {
    createdBy: 'simulated',
    createdByType: 'Application',
    createdAt: timeText(createdMs),
    lastModifiedBy: 'simulated',
    lastModifiedByType: 'Application',
    lastModifiedAt: timeText(modifiedMs),
  };
}

/** Another one whenever something of it is. */
export function etagOf(content: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32)}"`;
}
