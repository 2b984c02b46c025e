/** Documents that are chosen in the list, to be asked, moved or deleted together. */
import { computed, signal } from '@preact/signals';
import type { DocumentRow } from '../../../store/store.ts';
import { SCOPE_DOCUMENTS_MAX } from '../model/scope.ts';
import { askOnly } from './chat.ts';
import { documents, filter, readAll } from './documents.ts';
import { succeeded, tell } from './notices.ts';
import { api } from './server.ts';
import { session, user } from './session.ts';
import { t } from './words.ts';

const ids = signal<ReadonlySet<string>>(new Set());

/** Those that are still listed. */
export const chosen = computed(() => (documents.value ?? []).filter(({ id }) => ids.value.has(id)));

export function choose(rows: readonly DocumentRow[], isChosen: boolean): void {
  const now = new Set(ids.value);
  for (const { id } of rows) {
    if (isChosen) now.add(id);
    else now.delete(id);
  }
  ids.value = now;
}

export function chooseNone(): void {
  ids.value = new Set();
}

/** The server decides; this spares a refusal. */
export function mayChange({ owner }: DocumentRow): boolean {
  const now = session.value;
  return now.kind === 'open' && (now.me.isAdmin || user() === owner);
}

export async function askChosen(): Promise<void> {
  if (isTooMany()) return;
  const of = chosen.value.map(({ id, title }) => ({ id, title }));
  chooseNone();
  await askOnly({ kind: 'documents', documents: of });
}

/** @param category null: into no collection. */
export async function moveChosen(category: string | null): Promise<void> {
  if (isTooMany()) return;
  const count = chosen.value.length;
  const moved = await api.moveDocuments(
    chosen.value.map(({ id }) => id),
    category,
  );
  if (succeeded(moved)) await changed('movedCount', count);
}

export async function removeChosen(): Promise<void> {
  let count = 0;
  for (const { id } of chosen.value) {
    if (!succeeded(await api.removeDocument(id))) break;
    count += 1;
  }
  await changed('deletedCount', count);
}

export async function renameCollection(from: string, to: string): Promise<void> {
  if (!succeeded(await api.renameCollection(from, to))) return;
  if (filter.value.collection === from) filter.value = { ...filter.value, collection: to };
  await readAll();
}

/** @param count as it was told before it was agreed to. */
export async function removeCollection(name: string, count: number): Promise<void> {
  if (!succeeded(await api.removeCollection(name))) return;
  if (filter.value.collection === name) filter.value = { ...filter.value, collection: undefined };
  await changed('deletedCount', count);
}

async function changed(word: 'movedCount' | 'deletedCount', count: number): Promise<void> {
  chooseNone();
  tell(t(word, { count }));
  await readAll();
}

function isTooMany(): boolean {
  if (chosen.value.length <= SCOPE_DOCUMENTS_MAX) return false;
  tell(t('tooManyChosen', { most: SCOPE_DOCUMENTS_MAX }));
  return true;
}
