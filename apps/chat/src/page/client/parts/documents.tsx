/** The documents that are asked, by collections: put in, found, looked into, asked, moved, taken out. */
import { useEffect, useState } from 'preact/hooks';
import type { DocumentRow } from '../../../store/store.ts';
import { chooseNone } from '../state/choice.ts';
import {
  collections,
  documents,
  filter,
  hasMore,
  readAll,
  readMore,
  removeDocument,
  show,
} from '../state/documents.ts';
import { tell } from '../state/notices.ts';
import { go } from '../state/route.ts';
import { config } from '../state/session.ts';
import { t } from '../state/words.ts';
import { Choice } from './choice.tsx';
import { Chunks } from './chunks.tsx';
import { Collection } from './collection.tsx';
import { Confirm } from './dialog.tsx';
import { DocumentSearch } from './document-search.tsx';
import { Uploads } from './uploads.tsx';

export function Documents({ documentId }: { readonly documentId: string | null }) {
  const [deleted, setDeleted] = useState<DocumentRow | null>(null);
  useEffect(() => {
    void readAll();
    return chooseNone;
  }, []);
  const shown = documents.value?.find(({ id }) => id === documentId) ?? null;
  const remove = async (row: DocumentRow): Promise<void> => {
    setDeleted(null);
    if (await removeDocument(row)) tell(t('documentDeleted', { title: row.title }));
  };
  return (
    <main class="documents">
      <h1>{t('documents')}</h1>
      {config.value?.mayUpload === true ? <Uploads /> : <p class="quiet">{t('mayNotUpload')}</p>}
      <Finding />
      <List onDelete={setDeleted} />
      <Choice />
      {shown === null ? null : <Chunks document={shown} onLeave={() => go({ kind: 'documents', documentId: null })} />}
      {deleted === null ? null : (
        <Confirm
          title={t('deleteTitle', { title: deleted.title })}
          text={t('deleteDocumentText')}
          action={t('delete')}
          onYes={() => void remove(deleted)}
          onLeave={() => setDeleted(null)}
        />
      )}
    </main>
  );
}

/** In a list of choices a name may be anything; these are none. */
const ALL = 'all';
const NONE = 'none';

/** By name and by collection; nothing to choose from, nothing shown. */
function Finding() {
  const known = collections.value?.collections ?? [];
  if (known.length === 0) return null;
  const { search, collection } = filter.value;
  const value = collection === undefined ? ALL : collection === null ? NONE : `=${collection}`;
  const choose = (to: string): void =>
    void show({ collection: to === ALL ? undefined : to === NONE ? null : to.slice(1) });
  return (
    <div class="finding">
      <DocumentSearch value={search} onSearch={(wanted) => void show({ search: wanted })} />
      {known.length === 1 && known[0]?.name === null ? null : (
        <select
          aria-label={t('collection')}
          value={value}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
        >
          <option value={ALL}>{t('allCollections')}</option>
          {known.map(({ name }) => (
            <option key={name ?? ''} value={name === null ? NONE : `=${name}`}>
              {name ?? t('noCollection')}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}

function List({ onDelete }: { readonly onDelete: (row: DocumentRow) => void }) {
  const rows = documents.value;
  if (rows === null) return <p class="quiet">{t('loading')}</p>;
  const { search, collection } = filter.value;
  const isPart = search !== '' || collection !== undefined;
  if (rows.length === 0 && !hasMore.value) return <p class="empty">{isPart ? t('noneFound') : t('noDocuments')}</p>;
  return (
    <section class="collections" aria-label={t('documents')}>
      {inOrder(rows).map(([name, of]) => (
        <Collection key={name ?? ''} name={name} rows={of} isFound={search !== ''} onDelete={onDelete} />
      ))}
      {hasMore.value ? (
        <button type="button" onClick={() => void readMore()}>
          {t('more')}
        </button>
      ) : null}
      {collections.value?.isWhole === false ? <p class="quiet small">{t('countedInPart')}</p> : null}
    </section>
  );
}

/** Collections by their names, and what is in none last, as the server tells them. */
function inOrder(rows: readonly DocumentRow[]): readonly (readonly [string | null, readonly DocumentRow[]])[] {
  const groups = [...Map.groupBy(rows, ({ category }) => category)];
  return groups.sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : a < b ? -1 : 1));
}
