/** The whole page: list, conversation and panel, or documents; or what stands in its way. */
import { useEffect, useState } from 'preact/hooks';
import { openConversation, opened, running, stopAnswer } from '../state/chat.ts';
import { readDraft } from '../state/drafts.ts';
import { readHistory } from '../state/history.ts';
import { notice } from '../state/notices.ts';
import { closePanel, panel } from '../state/panel.ts';
import { type Own, type Route, route } from '../state/route.ts';
import { readScope } from '../state/scope.ts';
import { config, isNameless, session, signOut, startSession } from '../state/session.ts';
import { t } from '../state/words.ts';
import { Conversation } from './conversation.tsx';
import { History } from './history.tsx';
import { Icon, IconButton } from './icons.tsx';
import { later } from './later.tsx';
import { SignIn } from './sign-in.tsx';

const Documents = later(() => import('./documents.tsx').then(({ Documents: Part }) => Part), 'loading');
const Evaluation = later(() => import('./evaluation.tsx').then(({ Evaluation: Part }) => Part), 'loading');
const Panel = later(() => import('./panel.tsx').then(({ Panel: Part }) => Part), 'nothing');
const Settings = later(() => import('./settings.tsx').then(({ Settings: Part }) => Part), 'nothing');
const Shared = later(() => import('./shared.tsx').then(({ Shared: Part }) => Part), 'loading');

export function App() {
  const now = session.value;
  if (now.kind === 'loading') return <p class="quiet door">{t('loading')}</p>;
  if (now.kind === 'gone') return <Gone />;
  return (
    <>
      {now.kind === 'locked' ? <SignIn message={now.message} onOpen={() => void openPage()} /> : <Inside />}
      <Notice />
    </>
  );
}

/** What whoever is there now may see. */
async function openPage(): Promise<void> {
  await startSession();
  void readHistory();
}

function Gone() {
  return (
    <main class="door">
      <img src="/ui/icon.svg" alt="" width="44" height="44" />
      <p role="alert">{t('serverGone')}</p>
      <button type="button" class="main" onClick={() => location.reload()}>
        {t('tryAgain')}
      </button>
    </main>
  );
}

function Inside() {
  const at = route.value;
  return at.kind === 'shared' ? <Shared link={at.link} /> : <Open at={at} />;
}

function Open({ at }: { readonly at: Own }) {
  const [isListOpen, setListOpen] = useState(false);
  const conversation = at.kind === 'chat' ? at.conversationId : null;
  useEffect(() => void readHistory(), []);
  useEffect(() => {
    if (at.kind === 'chat' && conversation !== opened.value) void openConversation(conversation);
  }, [at.kind, conversation]);
  useEffect(() => {
    readDraft(opened.value);
    // Of one that is there, it is known once its turns are read.
    if (opened.value === null) readScope(null, null);
  }, [opened.value]);
  useKeys(isListOpen, () => setListOpen(false));
  const isPanel = at.kind === 'chat' && panel.value !== null;
  return (
    <div class={`frame ${isListOpen ? 'listOpen' : ''} ${isPanel ? 'panelOpen' : ''}`}>
      <button type="button" class="skip" onClick={toQuestion}>
        {t('skip')}
      </button>
      <Top at={at} onList={() => setListOpen(!isListOpen)} isListOpen={isListOpen} />
      <div class="side">
        <History onChosen={() => setListOpen(false)} />
      </div>
      {isListOpen ? (
        <button type="button" class="veil" tabIndex={-1} aria-label={t('close')} onClick={() => setListOpen(false)} />
      ) : null}
      <Place at={at} />
      {isPanel ? <Panel onLeave={closePanel} /> : null}
    </div>
  );
}

function Place({ at }: { readonly at: Own }) {
  if (at.kind === 'chat') return <Conversation />;
  if (at.kind === 'documents') return <Documents documentId={at.documentId} />;
  return <Evaluation runId={at.runId} beforeId={at.beforeId} />;
}

function toQuestion(): void {
  document.getElementById('question')?.focus();
}

/** Escape stops an answer, or closes what lies over the page; a slash goes to the question. */
function useKeys(isListOpen: boolean, closeList: () => void): void {
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      const { target } = event;
      const isTyping =
        target instanceof HTMLInputElement ||
        target instanceof HTMLTextAreaElement ||
        target instanceof HTMLSelectElement;
      if (document.querySelector('dialog[open]') !== null || event.defaultPrevented) return;
      if (event.key === 'Escape') {
        if (isListOpen) closeList();
        else if (running.value !== null) stopAnswer();
        else closePanel();
      } else if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        toQuestion();
      }
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, [isListOpen, closeList]);
}

interface TopProps {
  readonly at: Route;
  readonly isListOpen: boolean;
  readonly onList: () => void;
}

function Top({ at, isListOpen, onList }: TopProps) {
  const [hasSettings, setSettings] = useState(false);
  const me = session.value.kind === 'open' ? session.value.me : null;
  return (
    <header class="top">
      <button
        type="button"
        class="iconButton listButton"
        aria-label={t('history')}
        aria-expanded={isListOpen}
        onClick={onList}
      >
        <Icon name="list" />
      </button>
      <a class="brand" href="#/" aria-label={config.value?.title}>
        <img src="/ui/icon.svg" alt="" width="28" height="28" />
        <span>{config.value?.title}</span>
      </a>
      <nav aria-label={t('pages')}>
        <a
          href={opened.value === null ? '#/' : `#/c/${opened.value}`}
          aria-current={at.kind === 'chat' ? 'page' : undefined}
        >
          {t('chat')}
        </a>
        <a href="#/documents" aria-current={at.kind === 'documents' ? 'page' : undefined}>
          {t('documents')}
        </a>
        {me?.isAdmin === true ? (
          <a href="#/evaluation" aria-current={at.kind === 'evaluation' ? 'page' : undefined}>
            {t('evaluation')}
          </a>
        ) : null}
      </nav>
      {me === null || isNameless() ? null : <span class="quiet user">{me.user}</span>}
      {me === null || me.auth === 'none' || me.auth === 'proxy' ? null : (
        <button type="button" class="plain" onClick={() => void signOut()}>
          {t('signOut')}
        </button>
      )}
      <IconButton icon="gear" label={t('settings')} onClick={() => setSettings(true)} />
      {hasSettings ? <Settings onLeave={() => setSettings(false)} /> : null}
    </header>
  );
}

function Notice() {
  const told = notice.value;
  const close = (): void => {
    notice.value = null;
  };
  return (
    <div class="notices" role="status">
      {told === null ? null : (
        <div class={`notice ${told.tone}`}>
          <p>{told.text}</p>
          <button type="button" onClick={close}>
            {t('close')}
          </button>
        </div>
      )}
    </div>
  );
}
