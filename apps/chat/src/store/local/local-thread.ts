/** The local stores in a thread: an answer keeps streaming while a long document is written or all vectors are compared. */
import { Worker } from 'node:worker_threads';
import type { ConversationStore, DocumentStore } from '../store.ts';
import { Caller } from './caller.ts';
import { Handing } from './handing.ts';
import type { LocalStores } from './local.ts';

/** As {@link openLocal}, with the same errors. The thread ends with the second of the stores. */
export async function openLocalThread(path: string): Promise<LocalStores> {
  const worker = new Worker(new URL('thread.ts', import.meta.url), { workerData: path });
  const caller = new Caller(worker);
  try {
    await caller.opened();
  } catch (error) {
    await caller.end();
    throw error;
  }
  const open = new Set(['documents', 'conversations']);
  const closed: string[] = [];
  const closing = (which: 'documents' | 'conversations') => async () => {
    if (!open.delete(which)) return;
    await caller.call<null>(which, 'close', []);
    // Counted when it is answered: the thread must not end under the other one's call.
    if (closed.push(which) === 2) await caller.end();
  };
  return {
    documents: documentsBy(caller, closing('documents')),
    conversations: conversationsBy(caller, closing('conversations')),
  };
}

function documentsBy(caller: Caller, close: () => Promise<void>): DocumentStore {
  const of =
    (method: keyof DocumentStore) =>
    <T>(...values: readonly unknown[]) =>
      caller.call<T>('documents', method, values);
  const handing = new Handing(caller);
  return {
    put: (document, embeddingModel) => handing.put(document, embeddingModel),
    ...{ name: 'local', close, facts: of('facts'), remove: of('remove'), removeAll: of('removeAll') },
    ...{ list: of('list'), byPath: of('byPath'), document: of('document'), chunks: of('chunks'), text: of('text') },
    ...{ claim: of('claim'), inFolder: of('inFolder'), categorise: of('categorise') },
    ...{ original: of('original'), searchText: of('searchText'), searchVector: of('searchVector') },
  };
}

function conversationsBy(caller: Caller, close: () => Promise<void>): ConversationStore {
  const of =
    (method: keyof ConversationStore) =>
    <T>(...values: readonly unknown[]) =>
      caller.call<T>('conversations', method, values);
  return {
    ...{
      close,
      create: of('create'),
      list: of('list'),
      read: of('read'),
      counts: of('counts'),
      change: of('change'),
      addTurn: of('addTurn'),
    },
    ...{ share: of('share'), sharing: of('sharing'), unshare: of('unshare'), shared: of('shared') },
    ...{ feedback: of('feedback'), remove: of('remove'), removeAll: of('removeAll') },
  };
}
