/** Where questions are typed, or spoken. Enter sends, Shift+Enter begins a line, Escape stops the answer. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { ask, opened, running, stopAnswer } from '../state/chat.ts';
import { draft, write } from '../state/drafts.ts';
import { tell } from '../state/notices.ts';
import { mode } from '../state/preferences.ts';
import { config } from '../state/session.ts';
import { canListen, isListening, listen, stopListening } from '../state/speech.ts';
import { t } from '../state/words.ts';
import { Icon, IconButton } from './icons.tsx';
import { ScopeButton, ScopeChip } from './scope.tsx';
import { Strip } from './strip.tsx';

/** UTF-16 units; the server refuses longer ones. */
const QUESTION_CHARS_MAX = 8_000;

export function Composer() {
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => grow(area.current), [draft.value]);
  useEffect(() => area.current?.focus({ preventScroll: true }), [opened.value]);
  const send = (): void => {
    if (running.value !== null || draft.value.trim() === '') return;
    const text = draft.value;
    write(opened.value, '');
    void ask(text);
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Strip />
      <ScopeChip />
      <div class="box">
        <textarea
          id="question"
          ref={area}
          rows={1}
          maxLength={QUESTION_CHARS_MAX}
          aria-label={t('question')}
          placeholder={t(mode.value === 'ask' ? 'askPlaceholder' : 'chatPlaceholder')}
          value={draft.value}
          onInput={({ currentTarget }) => write(opened.value, currentTarget.value)}
          onKeyDown={key}
        />
        <div class="boxTools">
          <ModeSwitch />
          <ScopeButton />
          {draft.value === '' ? null : (
            <IconButton icon="close" label={t('clearInput')} onClick={() => write(opened.value, '')} />
          )}
          <Voice />
          <SendOrStop />
        </div>
      </div>
    </form>
  );
}

/** As tall as its text, up to what the style sheet allows. */
function grow(area: HTMLTextAreaElement | null): void {
  if (area === null) return;
  area.rows = Math.min(8, Math.max(1, area.value.split('\n').length));
  while (area.rows < 8 && area.scrollHeight > area.clientHeight + 4) area.rows++;
}

function SendOrStop() {
  if (running.value !== null)
    return <IconButton icon="stop" class="main round" label={t('stop')} onClick={stopAnswer} />;
  return (
    <button
      type="submit"
      class="iconButton main round"
      aria-label={t('send')}
      title={t('send')}
      disabled={draft.value.trim() === ''}
    >
      <Icon name="send" />
    </button>
  );
}

function ModeSwitch() {
  const isAsk = mode.value === 'ask';
  return (
    <fieldset class="modes" aria-label={t('mode')}>
      <button type="button" aria-pressed={!isAsk} title={t('modeChatHelp')} onClick={() => setMode('chat')}>
        {t('modeChat')}
      </button>
      <button type="button" aria-pressed={isAsk} title={t('modeAskHelp')} onClick={() => setMode('ask')}>
        {t('modeAsk')}
      </button>
    </fieldset>
  );
}

function setMode(to: 'chat' | 'ask'): void {
  mode.value = to;
}

function Voice() {
  if (!canListen() || config.value?.speechInput === false) return null;
  const before = draft.value;
  const start = (): void =>
    listen(
      (heard) => write(opened.value, before === '' ? heard : `${before} ${heard}`),
      () => tell(t('microphoneRefused')),
    );
  return isListening.value ? (
    <IconButton icon="voice" label={t('stopListening')} pressed={true} onClick={stopListening} />
  ) : (
    <IconButton icon="voice" label={t('speakQuestion')} pressed={false} onClick={start} />
  );
}
