/**
 * Versions of the classic data plane. An unknown one looks to a client like an unknown path (wire reference §3.2, row 404).
 * Source: version folders of `cognitiveservices/data-plane/AzureOpenAI/inference` in azure-rest-api-specs; wire reference §1.2 (obsolete
 * previews), §5.1 (usage of streams).
 */
const KNOWN: ReadonlySet<string> = new Set([
  '2022-12-01',
  '2023-03-15-preview',
  '2023-05-15',
  '2023-06-01-preview',
  '2023-07-01-preview',
  '2023-08-01-preview',
  '2023-09-01-preview',
  '2023-12-01-preview',
  '2024-02-01',
  '2024-02-15-preview',
  '2024-03-01-preview',
  '2024-04-01-preview',
  '2024-05-01-preview',
  '2024-06-01',
  '2024-07-01-preview',
  '2024-08-01-preview',
  '2024-09-01-preview',
  '2024-10-01-preview',
  '2024-10-21',
  '2024-12-01-preview',
  '2025-01-01-preview',
  '2025-02-01-preview',
  '2025-03-01-preview',
  '2025-04-01-preview',
]);

/** The newest of the list: what is later may have come since, and is taken for known. */
const NEWEST = '2025-04-01-preview';

/** The first version that has an operation, by its path; absent: all have it. */
const SINCE: Readonly<Record<string, string>> = {
  'chat/completions': '2023-03-15-preview',
};

/**
 * The same of whole families, by the first segment of their paths. Where the first version is not told by a folder of the
 * specifications it is that of the feature's announcement (wire §1.3).
 */
const FAMILY_SINCE: Readonly<Record<string, string>> = {
  assistants: '2024-02-15-preview',
  threads: '2024-02-15-preview',
  vector_stores: '2024-05-01-preview',
  batches: '2024-07-01-preview',
  uploads: '2024-08-01-preview',
  fine_tuning: '2023-10-01-preview',
  evals: '2025-03-01-preview',
  containers: '2025-03-01-preview',
  responses: '2025-03-01-preview',
};

const FORM = /^\d{4}-\d{2}-\d{2}(-preview)?$/;

/** malformed: no version at all. unknown: none that this operation has. */
export type ApiVersionVerdict = 'served' | 'malformed' | 'unknown';

/** @param operation the path behind deployment or prefix: `chat/completions`. */
export function checkApiVersion(version: string, operation: string): ApiVersionVerdict {
  if (!FORM.test(version)) return 'malformed';
  if (!KNOWN.has(version) && version <= NEWEST) return 'unknown';
  const since = SINCE[operation] ?? FAMILY_SINCE[operation.split('/', 1)[0] ?? ''] ?? '';
  return version >= since ? 'served' : 'unknown';
}

/** The first version whose answers tell what the filter thought of the prompt; before it, a stream begins with its first choice. */
const PROMPT_FILTER_SINCE = '2023-06-01-preview';

/** @param version of the request; `v1` has none, and is later than all. */
export function tellsPromptFilter(version: string): boolean {
  return version >= PROMPT_FILTER_SINCE;
}
