/**
 * The semantic ranker of Azure AI Search: it reads what words and vectors found, the first 50 of it, and gives each row a figure from 0 to 4.
 * Source: Microsoft Learn, "Add semantic ranking to queries in Azure AI Search", read 2026-11-21; the samples ask it in the same way.
 */
import type { SemanticSearchOptions } from '@azure/search-documents';

/** What the ranker reads of one search; rows behind have no figure. */
export const SEMANTIC_TOP_MAX = 50;
/** Longest it may think. Milliseconds. The service takes 700 and more; it then answers without figures. */
const SEMANTIC_MS_MAX = 3_000;

/** The client (13.0) does not send its own `maxWaitInMilliseconds`; it passes on what has the service's name. */
type Bounded = SemanticSearchOptions & { readonly semanticMaxWaitInMilliseconds: number };

/** Where the ranker is busy, what was found comes without figures: better than nothing. */
export function semanticOptions(configurationName: string, question: string): Bounded {
  return {
    configurationName,
    semanticQuery: question,
    errorMode: 'partial',
    semanticMaxWaitInMilliseconds: SEMANTIC_MS_MAX,
  };
}

export interface Scored {
  readonly score: number;
  /** Absent: the ranker did not look at it. */
  readonly rerankerScore?: number | undefined;
}

/** Rows that the ranker looked at, by its figures; all rows as they were found where it looked at none. */
export function ranked<T extends Scored>(
  rows: readonly T[],
): { readonly rows: readonly T[]; readonly unranked: string | null } {
  const figured = rows.flatMap((row) =>
    typeof row.rerankerScore === 'number' ? [{ ...row, score: row.rerankerScore }] : [],
  );
  if (figured.length > 0) return { rows: figured, unranked: null };
  return { rows, unranked: rows.length === 0 ? null : 'The semantic ranker did not answer in time.' };
}
