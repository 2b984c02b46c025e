/** Who may see what, as conditions on `documents` in SQL: one place, used by each read and each search. */
import type { Reader, SearchFilter } from '../store.ts';

export interface Condition {
  readonly sql: string;
  readonly values: readonly (string | null)[];
}

const EVERYBODY: Condition = { sql: 'TRUE', values: [] };

/** The access list lets the reader in: it is empty, or names the reader or one of the reader's groups. */
export function seenBy(reader: Reader): Condition {
  if (reader.isAdmin) return EVERYBODY;
  const sql = `((users = '[]' AND groups = '[]')
    OR ? IN (SELECT value FROM json_each(documents.users))
    OR EXISTS (SELECT 1 FROM json_each(documents.groups) WHERE value IN (SELECT value FROM json_each(?))))`;
  return { sql, values: [reader.user, JSON.stringify(reader.groups)] };
}

/** Documents that a search may answer from. */
export function searchable({ reader, includeCategory, excludeCategory, documents }: SearchFilter): Condition {
  const conditions = [seenBy(reader)];
  if (includeCategory !== null) conditions.push({ sql: 'category = ?', values: [includeCategory] });
  if (excludeCategory !== null) conditions.push({ sql: 'category IS NOT ?', values: [excludeCategory] });
  if (documents !== null) {
    conditions.push({ sql: 'id IN (SELECT value FROM json_each(?))', values: [JSON.stringify(documents)] });
  }
  return { sql: conditions.map(({ sql }) => sql).join(' AND '), values: conditions.flatMap(({ values }) => values) };
}
