/** Who may see what in an index that the Azure samples filled, as OData. The Python sample writes `oids` and `groups` to each row. */
import type { Reader } from '../store.ts';
import { quoted } from './filter.ts';

export interface SampleFields {
  /** Each by its name in the index. */
  readonly key: string;
  readonly content: string;
  readonly sourcePage: string;
  /** null: the index has none. */
  readonly embedding: string | null;
  readonly dimensions: number | null;
  readonly hasCategory: boolean;
  readonly hasUsers: boolean;
  readonly hasGroups: boolean;
}

/** Whom the Python sample lists for a document that everybody may see (AZURE_ENABLE_GLOBAL_DOCUMENT_ACCESS, as it indexes). */
const ALL = 'all';

/**
 * Closed where nothing is said: a row that lists nobody is for admins alone, unless the operator opens such rows.
 * @returns null: everything; `none`: nothing.
 */
export function rowsSeenBy(reader: Reader, fields: SampleFields, opensUnlisted: boolean): string | null | 'none' {
  if (reader.isAdmin) return null;
  const { hasUsers, hasGroups } = fields;
  if (!hasUsers && !hasGroups) return opensUnlisted ? null : 'none';
  const users = hasUsers ? anyOf('oids', [ALL, ...(reader.user === null ? [] : [reader.user])]) : [];
  const groups = hasGroups ? anyOf('groups', [ALL, ...reader.groups]) : [];
  const unlisted = [hasUsers ? 'not oids/any()' : null, hasGroups ? 'not groups/any()' : null];
  const open = opensUnlisted ? [`(${unlisted.filter((each) => each !== null).join(' and ')})`] : [];
  return `(${[...users, ...groups, ...open].join(' or ')})`;
}

function anyOf(field: string, names: readonly string[]): readonly string[] {
  return [`${field}/any(n: ${names.map((name) => `n eq ${quoted(name)}`).join(' or ')})`];
}

/** The name of a file as an id, and back: the index has rows of passages alone, none of documents. */
export function idOfFile(file: string): string {
  return Buffer.from(file).toString('hex');
}

/** @returns null for what is no id. */
export function fileOfId(id: string): string | null {
  return /^(?:[0-9a-f]{2})+$/.test(id) ? Buffer.from(id, 'hex').toString() : null;
}
