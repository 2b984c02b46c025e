/**
 * The only file that fetches. Every answer is one of four: the value, a refusal with the words of whoever refused, the wish for the
 * admin key, or nobody there.
 */
import { isObject, isPageState, isRequests, type PageState, type RequestView } from './shapes.ts';
import { type Place, type PlaceUsage, usageRows, usagesPath } from './usages.ts';

export type Answer<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly message: string }
  /** @property message why the key, or its absence, was refused. */
  | { readonly kind: 'locked'; readonly message: string }
  | { readonly kind: 'gone' };

export interface Shown {
  readonly state: PageState;
  /** Newest first. */
  readonly requests: readonly RequestView[];
}

/** Longest wait for an answer; the simulator is on this machine, or near. Milliseconds. */
export const ANSWER_MS_MAX = 5_000;
/** Of the journal, those that are shown. */
export const REQUESTS_SHOWN_MAX = 20;

export interface ApiSettings {
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  /** What ends a request that takes too long. Default: that of the platform. */
  readonly signalAfter?: (ms: number) => AbortSignal;
  /** The admin key; null where none was given. */
  readonly key: () => string | null;
}

export class Api {
  readonly #settings: ApiSettings;

  constructor(settings: ApiSettings) {
    this.#settings = settings;
  }

  /** Everything that the page shows. */
  async shown(): Promise<Answer<Shown>> {
    const [state, journal] = await Promise.all([
      this.send('GET', '/admin/state'),
      this.send('GET', `/admin/journal?limit=${REQUESTS_SHOWN_MAX}`),
    ]);
    if (state.kind !== 'ok') return state;
    if (journal.kind !== 'ok') return journal;
    if (!isPageState(state.value) || !isRequests(journal.value)) return STRANGE;
    return { kind: 'ok', value: { state: state.value, requests: journal.value.requests.toReversed() } };
  }

  /** Quota of the subscriptions, wherever there are resources. */
  async usages(places: readonly Place[]): Promise<Answer<readonly PlaceUsage[]>> {
    const answers = await Promise.all(places.map((place) => this.send('GET', usagesPath(place))));
    const usages: PlaceUsage[] = [];
    for (const [index, answer] of answers.entries()) {
      const place = places[index];
      if (answer.kind !== 'ok') return answer;
      if (place !== undefined) usages.push({ ...place, rows: usageRows(answer.value) });
    }
    return { kind: 'ok', value: usages };
  }

  /** @param path with its query. @param body as JSON. */
  async send(method: string, path: string, body?: unknown): Promise<Answer<unknown>> {
    const { fetch, key: keyOf, signalAfter = (ms) => AbortSignal.timeout(ms) } = this.#settings;
    const key = keyOf();
    const headers: Record<string, string> = { accept: 'application/json' };
    if (key !== null) headers['api-key'] = key;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const signal = signalAfter(ANSWER_MS_MAX);
    const init = { method, headers, signal, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    try {
      const response = await fetch(path, init);
      return answerOf(response.status, await response.text());
    } catch {
      return { kind: 'gone' };
    }
  }
}

const STRANGE: Answer<never> = {
  kind: 'refused',
  status: 200,
  code: 'unexpected',
  message: 'This address answers something else than the simulator that this page is from. Reload the page.',
};

/** A path of the admin routes: `pathOf('resources', name)`. */
export function pathOf(...names: readonly string[]): string {
  return `/admin/${names.map(encodeURIComponent).join('/')}`;
}

function answerOf(status: number, text: string): Answer<unknown> {
  const value = parsed(text);
  if (status >= 200 && status < 300) return { kind: 'ok', value };
  const { code, message } = errorIn(value);
  if (status === 401) return { kind: 'locked', message };
  return {
    kind: 'refused',
    status,
    code,
    message: message === '' ? `The answer was ${status}, without a reason.` : message,
  };
}

/** Both the admin routes and Azure's control plane say `{"error": {"code", "message"}}`. */
function errorIn(value: unknown): { readonly code: string; readonly message: string } {
  const error = isObject(value) && 'error' in value ? value.error : null;
  if (!isObject(error)) return { code: '', message: '' };
  return { code: textOf(Reflect.get(error, 'code')), message: textOf(Reflect.get(error, 'message')) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
