/** One collection in the list: its name with what there is of it, what can be done with all of it, and its documents. */
import { useId, useState } from 'preact/hooks';
import type { CollectionView } from '../../../server/api.ts';
import type { DocumentRow } from '../../../store/store.ts';
import { bytesText, countText, dateText } from '../format.ts';
import { askOnly } from '../state/chat.ts';
import { choose, chosen, mayChange, removeCollection, renameCollection } from '../state/choice.ts';
import { collections, filter, reindexDocument, show } from '../state/documents.ts';
import { hashOf } from '../state/route.ts';
import { config, session, user } from '../state/session.ts';
import { locale, t } from '../state/words.ts';
import { Confirm } from './dialog.tsx';
import { Icon, IconButton } from './icons.tsx';
import { NameDialog } from './name-dialog.tsx';
import { OriginalIcon } from './original-icon.tsx';

export interface CollectionProps {
  /** null: documents that are in none. */
  readonly name: string | null;
  readonly rows: readonly DocumentRow[];
  /** They are what a search by name found: not all of it. */
  readonly isFound: boolean;
  readonly onDelete: (row: DocumentRow) => void;
}

export function Collection({ name, rows, isFound, onDelete }: CollectionProps) {
  const id = useId();
  const all = collections.value?.collections ?? [];
  const told = isFound ? undefined : all.find((each) => each.name === name);
  const isOnly = name === null && all.length < 2;
  return (
    <section class="collection">
      <div class="collectionHead">
        <ChooseAll name={name} rows={rows} />
        <div class="collectionText">
          <h2 id={id}>{name ?? (isOnly ? t('documents') : t('noCollection'))}</h2>
          {told === undefined ? null : <p class="quiet small">{factsOf(told)}</p>}
        </div>
        {name === null ? null : <Tools name={name} documents={told?.documents ?? null} />}
      </div>
      <ul class="documentList" aria-labelledby={id}>
        {rows.map((row) => (
          <Row key={row.id} row={row} onDelete={() => onDelete(row)} />
        ))}
      </ul>
      {told !== undefined && told.documents > rows.length && filter.value.collection === undefined ? (
        <button type="button" class="plain small" onClick={() => void show({ collection: name })}>
          {t('showAllOf', { name: name ?? t('noCollection') })}
        </button>
      ) : null}
    </section>
  );
}

function factsOf({ documents, chunks, bytes, indexedMs }: CollectionView): string {
  const now = locale.value;
  return [
    t('documentCount', { count: countText(documents, now) }),
    t('passageCount', { count: countText(chunks, now) }),
    bytesText(bytes, now),
    dateText(indexedMs, now),
  ].join(' · ');
}

function ChooseAll({ name, rows }: Pick<CollectionProps, 'name' | 'rows'>) {
  const count = rows.filter((row) => chosen.value.includes(row)).length;
  return (
    <input
      type="checkbox"
      aria-label={t('chooseAllOf', { name: name ?? t('noCollection') })}
      checked={count === rows.length}
      indeterminate={count > 0 && count < rows.length}
      onChange={({ currentTarget }) => choose(rows, currentTarget.checked)}
    />
  );
}

/** Of a whole collection: whoever administers renames and deletes it, everybody asks it. @param documents null: not known. */
function Tools({ name, documents }: { readonly name: string; readonly documents: number | null }) {
  const [state, setState] = useState<'shown' | 'renaming' | 'deleting'>('shown');
  const leave = (): void => setState('shown');
  const isAdmin = session.value.kind === 'open' && session.value.me.isAdmin;
  return (
    <div class="collectionTools">
      <button
        type="button"
        aria-label={`${t('askThese')}: ${name}`}
        onClick={() => void askOnly({ kind: 'collection', name })}
      >
        {t('askThese')}
      </button>
      {isAdmin ? (
        <IconButton icon="edit" label={t('renameTitle', { name })} onClick={() => setState('renaming')} />
      ) : null}
      {isAdmin && documents !== null ? (
        <IconButton icon="bin" label={t('deleteCollectionTitle', { name })} onClick={() => setState('deleting')} />
      ) : null}
      {state === 'renaming' ? (
        <NameDialog
          title={t('renameTitle', { name })}
          help={t('renameHelp')}
          action={t('rename')}
          value={name}
          onName={(to) => {
            leave();
            if (to !== null && to !== name) void renameCollection(name, to);
          }}
          onLeave={leave}
        />
      ) : null}
      {state === 'deleting' && documents !== null ? (
        <Confirm
          title={t('deleteCollectionTitle', { name })}
          text={t('deleteManyText', { count: countText(documents, locale.value) })}
          action={t('delete')}
          onYes={() => {
            leave();
            void removeCollection(name, documents);
          }}
          onLeave={leave}
        />
      ) : null}
    </div>
  );
}

function Row({ row, onDelete }: { readonly row: DocumentRow; readonly onDelete: () => void }) {
  const { title, path, pages, chunks, bytes, indexedMs } = row;
  const now = locale.value;
  return (
    <li class="document">
      <input
        type="checkbox"
        aria-label={t('chooseDocument', { title })}
        checked={chosen.value.includes(row)}
        onChange={({ currentTarget }) => choose([row], currentTarget.checked)}
      />
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
          <Seen row={row} />
        </div>
        <RowTools row={row} onDelete={onDelete} />
      </div>
    </li>
  );
}

function RowTools({ row, onDelete }: { readonly row: DocumentRow; readonly onDelete: () => void }) {
  const { title, path } = row;
  const may = mayChange(row);
  return (
    <div class="documentIcons">
      <OriginalIcon class="iconButton" title={title} path={path} page={null} />
      {may && config.value?.mayUpload === true ? (
        <IconButton icon="again" label={t('reindexTitle', { title })} onClick={() => void reindexDocument(row)} />
      ) : null}
      {may ? <IconButton icon="bin" label={t('deleteTitle', { title })} onClick={onDelete} /> : null}
    </div>
  );
}

/** Who may see it, where that is not everybody. */
function Seen({ row: { access } }: { readonly row: DocumentRow }) {
  const names = [...access.groups, ...access.users];
  if (names.length === 0) return null;
  const isMine = access.groups.length === 0 && names.every((name) => name === user());
  return <span class="pill wait">{isMine ? t('onlyMe') : t('onlyFor', { names: names.join(', ') })}</span>;
}
