/** What a question is asked of, where that is not all documents: told as a step, so that it is known again with the conversation. */
import type { ScopedDocument, StepEvent } from '../events.ts';
import type { Overrides } from '../server/api.ts';
import type { DocumentStore, Reader } from '../store/store.ts';

/** Documents whose titles are told; of others the id alone, since each title is a look into the store. */
export const SCOPE_TITLES_MAX = 20;

/** @param documents absent: titles are not known. @returns null: everything is asked. */
export async function scopeStep(
  { documents: ids = [], includeCategory, excludeCategory }: Overrides,
  reader: Reader,
  documents?: Pick<DocumentStore, 'document'>,
): Promise<StepEvent | null> {
  const [category, without] = [includeCategory ?? null, excludeCategory ?? null];
  if (ids.length === 0 && category === null && without === null) return null;
  const told: ScopedDocument[] = [];
  for (const [at, id] of ids.entries()) {
    // Of one that the reader may not see nothing is told; nothing is found in it, either.
    const row = at < SCOPE_TITLES_MAX ? ((await documents?.document(id, reader)) ?? null) : null;
    told.push({ id, title: row?.title ?? null });
  }
  const about = { kind: 'scope', documents: told, category, without } as const;
  return { type: 'step', title: 'Asked of', text: textOf(told, category, without), ms: 0, about };
}

function textOf(documents: readonly ScopedDocument[], category: string | null, without: string | null): string {
  const titles = documents.flatMap(({ title }) => title ?? []);
  const rest = documents.length - titles.length;
  const named = [...titles, ...(rest === 0 ? [] : [`${rest} more`])].join(', ');
  return [
    ...(documents.length === 0 ? [] : [`Documents: ${named}`]),
    ...(category === null ? [] : [`Only the category ${category}`]),
    ...(without === null ? [] : [`Without the category ${without}`]),
  ].join('\n');
}
