/** Documents in the index whose files are no longer in their folder. Uploads, and what another folder brought, are nobody's business here. */
import { EXTRACT_LIMITS } from '../extract/limits.ts';
import type { DocumentRow, DocumentStore } from '../store/store.ts';
import { type FolderJob, type FolderLimits, listFolder } from './folder.ts';
import { INGEST_LIMITS } from './limits.ts';

export type Vanished =
  | { readonly kind: 'vanished'; readonly documents: readonly DocumentRow[] }
  /** Nothing is told where the folder could not be seen as a whole. */
  | { readonly kind: 'refused'; readonly reason: string };

const AT_ONCE = 1_000;

/** What was found in this folder last, and is not there now. A file that is there and was refused has not vanished. */
export async function vanishedFrom(
  store: Pick<DocumentStore, 'inFolder'>,
  folder: FolderJob,
  limits: FolderLimits = { ...INGEST_LIMITS, bytesMax: EXTRACT_LIMITS.bytesMax },
): Promise<Vanished> {
  const listed = await listFolder(folder, limits);
  if (listed.kind === 'refused') return listed;
  const there = new Set([...listed.sources, ...listed.refused].map(({ path }) => path.normalize('NFC')));
  const documents = (await allOf(store, listed.folder)).filter(({ owner, path }) => owner === null && !there.has(path));
  if (there.size === 0 && documents.length > 0) {
    const reason = 'the folder holds no document at all, as one that is not mounted; --remove-all removes everything';
    return { kind: 'refused', reason };
  }
  return { kind: 'vanished', documents };
}

async function allOf(store: Pick<DocumentStore, 'inFolder'>, folder: string): Promise<readonly DocumentRow[]> {
  const rows: DocumentRow[] = [];
  for (;;) {
    const page = await store.inFolder(folder, { after: rows.at(-1)?.path ?? null, limit: AT_ONCE });
    rows.push(...page);
    if (page.length < AT_ONCE) return rows;
  }
}
