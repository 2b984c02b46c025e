/** Conversations so far: found, named, pinned, saved, deleted. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ConversationRow } from '../../../store/store.ts';
import { exportUrl } from '../api.ts';
import { type Age, ageOf } from '../format.ts';
import { openConversation, opened } from '../state/chat.ts';
import {
  changeConversation,
  conversations,
  forgetAll,
  forgetConversation,
  readHistory,
  search,
} from '../state/history.ts';
import { go, hashOf, route } from '../state/route.ts';
import { t, type Word } from '../state/words.ts';
import { Confirm } from './dialog.tsx';
import { Icon } from './icons.tsx';
import { later } from './later.tsx';

const Share = later(() => import('./share.tsx').then(({ Share: Part }) => Part), 'nothing');

export function History({ onChosen }: { readonly onChosen: () => void }) {
  const rows = conversations.value;
  const [clearing, setClearing] = useState(false);
  const start = (): void => {
    onChosen();
    void openConversation(null);
    go({ kind: 'chat', conversationId: null });
    document.getElementById('question')?.focus();
  };
  return (
    <nav class="history" aria-label={t('history')}>
      <button type="button" class="new" onClick={start}>
        <Icon name="plus" /> {t('newChat')}
      </button>
      {rows.length === 0 && search.value === '' ? null : <Search />}
      {rows.length === 0 ? <p class="quiet">{search.value === '' ? t('noHistory') : t('noneFound')}</p> : null}
      <div class="rows">
        {groups(rows).map(({ word, rows: of }) => (
          <Group key={word} word={word} rows={of} onChosen={onChosen} />
        ))}
      </div>
      {rows.length > 1 && search.value === '' ? (
        <button type="button" class="plain small" onClick={() => setClearing(true)}>
          {t('deleteAll')}
        </button>
      ) : null}
      {clearing ? <DeleteAll onLeave={() => setClearing(false)} onDone={start} /> : null}
    </nav>
  );
}

function DeleteAll({ onLeave, onDone }: { readonly onLeave: () => void; readonly onDone: () => void }) {
  const yes = async (): Promise<void> => {
    onLeave();
    if (await forgetAll()) onDone();
  };
  return (
    <Confirm title={t('deleteAllTitle')} text={t('deleteAllText')} action={t('delete')} onYes={yes} onLeave={onLeave} />
  );
}

function Search() {
  const type = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }): void => {
    search.value = currentTarget.value;
    void readHistory();
  };
  return (
    <input
      type="search"
      aria-label={t('searchHistory')}
      placeholder={t('searchHistory')}
      value={search.value}
      onInput={type}
    />
  );
}

interface Rows {
  readonly word: Word;
  readonly rows: readonly ConversationRow[];
}

const AGES: Readonly<Record<Age, Word>> = { today: 'today', yesterday: 'yesterday', week: 'thisWeek', older: 'older' };

function groups(rows: readonly ConversationRow[]): readonly Rows[] {
  const now = Date.now();
  const of = (row: ConversationRow): Word => (row.isPinned ? 'pinned' : AGES[ageOf(row.changedMs, now)]);
  return [...Map.groupBy(rows, of)].map(([word, group]) => ({ word, rows: group }));
}

function Group({ word, rows, onChosen }: Rows & { readonly onChosen: () => void }) {
  return (
    <section>
      <h2>{t(word)}</h2>
      <ul>
        {rows.map((row) => (
          <Row key={row.id} row={row} onChosen={onChosen} />
        ))}
      </ul>
    </section>
  );
}

function Row({ row, onChosen }: { readonly row: ConversationRow; readonly onChosen: () => void }) {
  const [state, setState] = useState<'shown' | 'renaming' | 'sharing' | 'deleting'>('shown');
  const isOpen = opened.value === row.id && route.value.kind === 'chat';
  if (state === 'renaming') return <Rename row={row} onLeave={() => setState('shown')} />;
  return (
    <li class={isOpen ? 'row open' : 'row'}>
      <a
        href={hashOf({ kind: 'chat', conversationId: row.id })}
        aria-current={isOpen ? 'page' : undefined}
        onClick={onChosen}
      >
        {row.title}
      </a>
      <RowMenu row={row} onState={setState} />
      {state === 'sharing' ? <Share row={row} onLeave={() => setState('shown')} /> : null}
      {state === 'deleting' ? <Delete row={row} onLeave={() => setState('shown')} /> : null}
    </li>
  );
}

interface MenuProps {
  readonly row: ConversationRow;
  readonly onState: (to: 'renaming' | 'sharing' | 'deleting') => void;
}

function RowMenu({ row, onState }: MenuProps) {
  const menu = useRef<HTMLDetailsElement>(null);
  const act = (action: () => void) => (): void => {
    if (menu.current !== null) menu.current.open = false;
    action();
  };
  // Left with the pointer or the keyboard, it closes.
  const leave = ({ relatedTarget }: FocusEvent): void => {
    if (menu.current !== null && !(relatedTarget instanceof Node && menu.current.contains(relatedTarget)))
      menu.current.open = false;
  };
  return (
    <details class="menu" ref={menu} onFocusOut={leave}>
      <summary aria-label={t('actionsFor', { title: row.title })}>
        <Icon name="more" />
      </summary>
      <div class="menuItems">
        <button type="button" onClick={act(() => onState('renaming'))}>
          <Icon name="edit" /> {t('rename')}
        </button>
        <button type="button" onClick={act(() => void changeConversation(row, { isPinned: !row.isPinned }))}>
          <Icon name="pin" /> {t(row.isPinned ? 'unpin' : 'pin')}
        </button>
        <button type="button" onClick={act(() => onState('sharing'))}>
          <Icon name="share" /> {t('share')}
        </button>
        <a href={exportUrl(row.id, 'markdown')} download onClick={act(() => {})}>
          <Icon name="save" /> {t('exportMarkdown')}
        </a>
        <a href={exportUrl(row.id, 'json')} download onClick={act(() => {})}>
          <Icon name="save" /> {t('exportJson')}
        </a>
        <button type="button" class="danger" onClick={act(() => onState('deleting'))}>
          <Icon name="bin" /> {t('delete')}
        </button>
      </div>
    </details>
  );
}

function Rename({ row, onLeave }: { readonly row: ConversationRow; readonly onLeave: () => void }) {
  const [title, setTitle] = useState(row.title);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  const submit = (event: Event): void => {
    event.preventDefault();
    onLeave();
    if (title.trim() !== '' && title !== row.title) void changeConversation(row, { title: title.trim() });
  };
  return (
    <li>
      <form class="rename" onSubmit={submit}>
        <input
          ref={input}
          aria-label={t('newTitle')}
          maxLength={200}
          value={title}
          onInput={({ currentTarget }) => setTitle(currentTarget.value)}
          onKeyDown={({ key }) => key === 'Escape' && onLeave()}
          onBlur={submit}
        />
      </form>
    </li>
  );
}

function Delete({ row, onLeave }: { readonly row: ConversationRow; readonly onLeave: () => void }) {
  const yes = async (): Promise<void> => {
    onLeave();
    const wasOpen = opened.value === row.id;
    if ((await forgetConversation(row.id)) && wasOpen) {
      await openConversation(null);
      go({ kind: 'chat', conversationId: null });
    }
  };
  return (
    <Confirm
      title={t('deleteTitle', { title: row.title })}
      text={t('deleteText')}
      action={t('delete')}
      onYes={yes}
      onLeave={onLeave}
    />
  );
}
