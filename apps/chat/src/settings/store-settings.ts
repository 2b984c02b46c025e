/** Which store keeps documents and conversations. The names of Azure AI Search are the samples'. */
import { type Ranker, ranker, type SamplesSettings, samplesSettings } from './samples-settings.ts';
import type { Secret } from './secret.ts';
import type { Sheet } from './sheet.ts';

export type KeptIn =
  | { readonly kind: 'local'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: Secret }
  | {
      readonly kind: 'azure-search';
      readonly endpoint: string;
      readonly index: string;
      /** null: a token of Entra ID. */
      readonly key: Secret | null;
      /** Azure AI Search keeps documents alone; conversations are kept in this file. */
      readonly file: string;
      readonly samples: SamplesSettings;
      readonly ranker: Ranker;
    };

export const DEFAULT_FILE = 'spillway-chat.sqlite';

export function storeSettings(sheet: Sheet): KeptIn {
  const kind = sheet.choice('SPILLWAY_CHAT_STORE', ['local', 'postgres', 'azure-search'], 'local');
  const file = sheet.text('SPILLWAY_CHAT_FILE') ?? DEFAULT_FILE;
  const url = sheet.secret('SPILLWAY_CHAT_POSTGRES_URL');
  const searchUrl = sheet.url('SPILLWAY_CHAT_SEARCH_URL');
  if (kind === 'local') return { kind, file };
  if (kind === 'azure-search') return searchSettings(sheet, searchUrl, file);
  if (url === null) {
    const remedy = 'set it to postgres://USER:PASSWORD@HOST/DATABASE';
    sheet.missing('SPILLWAY_CHAT_POSTGRES_URL', 'is missing: SPILLWAY_CHAT_STORE is postgres', remedy);
    return { kind: 'local', file };
  }
  return { kind, url };
}

function searchSettings(sheet: Sheet, url: URL | null, file: string): KeptIn {
  const endpoint = url?.origin ?? serviceOrigin(sheet);
  return {
    kind: 'azure-search',
    endpoint,
    index: sheet.text('AZURE_SEARCH_INDEX') ?? 'gptkbindex',
    key: sheet.secret('AZURE_SEARCH_KEY'),
    samples: samplesSettings(sheet),
    ranker: ranker(sheet),
    file,
  };
}

function serviceOrigin(sheet: Sheet): string {
  const service = sheet.text('AZURE_SEARCH_SERVICE');
  if (service !== null && /^[a-z0-9][a-z0-9-]{0,59}$/i.test(service)) return `https://${service}.search.windows.net`;
  const remedy = 'set it to the name of the search service (NAME of https://NAME.search.windows.net)';
  if (service === null) {
    sheet.missing('AZURE_SEARCH_SERVICE', 'is missing: SPILLWAY_CHAT_STORE is azure-search', remedy);
  } else sheet.wrong('AZURE_SEARCH_SERVICE', service, 'is not the name of a service', remedy);
  return '';
}
