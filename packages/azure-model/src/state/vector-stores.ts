/**
 * Vector stores: made, changed, searched, deleted. Their files are vector-store-files.ts's matter.
 * Source: OpenAI API reference, vector stores; Azure's v1 specification, the same paths; wire reference §1.3, §1.4.
 */
import { isRecord } from '@spillway/protocol';
import type { Premises, Service, ServiceCall } from '../service.ts';
import { type Filter, filterOf } from './attributes.ts';
import { chunkingOf } from './chunks.ts';
import { secondsAt } from './expiry.ts';
import { pageOf } from './listing.ts';
import { metadataOf } from './metadata.ts';
import { fieldsOf, pathService } from './paths.ts';
import { isRefusal, missing, notFoundWithId, type Refusal, storeFull, wrongField } from './refusals.ts';
import { searchVectorStore } from './vector-search.ts';
import {
  countsOf,
  expiryOf,
  hasExpired,
  keyOf,
  type VectorShelves,
  type VectorStore,
  vectorShelves,
} from './vector-shelf.ts';
import { VectorFileDesk } from './vector-store-files.ts';

const RESULTS = 10;
export const RESULTS_MAX = 50;
/** Source: OpenAI API reference, `expires_after`. */
const EXPIRES_DAYS_MAX = 365;

export function vectorStoresService(premises: Premises): Service {
  const desk = new VectorStoreDesk(premises);
  const files = new VectorFileDesk(premises, desk.shelves);
  return pathService({
    'POST vector_stores': (call) => desk.create(call, files),
    'GET vector_stores': ({ query, nowMs }) => {
      const page = pageOf(desk.shelves.stores.list(), query);
      return isRefusal(page) ? page : { ...page, data: page.data.map((store) => desk.shown(store, nowMs)) };
    },
    'GET vector_stores/{}': ({ nowMs }, id) => {
      const store = desk.shelves.stores.get(id);
      return store === null ? notFoundWithId('vector store', id) : desk.shown(store, nowMs);
    },
    'POST vector_stores/{}': (call, id) => desk.change(call, id),
    'DELETE vector_stores/{}': (_call, id) => desk.remove(id),
    'POST vector_stores/{}/search': (call, id) => desk.search(call, id),
    ...files.paths,
  });
}

class VectorStoreDesk {
  readonly shelves: VectorShelves;
  readonly #premises: Premises;

  constructor(premises: Premises) {
    this.#premises = premises;
    this.shelves = vectorShelves(premises.store);
  }

  create(call: ServiceCall, files: VectorFileDesk): object {
    const { nowMs } = call;
    const fields = fieldsOf(call);
    if (isRefusal(fields)) return fields;
    const settings = settingsIn(fields);
    if (isRefusal(settings)) return settings;
    const chunking = chunkingOf(fields.chunking_strategy);
    if (isRefusal(chunking)) return chunking;
    const ids = idsIn(fields.file_ids);
    if (isRefusal(ids)) return ids;
    const absent = files.absent(ids, nowMs);
    if (absent !== null) return absent;
    const store: VectorStore = {
      id: this.shelves.stores.freshId(() => this.#premises.ids.short('vs_')),
      object: 'vector_store',
      name: null,
      metadata: null,
      expires_after: null,
      ...settings,
      created_at: secondsAt(nowMs),
      last_active_at: secondsAt(nowMs),
    };
    if (this.shelves.stores.put(store, nowMs) === 'full') return storeFull('vector stores');
    for (const fileId of ids) {
      const added = files.put(store.id, { fileId, chunking, attributes: null, batch: null }, nowMs);
      if (isRefusal(added)) return added;
    }
    return this.shown(store, nowMs);
  }

  change(call: ServiceCall, id: string): object {
    const store = this.shelves.stores.get(id);
    if (store === null) return notFoundWithId('vector store', id);
    const fields = fieldsOf(call);
    if (isRefusal(fields)) return fields;
    const settings = settingsIn(fields);
    if (isRefusal(settings)) return settings;
    const changed: VectorStore = { ...store, ...settings, last_active_at: secondsAt(call.nowMs) };
    this.shelves.stores.put(changed, call.nowMs);
    return this.shown(changed, call.nowMs);
  }

  remove(id: string): object {
    if (!this.shelves.stores.remove(id)) return notFoundWithId('vector store', id);
    for (const file of this.shelves.files.list()) {
      if (file.vector_store_id === id) this.shelves.files.remove(keyOf(id, file.file_id));
    }
    for (const batch of this.shelves.batches.list()) {
      if (batch.vector_store_id === id) this.shelves.batches.remove(batch.id);
    }
    return { id, object: 'vector_store.deleted', deleted: true };
  }

  search(call: ServiceCall, id: string): object {
    const { nowMs } = call;
    const store = this.shelves.stores.get(id);
    if (store === null) return notFoundWithId('vector store', id);
    if (hasExpired(store, nowMs)) return wrongField('vector_store_id', `the vector store '${id}' has expired`);
    const asked = askedSearch(call);
    if (isRefusal(asked)) return asked;
    const { queries, max, filter, scoreMin } = asked;
    this.shelves.stores.put({ ...store, last_active_at: secondsAt(nowMs) }, nowMs);
    const found = searchVectorStore(this.#premises.store, [id], queries.join(' '), max, { nowMs, filter, scoreMin });
    const data = found.map(({ fileId, filename, score, text, attributes }) => {
      return { file_id: fileId, filename, score, attributes, content: [{ type: 'text', text }] };
    });
    const page = { data, has_more: false, next_page: null };
    return { object: 'vector_store.search_results.page', search_query: queries, ...page };
  }

  shown(store: VectorStore, nowMs: number): object {
    const files = this.shelves.files.list().filter(({ vector_store_id }) => vector_store_id === store.id);
    const counts = countsOf(files, nowMs);
    const status = hasExpired(store, nowMs) ? 'expired' : counts.in_progress > 0 ? 'in_progress' : 'completed';
    const usage = files.reduce((sum, { usage_bytes }) => sum + usage_bytes, 0);
    return { ...store, status, usage_bytes: usage, file_counts: counts, expires_at: expiryOf(store) };
  }
}

type Settings = Partial<Pick<VectorStore, 'name' | 'metadata' | 'expires_after'>>;

/** What was given of them; what was not stays as it is. */
function settingsIn(fields: Readonly<Record<string, unknown>>): Settings | Refusal {
  const { name, expires_after } = fields;
  if (name !== undefined && name !== null && typeof name !== 'string') return wrongField('name', 'it must be a text');
  const metadata = metadataOf(fields.metadata);
  if (metadata !== null && isRefusal(metadata)) return metadata;
  const expires = expiresIn(expires_after);
  if (expires !== null && isRefusal(expires)) return expires;
  return {
    ...(name === undefined ? {} : { name }),
    ...(fields.metadata === undefined ? {} : { metadata }),
    ...(expires_after === undefined ? {} : { expires_after: expires }),
  };
}

function expiresIn(given: unknown): VectorStore['expires_after'] | Refusal {
  if (given === undefined || given === null) return null;
  const { anchor, days } = isRecord(given) ? given : {};
  if (anchor !== 'last_active_at') return wrongField('expires_after.anchor', "it must be 'last_active_at'");
  if (typeof days !== 'number' || !Number.isInteger(days) || days < 1 || days > EXPIRES_DAYS_MAX) {
    return wrongField('expires_after.days', `it must be from 1 to ${EXPIRES_DAYS_MAX}`);
  }
  return { anchor, days };
}

function idsIn(given: unknown): readonly string[] | Refusal {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) return wrongField('file_ids', 'it must be a list');
  const ids = given.filter((id: unknown) => typeof id === 'string');
  return ids.length === given.length ? [...new Set(ids)] : wrongField('file_ids', 'it must be a list of texts');
}

interface AskedSearch {
  readonly queries: readonly string[];
  readonly max: number;
  readonly filter: Filter;
  readonly scoreMin: number;
}

function askedSearch(call: ServiceCall): AskedSearch | Refusal {
  const fields = fieldsOf(call);
  if (isRefusal(fields)) return fields;
  const { query, max_num_results: max = RESULTS, ranking_options } = fields;
  const given: readonly unknown[] = Array.isArray(query) ? query : [query];
  const queries = given.filter((each) => typeof each === 'string');
  if (queries.length === 0 || queries.length < given.length) return missing('query');
  if (typeof max !== 'number' || !Number.isInteger(max) || max < 1 || max > RESULTS_MAX) {
    return wrongField('max_num_results', `it must be from 1 to ${RESULTS_MAX}`);
  }
  const filter = filterOf(fields.filters);
  if (typeof filter !== 'function') return filter;
  const { score_threshold: scoreMin = 0 } = isRecord(ranking_options) ? ranking_options : {};
  if (typeof scoreMin !== 'number' || scoreMin < 0 || scoreMin > 1) {
    return wrongField('ranking_options.score_threshold', 'it must be from 0 to 1');
  }
  return { queries, max, filter, scoreMin };
}
