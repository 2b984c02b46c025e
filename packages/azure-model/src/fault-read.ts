/** Reads a fault from JSON, as an admin or a configuration file sends it; every error at once, each with its place, value and rule. */
import { isRecord } from '@spillway/protocol';
import { FAULT_KINDS, type FaultKind, type FaultSpec, GARBAGE_VARIANTS, STREAM_ERRORS } from './fault-spec.ts';

export type FaultRead =
  | { readonly kind: 'spec'; readonly spec: FaultSpec }
  | { readonly kind: 'errors'; readonly errors: readonly string[] };

/** Longest delay, start and length: a fault is meant for a test, not for days. Milliseconds. */
const FAULT_MS_MAX = 86_400_000;
const DELAY_MS_MAX = 3_600_000;
const BODY_CHARS_MAX = 1_000_000;
const HEADERS_MAX = 50;
const FACTOR_MAX = 1000;
/** A day, the longest wait that Azure was seen to ask for (wire §3.4). */
const RETRY_AFTER_SECONDS_MAX = 86_400;

const DEFAULTS: FaultSpec = {
  resource: null,
  deployment: null,
  kind: 'status',
  startMs: 0,
  lengthMs: null,
  times: 1,
  share: 1,
  delayMs: 0,
  status: 500,
  headers: {},
  body: null,
  afterEvents: 1,
  afterBytes: null,
  factor: 10,
  error: 'server_error',
  variant: 'truncated-json',
  retryAfterSeconds: 20,
};

/** Which keys say something to which kinds; the others say something to all. */
const KINDS_OF: Readonly<Record<string, readonly FaultKind[]>> = {
  deployment: FAULT_KINDS.filter((kind) => kind !== 'outage'),
  times: FAULT_KINDS.filter((kind) => kind !== 'outage'),
  share: FAULT_KINDS.filter((kind) => kind !== 'outage'),
  status: ['status', 'garbage'],
  headers: ['status'],
  body: ['status'],
  afterEvents: ['cut', 'in-stream-error', 'garbage'],
  afterBytes: ['cut'],
  factor: ['slow'],
  error: ['in-stream-error'],
  variant: ['garbage'],
  retryAfterSeconds: ['capacity'],
};

/** @param deployments names of the deployments of each resource there is. */
export function readFault(value: unknown, deployments: ReadonlyMap<string, readonly string[]>): FaultRead {
  if (!isRecord(value)) return { kind: 'errors', errors: ['body: expected a JSON object with a `kind`'] };
  const fields = new Fields(value);
  const kind = fields.oneOf('kind', FAULT_KINDS, null);
  if (kind !== null) checkKeys(fields, kind);
  else checkKnown(fields);
  checkNames(fields, deployments);
  const spec = specOf(fields, kind ?? DEFAULTS.kind);
  if (kind === 'delay' && spec.delayMs === 0) fields.say('delayMs', 'is no delay; give milliseconds above 0');
  const { errors } = fields;
  return errors.length === 0 ? { kind: 'spec', spec } : { kind: 'errors', errors };
}

function specOf(fields: Fields, kind: FaultKind): FaultSpec {
  const { resource, deployment } = fields.value;
  const variant = fields.oneOf('variant', GARBAGE_VARIANTS, DEFAULTS.variant) ?? DEFAULTS.variant;
  const lengthMs = fields.wholeOrNull('lengthMs', 1, FAULT_MS_MAX);
  return {
    resource: typeof resource === 'string' ? resource : null,
    deployment: typeof deployment === 'string' ? deployment : null,
    kind,
    startMs: fields.whole('startMs', 0, 0, FAULT_MS_MAX),
    lengthMs,
    delayMs: fields.whole('delayMs', 0, 0, DELAY_MS_MAX),
    status: fields.whole('status', kind === 'garbage' ? 200 : DEFAULTS.status, 200, 599),
    headers: readHeaders(fields),
    body: readBody(fields),
    afterEvents: fields.whole('afterEvents', DEFAULTS.afterEvents, 0, Number.MAX_SAFE_INTEGER),
    afterBytes: fields.wholeOrNull('afterBytes', 0, Number.MAX_SAFE_INTEGER),
    factor: fields.above('factor', DEFAULTS.factor, 1, FACTOR_MAX),
    error: fields.oneOf('error', STREAM_ERRORS, DEFAULTS.error) ?? DEFAULTS.error,
    variant,
    retryAfterSeconds: fields.whole('retryAfterSeconds', DEFAULTS.retryAfterSeconds, 1, RETRY_AFTER_SECONDS_MAX),
    times: readTimes(fields, kind, lengthMs),
    share: fields.above('share', DEFAULTS.share, 0, 1),
  };
}

/** A fault with a length hits all that time. */
function readTimes(fields: Fields, kind: FaultKind, lengthMs: number | null): number | null {
  const { times } = fields.value;
  if (times === null || kind === 'outage' || (times === undefined && lengthMs !== null)) return null;
  return fields.whole('times', 1, 1, Number.MAX_SAFE_INTEGER);
}

/** The fields of a fault, and what was found wrong with them. */
class Fields {
  readonly value: Readonly<Record<string, unknown>>;
  readonly errors: string[] = [];

  constructor(value: Readonly<Record<string, unknown>>) {
    this.value = value;
  }

  say(place: string, rule: string): void {
    this.errors.push(`${place}: ${shown(this.value[place])} ${rule}`);
  }

  /** @returns `otherwise` where it is not given or wrong. */
  whole(place: string, otherwise: number, low: number, high: number): number {
    const given = this.value[place] ?? otherwise;
    if (typeof given === 'number' && Number.isInteger(given) && given >= low && given <= high) return given;
    this.say(place, `is not a whole number from ${low} to ${high}`);
    return otherwise;
  }

  wholeOrNull(place: string, low: number, high: number): number | null {
    return this.value[place] == null ? null : this.whole(place, low, low, high);
  }

  above(place: string, otherwise: number, low: number, high: number): number {
    const given = this.value[place] ?? otherwise;
    if (typeof given === 'number' && given > low && given <= high) return given;
    this.say(place, `is not above ${low} and at most ${high}`);
    return otherwise;
  }

  /** @param otherwise where it is not given; null: it must be. */
  oneOf<T extends string>(place: string, known: readonly T[], otherwise: T | null): T | null {
    const given = this.value[place];
    if (given === undefined && otherwise !== null) return otherwise;
    const found = known.find((one) => one === given);
    if (found === undefined) this.say(place, `is not one of ${known.join(', ')}`);
    return found ?? null;
  }
}

function checkKnown({ value, errors }: Fields): void {
  const known = Object.keys(DEFAULTS);
  for (const key of Object.keys(value))
    if (!known.includes(key)) errors.push(`${key}: unknown; known are ${known.join(', ')}`);
}

/** What a kind would ignore is refused, but for defaults: a fault can be sent again as it was shown. */
function checkKeys(fields: Fields, kind: FaultKind): void {
  checkKnown(fields);
  for (const [key, kinds] of Object.entries(KINDS_OF)) {
    const given = fields.value[key];
    if (given == null || kinds.includes(kind) || (key !== 'times' && isDefault(key, given))) continue;
    fields.say(key, `says nothing to the kind ${kind}, only to ${kinds.join(', ')}; leave it out`);
  }
}

function isDefault(key: string, given: unknown): boolean {
  const found = Object.entries(DEFAULTS).find(([name]) => name === key);
  return JSON.stringify(found?.[1]) === JSON.stringify(given);
}

function checkNames(fields: Fields, deployments: ReadonlyMap<string, readonly string[]>): void {
  const { resource, deployment } = fields.value;
  const names = [...deployments.keys()];
  if (resource != null && !names.some((name) => name === resource)) {
    fields.say('resource', `is no resource; there are ${names.join(', ')}`);
    return;
  }
  const candidates =
    typeof resource === 'string' ? (deployments.get(resource) ?? []) : [...deployments.values()].flat();
  if (deployment != null && !candidates.some((name) => name === deployment)) {
    fields.say('deployment', `is no deployment; there are ${[...new Set(candidates)].join(', ')}`);
  }
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** Visible ASCII and blanks: what may stand in a header without ending it. */
const HEADER_VALUE = /^[\x20-\x7e\t]*$/;

/** Told of the answer as it is sent: another word for it would make another answer of it, or none. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'trailer']);

function readHeaders(fields: Fields): Readonly<Record<string, string>> {
  const value = fields.value.headers;
  if (value === undefined || value === null) return {};
  const headers: Record<string, string> = {};
  const entries = isRecord(value) ? Object.entries(value) : null;
  if (entries === null || entries.length > HEADERS_MAX) {
    fields.say('headers', `is not an object of at most ${HEADERS_MAX} headers`);
    return {};
  }
  for (const [name, content] of entries) {
    const text = typeof content === 'number' ? String(content) : content;
    if (!HEADER_NAME.test(name.toLowerCase()) || typeof text !== 'string' || !HEADER_VALUE.test(text)) {
      fields.say('headers', `has ${shown(name)}: a header needs a name and a text of one line`);
    } else if (FRAMING.has(name.toLowerCase())) {
      fields.say('headers', `has ${shown(name)}, which says where the answer ends; the kinds cut and garbage break it`);
    } else headers[name.toLowerCase()] = text;
  }
  return headers;
}

function readBody(fields: Fields): string | null {
  const value = fields.value.body;
  if (value === undefined || value === null) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text.length <= BODY_CHARS_MAX) return text;
  fields.say('body', `is longer than ${BODY_CHARS_MAX} characters`);
  return null;
}

const SHOWN_CHARS_MAX = 60;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= SHOWN_CHARS_MAX ? text : `${text.slice(0, SHOWN_CHARS_MAX)}…`;
}
