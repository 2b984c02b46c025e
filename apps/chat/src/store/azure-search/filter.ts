/** Who may see what, and what is asked for, as OData: https://learn.microsoft.com/azure/search/search-query-odata-filter */
import type { Reader, SearchFilter } from '../store.ts';

/** Within quotes an apostrophe is written twice, and nothing else is special. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function seenBy(reader: Reader): string | null {
  if (reader.isAdmin) return null;
  const user = reader.user === null ? [] : [`users/any(u: u eq ${quoted(reader.user)})`];
  const groups = reader.groups.map((group) => `g eq ${quoted(group)}`).join(' or ');
  return `(${['isOpen eq true', ...user, ...(groups === '' ? [] : [`groups/any(g: ${groups})`])].join(' or ')})`;
}

/** For rows of chunks. */
export function searchable({ reader, includeCategory, excludeCategory, documents }: SearchFilter): string {
  return all([
    "kind eq 'chunk'",
    seenBy(reader),
    includeCategory === null ? null : `category eq ${quoted(includeCategory)}`,
    excludeCategory === null ? null : `(category eq null or category ne ${quoted(excludeCategory)})`,
    documents === null ? null : anyDocument(documents),
  ]);
}

/** Ids are digits and letters a to f; anything else is no id, and no document has it. */
export function anyDocument(ids: readonly string[]): string {
  return `search.in(document, '${ids.filter((id) => /^[0-9a-f]+$/.test(id)).join(',')}', ',')`;
}

export function all(conditions: readonly (string | null)[]): string {
  return conditions.filter((condition) => condition !== null).join(' and ');
}
