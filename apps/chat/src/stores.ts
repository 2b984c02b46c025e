/** The stores that the settings name. */
import type { KeptIn } from './settings/store-settings.ts';
import { openStores, type Stores } from './store/open.ts';

/** @param warn of what an operator should know. @throws StoreError */
export async function storesOf(kept: KeptIn, warn: (message: string) => void): Promise<Stores> {
  switch (kept.kind) {
    case 'local':
      return openStores({ kind: 'local', path: kept.file }, warn);
    case 'postgres':
      return openStores({ kind: 'postgres', url: kept.url.reveal() }, warn);
    case 'azure-search': {
      const { endpoint, index, key, file, samples, ranker } = kept;
      const credential = key === null ? await identity() : { key: key.reveal() };
      const search = { endpoint, index, credential, samples, ranker };
      return openStores({ kind: 'azure-search', search, conversations: { kind: 'local', path: file } }, warn);
    }
  }
}

/** Only where it is wanted: the library is large. */
async function identity() {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential();
}
