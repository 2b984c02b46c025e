/** The local stores: documents and conversations in one SQLite file, or in memory. */
import type { ConversationStore, DocumentStore } from '../store.ts';
import { LocalConversations } from './conversations.ts';
import { openDatabase } from './database.ts';
import { LocalDocuments } from './documents.ts';
import { LIMITS, type Limits } from './writing.ts';

export interface LocalStores {
  readonly documents: DocumentStore;
  readonly conversations: ConversationStore;
}

/**
 * Both share the file, which is closed with the second of them; closing one twice is harmless.
 * @param path `:memory:`: nothing outlives the process. @throws StoreError if the file is another's, or another process has it open.
 */
export function openLocal(path: string, limits: Limits = LIMITS): LocalStores {
  const database = openDatabase(path);
  const open = new Set(['documents', 'conversations']);
  const closing = (which: string) => () => {
    if (open.delete(which) && open.size === 0) database.close();
  };
  return {
    documents: new LocalDocuments(database, limits, closing('documents')),
    conversations: new LocalConversations(database, closing('conversations')),
  };
}
