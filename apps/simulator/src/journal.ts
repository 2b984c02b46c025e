/** The requests received last, for tests and for people: what came in, as it came, without its secrets. */
import type { FaultKind } from '@spillway/azure-model';

/** One request of the data plane that has ended. */
export interface RequestLine {
  /** When it came. Milliseconds since 1970. */
  readonly timeMs: number;
  readonly resource: string;
  readonly method: string;
  readonly path: string;
  /** As asked for, whether or not it exists; null where none was named. */
  readonly deployment: string | null;
  /** 499: the client left before the end, as in Azure's logs. null: nothing was answered, by a fault. */
  readonly status: number | null;
  readonly fault: FaultKind | null;
  /** On the simulator's clock, as `timeMs`. */
  readonly durationMs: number;
}

/** As GET /admin/journal shows it. */
export interface JournalEntry {
  readonly timeMs: number;
  readonly resource: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly deployment: string | null;
  /** null: not answered yet, or never. */
  readonly status: number | null;
  /** From its arrival to the end of its answer, on the simulator's clock; null until then. Milliseconds. */
  readonly durationMs: number | null;
  readonly fault: FaultKind | null;
  /** What came as `api-key`, masked; null where nothing did. */
  readonly apiKey: string | null;
  /** What came as `Authorization`, masked. */
  readonly authorization: string | null;
  /** All others, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it came, up to {@link BODY_CHARS_MAX}; null where bodies are not kept, or no longer. */
  readonly body: string | null;
  /** Its whole length; null until it is there. Characters. */
  readonly bodyChars: number | null;
}

/** What a request must be to be shown. */
export interface JournalFilter {
  readonly resource?: string;
  readonly deployment?: string;
  readonly status?: number;
  /** The last so many of those that fit. */
  readonly limit?: number;
}

export type HeaderMap = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request on its way. Headers are kept as they came and masked when shown, so that noting one costs nothing. */
export interface Note {
  readonly timeMs: number;
  readonly resource: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: HeaderMap;
  deployment: string | null;
  status: number | null;
  durationMs: number | null;
  fault: FaultKind | null;
  body: string | null;
  bodyChars: number | null;
}

/** Requests kept; an older one makes room. */
export const JOURNAL_ENTRIES_MAX = 1000;
/** Kept of one body: longer prompts are cut. Characters. */
export const BODY_CHARS_MAX = 64 * 1024;
/** Kept of all bodies together; beyond that the oldest are dropped. Characters. */
export const BODIES_CHARS_MAX = 16 * 1024 * 1024;

export class Journal {
  #notes: Note[] = [];
  #next = 0;
  /** Notes with a body, oldest first from `#firstBody`. */
  #withBody: Note[] = [];
  #firstBody = 0;
  #bodiesChars = 0;
  /** Whether bodies are kept from now on. They hold what people wrote: only where somebody asks for it. */
  keepsBodies: boolean;

  constructor(keepsBodies = false) {
    this.keepsBodies = keepsBodies;
  }

  get size(): number {
    return this.#notes.length;
  }

  add(note: Note): void {
    const oldest = this.#notes[this.#next];
    if (oldest !== undefined) this.#forgetBody(oldest);
    this.#notes[this.#next] = note;
    this.#next = (this.#next + 1) % JOURNAL_ENTRIES_MAX;
  }

  /** Once the body is there, which may be long after the note was added, or never. */
  addBody(note: Note, body: string): void {
    note.bodyChars = body.length;
    if (!this.keepsBodies || body === '') return;
    note.body = body.length <= BODY_CHARS_MAX ? body : body.slice(0, BODY_CHARS_MAX);
    this.#withBody.push(note);
    this.#bodiesChars += note.body.length;
    while (this.#bodiesChars > BODIES_CHARS_MAX || this.#withBody.length - this.#firstBody > JOURNAL_ENTRIES_MAX) {
      const first = this.#withBody[this.#firstBody++];
      if (first !== undefined) this.#forgetBody(first);
    }
    if (this.#firstBody <= JOURNAL_ENTRIES_MAX) return;
    this.#withBody = this.#withBody.slice(this.#firstBody);
    this.#firstBody = 0;
  }

  /** Oldest first. */
  entries(filter: JournalFilter = {}): readonly JournalEntry[] {
    const { resource, deployment, status, limit = JOURNAL_ENTRIES_MAX } = filter;
    const inOrder = [...this.#notes.slice(this.#next), ...this.#notes.slice(0, this.#next)];
    const fitting = inOrder.filter(
      (note) =>
        (resource === undefined || note.resource === resource) &&
        (deployment === undefined || note.deployment === deployment) &&
        (status === undefined || note.status === status),
    );
    return fitting.slice(Math.max(0, fitting.length - limit)).map(shown);
  }

  clear(): void {
    this.#notes = [];
    this.#next = 0;
    for (const note of this.#withBody) this.#forgetBody(note);
    this.#withBody = [];
    this.#firstBody = 0;
  }

  #forgetBody(note: Note): void {
    this.#bodiesChars -= note.body?.length ?? 0;
    note.body = null;
  }
}

const SECRET_HEADERS = new Set(['api-key', 'authorization', 'cookie', 'proxy-authorization']);

function shown(note: Note): JournalEntry {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(note.headers)) {
    if (value !== undefined && !SECRET_HEADERS.has(name)) headers[name] = String(value);
  }
  const { timeMs, resource, method, path, deployment, status, durationMs, fault } = note;
  return {
    timeMs,
    resource,
    method,
    path,
    query: note.query.replace(/(^|&)(api-key=)([^&]*)/gi, (_, before, name, key) => `${before}${name}${masked(key)}`),
    deployment,
    status,
    durationMs,
    fault,
    apiKey: maskedHeader(note.headers['api-key']),
    authorization: maskedHeader(note.headers.authorization),
    headers,
    body: note.body,
    bodyChars: note.bodyChars,
  };
}

function maskedHeader(value: string | readonly string[] | undefined): string | null {
  if (value === undefined) return null;
  const text = String(value);
  const blank = text.indexOf(' ');
  return blank < 0 ? masked(text) : `${text.slice(0, blank)} ${masked(text.slice(blank + 1))}`;
}

/** Enough to tell two keys apart, of keys that are long enough to spare it. */
function masked(key: string): string {
  return key.length >= 12 ? `${key.slice(0, 3)}…${key.slice(-2)}` : '…';
}
