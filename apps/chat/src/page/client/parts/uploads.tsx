/** Files on their way in: chosen or dropped, sent, read, cut, embedded. */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { bytesText, timeText } from '../format.ts';
import { clearEnded, type Sending, send, sendings } from '../state/documents.ts';
import { config, isNameless, session, user } from '../state/session.ts';
import { locale, t, type Word } from '../state/words.ts';
import { CollectionNames } from './collection-names.tsx';
import { Icon } from './icons.tsx';
import { NAME_CHARS_MAX } from './name-dialog.tsx';

export function Uploads() {
  const [category, setCategory] = useState('');
  const [groups, setGroups] = useState('');
  const [isMine, setMine] = useState(false);
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null | undefined): void => {
    if (files !== null && files !== undefined && files.length > 0)
      void send([...files], { category, groups, onlyFor: isMine ? user() : null });
    if (input.current !== null) input.current.value = '';
  };
  const place = useRef<HTMLElement>(null);
  useDrop(place, setOver, take);
  return (
    <section class="uploads" aria-label={t('upload')} ref={place}>
      <div class={isOver ? 'drop over' : 'drop'}>
        <label class="button main">
          <Icon name="plus" /> {t('chooseFiles')}
          <input
            ref={input}
            class="unseen"
            type="file"
            multiple
            accept={accepted()}
            onChange={({ currentTarget }) => take(currentTarget.files)}
          />
        </label>
        <p class="dropHint">{t('dropHere')}</p>
        <p class="quiet small">
          {t('uploadHelp', { types: typesText(), most: bytesText(config.value?.uploadBytesMax ?? 0, locale.value) })}
        </p>
        <div class="uploadFields">
          <label class="field">
            <span>{t('category')}</span>
            <input
              list="collection-names"
              value={category}
              maxLength={NAME_CHARS_MAX}
              onInput={({ currentTarget }) => setCategory(currentTarget.value)}
            />
            <CollectionNames id="collection-names" />
          </label>
          {isNameless() ? null : (
            <label class="field">
              <span>{t('groups')}</span>
              <input
                value={groups}
                placeholder={t('everybody')}
                disabled={isMine}
                onInput={({ currentTarget }) => setGroups(currentTarget.value)}
              />
            </label>
          )}
        </div>
        {isAlone() ? null : (
          <label class="check">
            <input
              type="checkbox"
              checked={isMine || isHidden()}
              disabled={isHidden()}
              onChange={({ currentTarget }) => setMine(currentTarget.checked)}
            />{' '}
            {t('onlyMe')}
          </label>
        )}
      </div>
      <Sendings />
    </section>
  );
}

/** What a visitor without a name uploads the server keeps for them alone. */
function isHidden(): boolean {
  return isNameless() && !isAlone();
}

/** On their own machine: there is nobody to hide it from. */
function isAlone(): boolean {
  return isNameless() && session.value.kind === 'open' && session.value.me.isAdmin;
}

function useDrop(
  place: RefObject<HTMLElement | null>,
  setOver: (isOver: boolean) => void,
  take: (files: FileList | undefined) => void,
): void {
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const over = (event: DragEvent): void => {
      event.preventDefault();
      setOver(true);
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      setOver(false);
      take(event.dataTransfer?.files);
    };
    place.current?.addEventListener('dragover', over, { signal });
    place.current?.addEventListener('dragleave', () => setOver(false), { signal });
    place.current?.addEventListener('drop', drop, { signal });
    return () => stop.abort();
  });
}

/** Endings, as a browser wants them. */
function accepted(): string {
  return (config.value?.uploadTypes ?? [])
    .map((type) => (type.startsWith('.') || type.includes('/') ? type : `.${type}`))
    .join(',');
}

function typesText(): string {
  return (config.value?.uploadTypes ?? []).map((type) => type.replace(/^\./, '')).join(', ');
}

function Sendings() {
  const list = sendings.value;
  if (list.length === 0) return null;
  return (
    <>
      <ul class="sendings" aria-label={t('upload')} aria-live="polite">
        {list.map((sending) => (
          <Row key={sending.key} sending={sending} />
        ))}
      </ul>
      <button type="button" class="plain small" onClick={clearEnded}>
        {t('clearEnded')}
      </button>
    </>
  );
}

const STATES: Readonly<Record<Sending['state'], Word>> = {
  sending: 'stateSending',
  waiting: 'stateWaiting',
  reading: 'stateReading',
  done: 'stateDone',
  failed: 'stateFailed',
};

function Row({ sending: { name, share, state, reason, notes, retryAtMs } }: { readonly sending: Sending }) {
  const tone = state === 'done' ? 'good' : state === 'failed' ? 'bad' : '';
  return (
    <li class="sending">
      <div class="sendingHead">
        <span class="name">{name}</span>
        <span class={`pill ${tone}`}>{t(STATES[state])}</span>
      </div>
      {state === 'done' || state === 'failed' ? null : <Bar name={name} share={state === 'sending' ? share : null} />}
      {retryAtMs === null ? null : (
        <p class="small quiet">{t('embeddingWaits', { time: timeText(retryAtMs, locale.value) })}</p>
      )}
      {reason === null ? null : <p class="small problem">{reason.text}</p>}
      {reason === null || reason.detail === null ? null : (
        <p class="small quiet" lang="en">
          {reason.detail}
        </p>
      )}
      {notes.map((note) => (
        <p key={note} class="small quiet">
          {note}
        </p>
      ))}
    </li>
  );
}

/** @param share null: it takes as long as it takes. */
function Bar({ name, share }: { readonly name: string; readonly share: number | null }) {
  return <progress aria-label={name} max={1} {...(share === null ? {} : { value: share })} />;
}
