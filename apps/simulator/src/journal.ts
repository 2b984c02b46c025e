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
  readonly fault: FaultKind | null;
  /** What came as `api-key`, masked; null where nothing did. */
  readonly apiKey: string | null;
  /** What came as `Authorization`, masked. */
  readonly authorization: string | null;
  /** All others, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
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
  fault: FaultKind | null;
}

/** Requests kept; an older one makes room. */
export const JOURNAL_ENTRIES_MAX = 1000;

export class Journal {
  readonly #notes: Note[] = [];
  #next = 0;

  add(note: Note): void {
    this.#notes[this.#next] = note;
    this.#next = (this.#next + 1) % JOURNAL_ENTRIES_MAX;
  }

  /** Oldest first. */
  entries(): readonly JournalEntry[] {
    return [...this.#notes.slice(this.#next), ...this.#notes.slice(0, this.#next)].map(shown);
  }
}

const SECRET_HEADERS = new Set(['api-key', 'authorization', 'cookie', 'proxy-authorization']);

function shown(note: Note): JournalEntry {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(note.headers)) {
    if (value !== undefined && !SECRET_HEADERS.has(name)) headers[name] = String(value);
  }
  const { timeMs, resource, method, path, deployment, status, fault } = note;
  return {
    timeMs,
    resource,
    method,
    path,
    query: note.query.replace(/(^|&)(api-key=)([^&]*)/gi, (_, before, name, key) => `${before}${name}${masked(key)}`),
    deployment,
    status,
    fault,
    apiKey: maskedHeader(note.headers['api-key']),
    authorization: maskedHeader(note.headers.authorization),
    headers,
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
