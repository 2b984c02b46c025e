/** How an index that the Azure samples filled is read. Names and defaults are theirs. */
import type { Sheet } from './sheet.ts';

/** Of the search service: it reads what was found, and puts it in order. */
export type Ranker = 'semantic' | 'none';

export interface SamplesSettings {
  readonly content: string;
  readonly sourcePage: string;
  /** null: as the samples name it, whichever of their names is there. */
  readonly embedding: string | null;
  /** Rows that list nobody are for everybody who may come in; else for admins alone. */
  readonly opensUnlisted: boolean;
}

/** Either plan of the service, `free` or `standard`, is asked in the same way. */
export function ranker(sheet: Sheet): Ranker {
  const plan = sheet.choice('AZURE_SEARCH_SEMANTIC_RANKER', ['disabled', 'free', 'standard'], 'disabled');
  return plan === 'disabled' ? 'none' : 'semantic';
}

export function samplesSettings(sheet: Sheet): SamplesSettings {
  return {
    content: sheet.text('KB_FIELDS_CONTENT') ?? 'content',
    sourcePage: sheet.text('KB_FIELDS_SOURCEPAGE') ?? 'sourcepage',
    embedding: sheet.text('AZURE_SEARCH_FIELD_NAME_EMBEDDING'),
    opensUnlisted: sheet.flag('AZURE_ENABLE_GLOBAL_DOCUMENT_ACCESS', false),
  };
}
