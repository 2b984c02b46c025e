/**
 * The only file that fetches. Every answer is one of four: the value, a refusal with the words of whoever refused, the wish that
 * somebody signs in, or nobody there. A stream that is cut is gone on with behind its last event.
 */

import type { Chunk } from '@spillway/rag';
import type { AnswerEvent } from '../../events.ts';
import type {
  CollectionList,
  ConfigView,
  ConversationView,
  DocumentList,
  MeView,
  Overrides,
  OwnData,
  SharedView,
  ShareView,
} from '../../server/api.ts';
import type { ConversationRow } from '../../store/store.ts';
import { Lines } from './lines.ts';
import * as is from './shapes.ts';

export interface Refused {
  readonly kind: 'refused';
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfterMs: number | null;
}

export type Fetched<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | Refused
  | { readonly kind: 'locked'; readonly code: string; readonly message: string }
  | { readonly kind: 'gone' };

/** How the stream of an answer came to its end. */
export type StreamEnd =
  | { readonly kind: 'ended' }
  | { readonly kind: 'aborted' }
  | Exclude<Fetched<never>, { readonly kind: 'ok' }>;

/** Longest wait for an answer that is no stream. Milliseconds. */
export const ANSWER_MS_MAX = 30_000;
/** Times that a stream is gone on with, without a new event in between, before it is given up. */
export const RESUMES_MAX = 5;
/** Before the first of them; doubled each time. Milliseconds. */
export const RESUME_MS = 300;

export interface ApiSettings {
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  readonly after: (ms: number) => Promise<void>;
  readonly signalAfter: (ms: number) => AbortSignal;
}

export interface Question {
  readonly question: string;
  readonly conversationId: string | null;
  readonly replaces: string | null;
  readonly mode: 'chat' | 'ask';
  readonly overrides: Overrides;
}

export interface Following {
  readonly onEvent: (event: AnswerEvent) => void;
  readonly signal: AbortSignal;
}

type Guard<Value> = (value: unknown) => value is Value;

export class Api {
  readonly #settings: ApiSettings;

  constructor(settings: ApiSettings) {
    this.#settings = settings;
  }

  config = (): Promise<Fetched<ConfigView>> => this.#get('/api/config', is.isConfig);
  me = (): Promise<Fetched<MeView>> => this.#get('/api/me', is.isMe);
  signIn = (user: string, password: string): Promise<Fetched<unknown>> =>
    this.#send('POST', '/api/sign-in', anything, { user, password });
  signOut = (): Promise<Fetched<unknown>> => this.#send('POST', '/api/sign-out', anything);
  words = (language: string): Promise<Fetched<Readonly<Record<string, string>>>> =>
    this.#get(`/ui/words/${language}.json`, is.isWordTable);

  async conversations(search: string): Promise<Fetched<readonly ConversationRow[]>> {
    const query = search === '' ? '' : `?search=${encodeURIComponent(search)}`;
    return mapped(
      await this.#get(`/api/conversations${query}`, is.isConversations),
      ({ conversations }) => conversations,
    );
  }

  conversation = (id: string): Promise<Fetched<ConversationView>> =>
    this.#get(conversationPath(id), is.isConversationView);
  change = (id: string, to: { title?: string; isPinned?: boolean }): Promise<Fetched<unknown>> =>
    this.#send('PATCH', conversationPath(id), anything, to);
  forget = (id: string): Promise<Fetched<unknown>> => this.#send('DELETE', conversationPath(id), anything);
  forgetAll = (): Promise<Fetched<unknown>> => this.#send('DELETE', '/api/conversations', anything);
  sharing = (id: string): Promise<Fetched<is.SharingView>> => this.#get(`${conversationPath(id)}/share`, is.isSharing);
  share = (id: string): Promise<Fetched<ShareView>> => this.#send('POST', `${conversationPath(id)}/share`, is.isShare);
  unshare = (id: string): Promise<Fetched<unknown>> => this.#send('DELETE', `${conversationPath(id)}/share`, anything);
  shared = (link: string): Promise<Fetched<SharedView>> =>
    this.#get(`/api/shared/${encodeURIComponent(link)}`, is.isShared);
  feedback = (turnId: string, liked: boolean | null, comment: string | null): Promise<Fetched<unknown>> =>
    this.#send('POST', '/api/feedback', anything, { turnId, liked, comment });
  stop = (turnId: string): Promise<Fetched<unknown>> => this.#send('POST', `${turnPath(turnId)}/stop`, anything);

  documents({ after, search, collection }: Wanted): Promise<Fetched<DocumentList>> {
    const query = new URLSearchParams({ limit: `${DOCUMENTS_PER_PAGE}` });
    if (after !== null) query.set('after', after);
    if (search !== '') query.set('search', search);
    if (collection !== undefined) query.set('category', collection ?? '');
    return this.#get(`/api/documents?${query}`, is.isDocuments);
  }

  collections = (): Promise<Fetched<CollectionList>> => this.#get('/api/collections', is.isCollections);
  moveDocuments = (documents: readonly string[], category: string | null): Promise<Fetched<unknown>> =>
    this.#send('PATCH', '/api/documents', anything, { documents, category });
  renameCollection = (from: string, name: string): Promise<Fetched<unknown>> =>
    this.#send('PATCH', collectionPath(from), anything, { name });
  removeCollection = (name: string): Promise<Fetched<unknown>> => this.#send('DELETE', collectionPath(name), anything);
  ownData = (): Promise<Fetched<OwnData>> => this.#get('/api/me/data', is.isOwnData);

  async text(id: string): Promise<Fetched<string>> {
    return mapped(await this.#get(`${documentPath(id)}/text`, is.isText), ({ text }) => text);
  }

  async chunks(id: string): Promise<Fetched<readonly Chunk[]>> {
    return mapped(await this.#get(`${documentPath(id)}/chunks`, is.isChunks), ({ chunks }) => chunks);
  }

  removeDocument = (id: string): Promise<Fetched<unknown>> => this.#send('DELETE', documentPath(id), anything);

  async reindex(id: string): Promise<Fetched<is.JobView>> {
    return mapped(await this.#send('POST', `${documentPath(id)}/reindex`, is.isJob), ({ job }) => job);
  }

  async jobs(): Promise<Fetched<readonly is.JobView[]>> {
    return mapped(await this.#get('/api/jobs', is.isJobs), ({ jobs }) => jobs);
  }

  /** For parts of the page that are rarely opened: what they ask comes with their own script. */
  call<Value>(method: string, path: string, guard: Guard<Value>, body?: unknown): Promise<Fetched<Value>> {
    return this.#send(method, path, guard, body);
  }

  /** Asks, and follows the answer to its end. */
  ask(question: Question, following: Following): Promise<StreamEnd> {
    const init = { method: 'POST', headers: JSON_BODY, body: JSON.stringify(question) };
    return this.#follow(
      () => this.#settings.fetch('/api/chat', { ...init, signal: following.signal }),
      following,
      null,
    );
  }

  /** Goes on with an answer that is being made, from its beginning. */
  resume(turnId: string, following: Following): Promise<StreamEnd> {
    return this.#follow(() => this.#stream(turnId, 0, following.signal), following, turnId);
  }

  #stream(turnId: string, after: number, signal: AbortSignal): Promise<Response> {
    return this.#settings.fetch(`${turnPath(turnId)}/stream?after=${after}`, { signal });
  }

  async #follow(
    begin: () => Promise<Response>,
    { onEvent, signal }: Following,
    known: string | null,
  ): Promise<StreamEnd> {
    const place: Place = { turnId: known, lastId: 0, isOver: false };
    let failures = 0;
    let connect = begin;
    while (!signal.aborted) {
      const { lastId } = place;
      const end = await this.#read(connect, place, onEvent);
      if (place.isOver) return { kind: 'ended' };
      if (end !== null || place.turnId === null)
        return signal.aborted ? { kind: 'aborted' } : (end ?? { kind: 'gone' });
      const { turnId } = place;
      failures = place.lastId > lastId ? 1 : failures + 1;
      if (failures > RESUMES_MAX) return { kind: 'gone' };
      await this.#settings.after(RESUME_MS * 2 ** (failures - 1));
      connect = () => this.#stream(turnId, place.lastId, signal);
    }
    return { kind: 'aborted' };
  }

  /** @returns null: it was cut, and may be gone on with. */
  async #read(
    connect: () => Promise<Response>,
    place: Place,
    onEvent: (event: AnswerEvent) => void,
  ): Promise<StreamEnd | null> {
    try {
      const response = await connect();
      if (!response.ok || response.body === null) return refusal(response.status, parsed(await response.text()));
      const lines = new Lines();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        for (const event of lines.push(piece.value).map(parsed).filter(is.isAnswerEvent)) {
          if (event.type === 'begun') place.turnId = event.turnId;
          if (event.type === 'done') place.isOver = true;
          place.lastId = Math.max(place.lastId, event.id);
          onEvent(event);
        }
      }
      return null;
    } catch {
      return null;
    }
  }

  #get<Value>(path: string, guard: Guard<Value>): Promise<Fetched<Value>> {
    return this.#send('GET', path, guard);
  }

  async #send<Value>(method: string, path: string, guard: Guard<Value>, body?: unknown): Promise<Fetched<Value>> {
    const content = body === undefined ? {} : { headers: JSON_BODY, body: JSON.stringify(body) };
    try {
      const response = await this.#settings.fetch(path, {
        method,
        signal: this.#settings.signalAfter(ANSWER_MS_MAX),
        ...content,
      });
      const value = parsed(await response.text());
      if (!response.ok) return refusal(response.status, value);
      return guard(value) ? { kind: 'ok', value } : STRANGE;
    } catch {
      return { kind: 'gone' };
    }
  }
}

/** Of a list, in one answer. */
const DOCUMENTS_PER_PAGE = 100;

/** Which documents are listed. */
export interface Wanted {
  /** As the answer before told it; null: from the first on. */
  readonly after: string | null;
  /** Part of a title or path; empty: any. */
  readonly search: string;
  /** null: those of none; undefined: of any. */
  readonly collection: string | null | undefined;
}

interface Place {
  turnId: string | null;
  lastId: number;
  isOver: boolean;
}

const JSON_BODY = { 'content-type': 'application/json' };

const STRANGE: Refused = { kind: 'refused', status: 200, code: 'unexpected', message: '', retryAfterMs: null };

const conversationPath = (id: string): string => `/api/conversations/${encodeURIComponent(id)}`;
const turnPath = (id: string): string => `/api/chat/${encodeURIComponent(id)}`;
const documentPath = (id: string): string => `/api/documents/${encodeURIComponent(id)}`;
const collectionPath = (name: string): string => `/api/collections/${encodeURIComponent(name)}`;
export const OWN_EXPORT_URL = '/api/me/export';
export const exportUrl = (id: string, format: 'markdown' | 'json'): string =>
  `${conversationPath(id)}/export?format=${format}`;

function anything(_value: unknown): _value is unknown {
  return true;
}

function mapped<From, To>(answer: Fetched<From>, map: (value: From) => To): Fetched<To> {
  return answer.kind === 'ok' ? { kind: 'ok', value: map(answer.value) } : answer;
}

/** Nothing where the answer is empty, or no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Of what the server refused; also of an upload, which is sent in another way. */
export function refusal(status: number, value: unknown): Exclude<Fetched<never>, { kind: 'ok' | 'gone' }> {
  const error: unknown = is.isObject(value) ? Reflect.get(value, 'error') : null;
  const read = (name: string): unknown => (is.isObject(error) ? Reflect.get(error, name) : null);
  const message = read('message');
  const told = typeof message === 'string' ? message : '';
  const named = read('code');
  const code = typeof named === 'string' ? named : '';
  if (status === 401) return { kind: 'locked', code, message: told };
  const retryAfterMs = read('retryAfterMs');
  return {
    kind: 'refused',
    status,
    code,
    message: told,
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : null,
  };
}
