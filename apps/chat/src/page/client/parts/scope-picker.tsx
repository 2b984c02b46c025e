/** Chooses what alone is asked in this conversation: one collection, or some documents. */
import { useEffect, useState } from 'preact/hooks';
import type { CollectionView } from '../../../server/api.ts';
import type { DocumentRow } from '../../../store/store.ts';
import { countText } from '../format.ts';
import { SCOPE_DOCUMENTS_MAX, type Scope } from '../model/scope.ts';
import { opened } from '../state/chat.ts';
import { succeeded } from '../state/notices.ts';
import { scope, setScope } from '../state/scope.ts';
import { api } from '../state/server.ts';
import { locale, t } from '../state/words.ts';
import { Dialog } from './dialog.tsx';
import { DocumentSearch } from './document-search.tsx';

type Picked = ReadonlyMap<string, string | null>;

export function ScopePicker({ onLeave }: { readonly onLeave: () => void }) {
  const [picked, setPicked] = useState<Picked>(pickedOf(scope.value));
  const [search, setSearch] = useState('');
  const { rows, collections } = useFound(search);
  const take = (to: Scope | null): void => {
    setScope(opened.value, to);
    onLeave();
    document.getElementById('question')?.focus();
  };
  const toggle = ({ id, title }: DocumentRow, isPicked: boolean): void => {
    const now = new Map(picked);
    if (isPicked) now.set(id, title);
    else now.delete(id);
    setPicked(now);
  };
  const documents = [...picked].map(([id, title]) => ({ id, title }));
  return (
    <Dialog title={t('scopeChoose')} onLeave={onLeave} class="picker">
      <p class="quiet small">{t('scopeHelp')}</p>
      <Collections all={collections} onTake={(name) => take({ kind: 'collection', name })} />
      <DocumentSearch value={search} onSearch={setSearch} />
      <ul class="picked" aria-label={t('documents')}>
        {rows === null ? <li class="quiet">{t('loading')}</li> : null}
        {rows?.length === 0 ? <li class="quiet">{t('noneFound')}</li> : null}
        {rows?.map((row) => (
          <li key={row.id}>
            <label class="check">
              <input
                type="checkbox"
                checked={picked.has(row.id)}
                disabled={!picked.has(row.id) && picked.size >= SCOPE_DOCUMENTS_MAX}
                onChange={({ currentTarget }) => toggle(row, currentTarget.checked)}
              />
              <span class="name">{row.title}</span>
            </label>
          </li>
        ))}
      </ul>
      <div class="buttons end">
        <span class="quiet small">{t('chosenCount', { count: countText(picked.size, locale.value) })}</span>
        {scope.value === null ? null : (
          <button type="button" onClick={() => take(null)}>
            {t('scopeClear')}
          </button>
        )}
        <button
          type="button"
          class="main"
          disabled={documents.length === 0}
          onClick={() => take({ kind: 'documents', documents })}
        >
          {t('askThese')}
        </button>
      </div>
    </Dialog>
  );
}

function pickedOf(of: Scope | null): Picked {
  return new Map(of?.kind === 'documents' ? of.documents.map(({ id, title }) => [id, title] as const) : []);
}

interface CollectionsProps {
  readonly all: readonly CollectionView[];
  readonly onTake: (name: string) => void;
}

function Collections({ all, onTake }: CollectionsProps) {
  const isAsked = (name: string): boolean => scope.value?.kind === 'collection' && scope.value.name === name;
  const named = all.flatMap(({ name, documents }) => (name === null ? [] : [{ name, documents }]));
  if (named.length === 0) return null;
  return (
    <ul class="pickedCollections" aria-label={t('allCollections')}>
      {named.map(({ name, documents }) => (
        <li key={name}>
          <button type="button" aria-pressed={isAsked(name)} onClick={() => onTake(name)}>
            <span class="name">{name}</span> <span class="quiet small">{countText(documents, locale.value)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The first ones whose name fits; the list does not grow, the search narrows it. */
function useFound(search: string) {
  const [rows, setRows] = useState<readonly DocumentRow[] | null>(null);
  const [collections, setCollections] = useState<readonly CollectionView[]>([]);
  useEffect(() => {
    void api.collections().then((answer) => succeeded(answer) && setCollections(answer.value.collections));
  }, []);
  useEffect(() => {
    let isOver = false;
    void api.documents({ after: null, search, collection: undefined }).then((answer) => {
      if (!isOver) setRows(succeeded(answer) ? answer.value.documents : []);
    });
    return () => {
      isOver = true;
    };
  }, [search]);
  return { rows, collections };
}
