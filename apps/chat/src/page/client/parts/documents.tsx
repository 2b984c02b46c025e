/** The documents that are asked: put in, looked into, taken out. */
import { useEffect, useState } from 'preact/hooks';
import type { DocumentRow } from '../../../store/store.ts';
import { bytesText, countText, dateText } from '../format.ts';
import { originalUrl } from '../model/passage.ts';
import { documents, hasMore, readDocuments, readMore, reindexDocument, removeDocument } from '../state/documents.ts';
import { tell } from '../state/notices.ts';
import { go, hashOf } from '../state/route.ts';
import { config, session, user } from '../state/session.ts';
import { locale, t } from '../state/words.ts';
import { Chunks } from './chunks.tsx';
import { Confirm } from './dialog.tsx';
import { Icon, IconButton } from './icons.tsx';
import { Uploads } from './uploads.tsx';

export function Documents({ documentId }: { readonly documentId: string | null }) {
  const [deleted, setDeleted] = useState<DocumentRow | null>(null);
  useEffect(() => void readDocuments(), []);
  const shown = documents.value?.find(({ id }) => id === documentId) ?? null;
  const remove = async (row: DocumentRow): Promise<void> => {
    setDeleted(null);
    if (await removeDocument(row)) tell(t('documentDeleted', { title: row.title }));
  };
  return (
    <main class="documents">
      <h1>{t('documents')}</h1>
      {config.value?.mayUpload === true ? <Uploads /> : <p class="quiet">{t('mayNotUpload')}</p>}
      <List onDelete={setDeleted} />
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

function List({ onDelete }: { readonly onDelete: (row: DocumentRow) => void }) {
  const rows = documents.value;
  if (rows === null) return <p class="quiet">{t('loading')}</p>;
  if (rows.length === 0) return <p class="empty">{t('noDocuments')}</p>;
  return (
    <>
      <ul class="documentList" aria-label={t('documents')}>
        {rows.map((row) => (
          <Row key={row.id} row={row} onDelete={() => onDelete(row)} />
        ))}
      </ul>
      {hasMore.value ? (
        <button type="button" onClick={() => void readMore()}>
          {t('more')}
        </button>
      ) : null}
    </>
  );
}

function Row({ row, onDelete }: { readonly row: DocumentRow; readonly onDelete: () => void }) {
  const { title, path, category, pages, chunks, bytes, indexedMs } = row;
  const now = locale.value;
  return (
    <li class="document">
      <Icon name="file" />
      <div class="documentText">
        <a class="title" href={hashOf({ kind: 'documents', documentId: row.id })}>
          {title}
        </a>
        <p class="quiet small path">{path}</p>
        <p class="quiet small">
          {[
            ...(pages === null ? [] : [t('pageCount', { count: countText(pages, now) })]),
            t('passageCount', { count: countText(chunks, now) }),
            bytesText(bytes, now),
            dateText(indexedMs, now),
          ].join(' · ')}
        </p>
      </div>
      <div class="documentTools">
        <div class="documentPills">
          {category === null ? null : <span class="pill">{category}</span>}
          <Seen row={row} />
        </div>
        <div class="documentIcons">
          <a
            class="iconButton"
            href={originalUrl(path, null)}
            target="_blank"
            rel="noopener"
            aria-label={t('openOriginal', { title })}
            title={t('openOriginal', { title })}
          >
            <Icon name="out" />
          </a>
          {mayDelete(row) && config.value?.mayUpload === true ? (
            <IconButton icon="again" label={t('reindexTitle', { title })} onClick={() => void reindexDocument(row)} />
          ) : null}
          {mayDelete(row) ? <IconButton icon="bin" label={t('deleteTitle', { title })} onClick={onDelete} /> : null}
        </div>
      </div>
    </li>
  );
}

/** Who may see it, where that is not everybody. */
function Seen({ row: { access } }: { readonly row: DocumentRow }) {
  const names = [...access.groups, ...access.users];
  if (names.length === 0) return null;
  const isMine = access.groups.length === 0 && names.every((name) => name === user());
  return <span class="pill wait">{isMine ? t('onlyMe') : t('onlyFor', { names: names.join(', ') })}</span>;
}

/** The server decides; this spares a refusal. */
function mayDelete({ owner }: DocumentRow): boolean {
  const now = session.value;
  return now.kind === 'open' && (now.me.isAdmin || user() === owner);
}
