/** From settings to the stores. */
import type { TokenCredential } from '@azure/identity';
import type { Ranker, SamplesSettings } from '../settings/samples-settings.ts';
import { openLocalThread } from './local/local-thread.ts';
import type { ConversationStore, DocumentStore } from './store.ts';

/** Documents may be kept in Azure AI Search; conversations are then in one of the others. */
export type StoreSettings =
  | { readonly kind: 'local' /** `:memory:`: nothing outlives the process. */; readonly path: string }
  | { readonly kind: 'postgres' /** `postgres://…`: secret. */; readonly url: string }
  | {
      readonly kind: 'azure-search';
      readonly search: AzureSearchSettings;
      readonly conversations: Exclude<StoreSettings, { readonly kind: 'azure-search' }>;
    };

export interface AzureSearchSettings {
  /** `https://<service>.search.windows.net`. */
  readonly endpoint: string;
  readonly index: string;
  /** Secret. A token's identity needs the roles Search Service Contributor and Search Index Data Contributor. */
  readonly credential: { readonly key: string } | TokenCredential;
  /** For an index that the samples filled. */
  readonly samples: SamplesSettings;
  /** Absent: none. */
  readonly ranker?: Ranker;
  /** Told what an operator should know. */
  readonly warn?: (message: string) => void;
}

export interface Stores {
  readonly documents: DocumentStore;
  readonly conversations: ConversationStore;
}

/** Engines that are not asked for are not loaded. @throws StoreError that names what is wrong and the way out. */
export async function openStores(settings: StoreSettings, warn: (message: string) => void): Promise<Stores> {
  if (settings.kind === 'local') return await openLocalThread(settings.path);
  if (settings.kind === 'postgres') {
    const { openPostgres } = await import('./postgres/postgres.ts');
    return await openPostgres({ url: settings.url, warn });
  }
  const { openAzureSearch } = await import('./azure-search/azure-search.ts');
  const documents = await openAzureSearch({ warn, ...settings.search });
  const { documents: unused, conversations } = await openStores(settings.conversations, () => {});
  await unused.close();
  return { documents, conversations };
}
