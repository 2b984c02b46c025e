/** Whose an index is: ours is brought up to date, one of the samples' is read, another one is left alone. */
import type { SearchField, SearchIndex, SearchIndexClient } from '@azure/search-documents';
import type { SamplesSettings } from '../../settings/samples-settings.ts';
import type { AzureSearchSettings } from '../open.ts';
import { StoreError } from '../store.ts';
import type { SampleFields } from './samples-filter.ts';
import { ADDED_FIELDS, indexShape, SEMANTIC } from './shape.ts';

/** As the samples name the field of vectors, where no setting does; the Python sample's newer name first. */
const EMBEDDINGS = ['embedding3', 'embedding'];

export interface OfSamples {
  readonly fields: SampleFields;
  readonly opensUnlisted: boolean;
  /** Of the semantic ranker; null: it is not asked. */
  readonly configuration: string | null;
}

/**
 * @returns null: the index is ours.
 * @throws StoreError for an index that is neither ours nor the samples': to write to it could delete what another program needs.
 */
export async function samplesIn(
  indexes: SearchIndexClient,
  { index, samples, ranker = 'none', warn = () => {} }: AzureSearchSettings,
): Promise<OfSamples | null> {
  const definition = await indexes.getIndex(index);
  const fields = new Map(definition.fields.map((field) => [field.name, field]));
  const wanted = indexShape({ name: index, dimensions: null, ranker }).fields;
  const missing = wanted.filter(({ name }) => !fields.has(name));
  if (missing.every(({ name }) => ADDED_FIELDS.includes(name))) {
    const all = [...definition.fields, ...missing];
    const isUnranked = ranker === 'semantic' && configurationOf(definition) === null;
    const semantic = isUnranked ? { semanticSearch: SEMANTIC } : {};
    if (missing.length > 0 || isUnranked) {
      await indexes.createOrUpdateIndex({ ...definition, ...semantic, fields: all });
    }
    return null;
  }
  const configuration = ranker === 'semantic' ? configurationOf(definition) : null;
  if (ranker === 'semantic' && configuration === null) {
    warn(
      `azure-search: the index ${index} has no semantic configuration, so nothing is reranked; add one to it, or set AZURE_SEARCH_SEMANTIC_RANKER=disabled`,
    );
  }
  return { fields: fieldsOf(index, fields, samples), opensUnlisted: samples.opensUnlisted, configuration };
}

/** The one that the index names, else its first. */
function configurationOf({ semanticSearch }: SearchIndex): string | null {
  return semanticSearch?.defaultConfigurationName ?? semanticSearch?.configurations?.[0]?.name ?? null;
}

function fieldsOf(index: string, fields: ReadonlyMap<string, SearchField>, names: SamplesSettings): SampleFields {
  const { content, sourcePage } = names;
  const [key] = [...fields.values()].flatMap((field) => ('key' in field && field.key === true ? [field.name] : []));
  const lacks = ['sourcefile', content, sourcePage].filter((name) => !fields.has(name));
  if (names.embedding !== null && !fields.has(names.embedding)) lacks.push(names.embedding);
  if (lacks.length > 0 || key === undefined) {
    throw new StoreError(
      `azure-search: the index ${index} was made by another program and has no field ${lacks.join(', ')}; name an index ` +
        'that is not there yet, or name its fields (KB_FIELDS_CONTENT, KB_FIELDS_SOURCEPAGE, AZURE_SEARCH_FIELD_NAME_EMBEDDING)',
    );
  }
  const embedding = names.embedding ?? EMBEDDINGS.find((name) => fields.has(name)) ?? null;
  const vectors = embedding === null ? undefined : fields.get(embedding);
  const dimensions =
    vectors !== undefined && 'vectorSearchDimensions' in vectors ? vectors.vectorSearchDimensions : null;
  return {
    ...{ key, content, sourcePage, embedding, dimensions: dimensions ?? null },
    hasCategory: fields.has('category'),
    hasUsers: fields.has('oids'),
    hasGroups: fields.has('groups'),
  };
}
