/**
 * Faults on demand: which requests they hit, and what then happens. Playing them on a connection is the app's matter.
 * A fault hits requests after their body has been read and before anything is counted against a quota.
 */
import { isRecord } from '@spillway/protocol';
import type { Unit } from './prose.ts';

/**
 * status: answers with a status instead of serving.
 * delay: serves, after `delayMs`.
 * reset: resets the connection instead of answering.
 * hang: never answers.
 * cut: answers, and breaks the connection within the body.
 * cut-before-body: sends the head of the answer, and breaks the connection before the first byte of the body.
 */
export const FAULT_KINDS = ['status', 'delay', 'reset', 'hang', 'cut', 'cut-before-body'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface FaultSpec {
  /** Name of the resource it hits; null for all. */
  readonly resource: string | null;
  /** Name of the deployment it hits; null for every request. */
  readonly deployment: string | null;
  readonly kind: FaultKind;
  /** For `status`: 200 to 599; default 500. */
  readonly status: number;
  /** For `status`: sent besides the usual ones, and in place of those of the same name. */
  readonly headers: Readonly<Record<string, string>>;
  /** For `status`; null for the body that Azure sends with it. */
  readonly body: string | null;
  /** Waited before anything else happens, whatever the kind. Milliseconds; default 0. */
  readonly delayMs: number;
  /** For `cut` of a stream: content events that still pass; default 1. */
  readonly afterEvents: number;
  /** For `cut`: bytes of the body that still pass. null: half of a JSON body, and `afterEvents` of a stream. */
  readonly afterBytes: number | null;
  /** Requests it hits before it is spent; null: until it is deleted. Default 1. */
  readonly times: number | null;
  /** Of the requests it matches, the share that it hits: above 0, up to 1. Default 1. */
  readonly share: number;
}

export interface Fault {
  readonly id: string;
  readonly spec: FaultSpec;
  /** Requests hit so far. */
  readonly hits: number;
}

/** Faults kept, spent ones included; a spent one makes room. */
export const FAULTS_MAX = 1000;
/** Longest delay: a fault is meant for a test, not for days. Milliseconds. */
const DELAY_MS_MAX = 3_600_000;
const BODY_CHARS_MAX = 1_000_000;
const HEADERS_MAX = 50;

interface Entry {
  readonly id: string;
  readonly spec: FaultSpec;
  hits: number;
}

export class Faults {
  readonly #entries = new Map<string, Entry>();
  #active: Entry[] = [];
  #numbered = 0;

  /** @returns null where {@link FAULTS_MAX} faults are waiting. */
  add(spec: FaultSpec): Fault | null {
    if (this.#entries.size >= FAULTS_MAX && !this.#dropSpent()) return null;
    const entry: Entry = { id: `fault-${++this.#numbered}`, spec, hits: 0 };
    this.#entries.set(entry.id, entry);
    this.#active.push(entry);
    return { ...entry };
  }

  list(): readonly Fault[] {
    return [...this.#entries.values()].map((entry) => ({ ...entry }));
  }

  get(id: string): Fault | null {
    const entry = this.#entries.get(id);
    return entry === undefined ? null : { ...entry };
  }

  remove(id: string): boolean {
    this.#active = this.#active.filter((entry) => entry.id !== id);
    return this.#entries.delete(id);
  }

  clear(): void {
    this.#entries.clear();
    this.#active = [];
  }

  /** The first fault that hits this request, counted as a hit; the chance of a share is drawn once for each fault that matches. */
  take(resource: string, deployment: string | null, unit: Unit): FaultSpec | null {
    if (this.#active.length === 0) return null;
    for (const entry of this.#active) {
      const { spec } = entry;
      if (spec.resource !== null && spec.resource !== resource) continue;
      if (spec.deployment !== null && spec.deployment !== deployment) continue;
      if (spec.share < 1 && unit() >= spec.share) continue;
      entry.hits++;
      if (isSpent(entry)) this.#active = this.#active.filter((other) => other !== entry);
      return spec;
    }
    return null;
  }

  #dropSpent(): boolean {
    for (const entry of this.#entries.values()) if (isSpent(entry)) return this.#entries.delete(entry.id);
    return false;
  }
}

function isSpent(entry: Entry): boolean {
  return entry.spec.times !== null && entry.hits >= entry.spec.times;
}

export type FaultRead =
  | { readonly kind: 'spec'; readonly spec: FaultSpec }
  | { readonly kind: 'errors'; readonly errors: readonly string[] };

const KEYS = [
  'resource',
  'deployment',
  'kind',
  'status',
  'headers',
  'body',
  'delayMs',
  'afterEvents',
  'afterBytes',
  'times',
  'share',
];

/**
 * Reads a fault as sent to the admin route; every error at once, each with its place, value and rule.
 * @param deployments names of the deployments of each resource there is.
 */
export function readFault(value: unknown, deployments: ReadonlyMap<string, readonly string[]>): FaultRead {
  if (!isRecord(value)) return { kind: 'errors', errors: ['body: expected a JSON object with a `kind`'] };
  const errors: string[] = [];
  const say = (place: string, rule: string): void => {
    errors.push(`${place}: ${shown(value[place])} ${rule}`);
  };
  for (const key of Object.keys(value))
    if (!KEYS.includes(key)) errors.push(`${key}: unknown; known are ${KEYS.join(', ')}`);
  const kind = FAULT_KINDS.find((known) => known === value.kind);
  if (kind === undefined) say('kind', `is not one of ${FAULT_KINDS.join(', ')}`);
  checkNames(value, deployments, say);
  const number = (place: string, otherwise: number, low: number, high: number): number => {
    const given = value[place] ?? otherwise;
    if (typeof given === 'number' && Number.isInteger(given) && given >= low && given <= high) return given;
    say(place, `is not a whole number from ${low} to ${high}`);
    return otherwise;
  };
  const spec: FaultSpec = {
    resource: typeof value.resource === 'string' ? value.resource : null,
    deployment: typeof value.deployment === 'string' ? value.deployment : null,
    kind: kind ?? 'status',
    status: number('status', 500, 200, 599),
    headers: readHeaders(value.headers, say),
    body: readBody(value.body, say),
    delayMs: number('delayMs', 0, 0, DELAY_MS_MAX),
    afterEvents: number('afterEvents', 1, 0, Number.MAX_SAFE_INTEGER),
    afterBytes: value.afterBytes == null ? null : number('afterBytes', 0, 0, Number.MAX_SAFE_INTEGER),
    times: value.times === null ? null : number('times', 1, 1, Number.MAX_SAFE_INTEGER),
    share: readShare(value.share, say),
  };
  if (kind === 'delay' && spec.delayMs === 0) say('delayMs', 'is no delay; give milliseconds above 0');
  return errors.length === 0 ? { kind: 'spec', spec } : { kind: 'errors', errors };
}

type Say = (place: string, rule: string) => void;

function checkNames(
  value: Record<string, unknown>,
  deployments: ReadonlyMap<string, readonly string[]>,
  say: Say,
): void {
  const { resource, deployment } = value;
  const names = [...deployments.keys()];
  if (resource != null && !names.some((name) => name === resource)) {
    say('resource', `is no resource; there are ${names.join(', ')}`);
    return;
  }
  const candidates =
    typeof resource === 'string' ? (deployments.get(resource) ?? []) : [...deployments.values()].flat();
  if (deployment != null && !candidates.some((name) => name === deployment)) {
    say('deployment', `is no deployment; there are ${[...new Set(candidates)].join(', ')}`);
  }
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** Visible ASCII and blanks: what may stand in a header without ending it. */
const HEADER_VALUE = /^[\x20-\x7e\t]*$/;

function readHeaders(value: unknown, say: Say): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  const headers: Record<string, string> = {};
  const entries = isRecord(value) ? Object.entries(value) : null;
  if (entries === null || entries.length > HEADERS_MAX) {
    say('headers', `is not an object of at most ${HEADERS_MAX} headers`);
    return {};
  }
  for (const [name, content] of entries) {
    const text = typeof content === 'number' ? String(content) : content;
    if (!HEADER_NAME.test(name.toLowerCase()) || typeof text !== 'string' || !HEADER_VALUE.test(text)) {
      say('headers', `has ${shown(name)}: a header needs a name and a text of one line`);
    } else headers[name.toLowerCase()] = text;
  }
  return headers;
}

function readBody(value: unknown, say: Say): string | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text.length <= BODY_CHARS_MAX) return text;
  say('body', `is longer than ${BODY_CHARS_MAX} characters`);
  return null;
}

function readShare(value: unknown, say: Say): number {
  if (value === undefined) return 1;
  if (typeof value === 'number' && value > 0 && value <= 1) return value;
  say('share', 'is not above 0 and at most 1');
  return 1;
}

const SHOWN_CHARS_MAX = 60;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= SHOWN_CHARS_MAX ? text : `${text.slice(0, SHOWN_CHARS_MAX)}…`;
}
