/** What is kept in the index of Azure AI Search: a row for each document, a row for each of its chunks. */
import type { SearchField, SearchIndex, SemanticSearch } from '@azure/search-documents';
import type { Ranker } from '../../settings/samples-settings.ts';

export interface SearchRow {
  /** Letters, digits and `-` alone, as the service demands. */
  key: string;
  kind: 'document' | 'chunk';
  /** Of one put: only chunks with the generation of their document's row are there for readers. */
  generation: string;
  document: string;
  path: string;
  category: string | null;
  users: string[];
  groups: string[];
  isOpen: boolean;
  title?: string;
  language?: string | null;
  hash?: string;
  mediaType?: string;
  bytes?: number;
  pages?: number | null;
  chunks?: number;
  owner?: string | null;
  folder?: string | null;
  indexedMs?: number;
  embeddingModel?: string | null;
  dimensions?: number | null;
  /** Base64. */
  original?: string;
  content?: string;
  index?: number;
  text?: string;
  headings?: string[];
  pageFrom?: number | null;
  pageTo?: number | null;
  start?: number;
  end?: number;
  /** Title and headings as they are searched. */
  topic?: string;
  /** Text as it is searched. */
  words?: string;
  vector?: number[];
}

/** Names of the fields of a document's row that say what it is: without original and content, which are read one by one. */
export const DOCUMENT_FIELDS = [
  ...([
    'generation',
    'document',
    'path',
    'title',
    'category',
    'language',
    'hash',
    'mediaType',
    'bytes',
    'pages',
  ] as const),
  ...(['chunks', 'owner', 'users', 'groups', 'indexedMs', 'embeddingModel', 'dimensions'] as const),
];
export const CHUNK_FIELDS = [
  'generation',
  'document',
  'index',
  'text',
  'headings',
  'pageFrom',
  'pageTo',
  'start',
  'end',
] as const;

/** Fields that an index made by an earlier version lacks; they are added to it. */
export const ADDED_FIELDS: readonly string[] = ['folder'];

const ANALYZER = 'en.lucene';

/** The name that the samples give theirs, too. */
export const CONFIGURATION = 'default';
/** Fields of a configuration must be searchable: text and title as they are searched, not as they are shown. */
export const SEMANTIC: SemanticSearch = {
  defaultConfigurationName: CONFIGURATION,
  configurations: [
    {
      name: CONFIGURATION,
      prioritizedFields: { titleField: { name: 'topic' }, contentFields: [{ name: 'words' }], keywordsFields: [] },
    },
  ],
};

export interface ShapeOf {
  readonly name: string;
  /** A field's size is part of the index, so it is known with the first vectors; null: none yet. */
  readonly dimensions: number | null;
  /** A semantic configuration comes with the ranker, and only then: a service without it may refuse one. */
  readonly ranker: Ranker;
}

export function indexShape({ name, dimensions, ranker }: ShapeOf): SearchIndex {
  const filtered = (field: string): SearchField => ({ name: field, type: 'Edm.String', filterable: true });
  const kept = (field: string, type: 'Edm.String' | 'Edm.Int32' | 'Edm.Double' = 'Edm.String'): SearchField => ({
    ...{ name: field, type, searchable: false, filterable: false, sortable: false, facetable: false },
  });
  const searched = (field: string): SearchField => ({
    ...{ name: field, type: 'Edm.String', searchable: true, analyzerName: ANALYZER, filterable: false },
  });
  const fields: SearchField[] = [
    { name: 'key', type: 'Edm.String', key: true, filterable: true },
    ...['kind', 'generation', 'document', 'category', 'embeddingModel', 'folder'].map(filtered),
    { name: 'path', type: 'Edm.String', filterable: true, sortable: true },
    { name: 'users', type: 'Collection(Edm.String)', filterable: true },
    { name: 'groups', type: 'Collection(Edm.String)', filterable: true },
    { name: 'isOpen', type: 'Edm.Boolean', filterable: true },
    ...['title', 'language', 'hash', 'mediaType', 'owner', 'original', 'content', 'text'].map((field) => kept(field)),
    ...['bytes', 'indexedMs'].map((field) => kept(field, 'Edm.Double')),
    { name: 'index', type: 'Edm.Int32', sortable: true, filterable: true },
    ...['pages', 'chunks', 'dimensions', 'pageFrom', 'pageTo', 'start', 'end'].map((field) => kept(field, 'Edm.Int32')),
    { name: 'headings', type: 'Collection(Edm.String)', searchable: false, filterable: false, facetable: false },
    ...['topic', 'words'].map(searched),
  ];
  const scoringProfiles = [{ name: 'topics', textWeights: { weights: { topic: 1.5, words: 1 } } }];
  const semantic = ranker === 'semantic' ? { semanticSearch: SEMANTIC } : {};
  if (dimensions === null) return { name, fields, scoringProfiles, ...semantic };
  return {
    ...{ name, scoringProfiles, ...semantic },
    fields: [...fields, vectorField(dimensions)],
    vectorSearch: {
      algorithms: [{ name: 'nearest', kind: 'hnsw', parameters: { metric: 'cosine' } }],
      profiles: [{ name: 'vectors', algorithmConfigurationName: 'nearest' }],
    },
  };
}

function vectorField(dimensions: number): SearchField {
  return {
    ...{ name: 'vector', type: 'Collection(Edm.Single)', searchable: true, hidden: true },
    ...{ vectorSearchDimensions: dimensions, vectorSearchProfileName: 'vectors' },
  };
}
