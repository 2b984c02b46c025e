/** The search of a store by words alone, as the app's text mode does it. */
import { diversify, withoutCommon } from '@spillway/rag';
import type { DocumentStore } from '../store/store.ts';
import type { Retriever } from './asker.ts';
import { queryOf } from './memory-retriever.ts';

/** Looked at before those are left out that are too many of one document. */
const CANDIDATES_MAX = 50;

export function storeRetriever(store: Pick<DocumentStore, 'searchText'>): Retriever {
  return {
    async retrieve(asked, top) {
      const reader = { user: null, groups: asked.groups ?? [], isAdmin: asked.groups === null };
      const filter = { reader, includeCategory: null, excludeCategory: null, documents: null, top: CANDIDATES_MAX };
      const found = await store.searchText(withoutCommon(queryOf(asked)), filter);
      const candidates = found.map((one) => ({ ...one, documentId: one.document.id }));
      return diversify(candidates)
        .slice(0, top)
        .map(({ document, chunk }) => ({
          path: document.path,
          pageFrom: chunk.pageFrom,
          pageTo: chunk.pageTo,
          text: chunk.text,
        }));
    },
  };
}
