/** A question as it was asked; it can be edited and sent again. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, running, scopeOfTurn, type Turn } from '../state/chat.ts';
import { t } from '../state/words.ts';
import { IconButton } from './icons.tsx';
import { ScopeLine } from './scope.tsx';

export function QuestionText({ turn }: { readonly turn: Turn }) {
  const [isEdited, setEdited] = useState(false);
  if (isEdited) return <Edit turn={turn} onLeave={() => setEdited(false)} />;
  return (
    <>
      <div class="asked">
        <IconButton
          icon="edit"
          label={t('editQuestion')}
          disabled={running.value !== null}
          onClick={() => setEdited(true)}
        />
        <h2 class="bubble">{turn.question}</h2>
      </div>
      <ScopeLine of={scopeOfTurn(turn)} />
    </>
  );
}

function Edit({ turn, onLeave }: { readonly turn: Turn; readonly onLeave: () => void }) {
  const [text, setText] = useState(turn.question);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(text.length, text.length);
  }, []);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (text.trim() === '') return;
    onLeave();
    void ask(text, turn);
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onLeave();
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit(event);
  };
  return (
    <form class="editing" onSubmit={submit}>
      <textarea
        ref={area}
        aria-label={t('editQuestion')}
        rows={3}
        maxLength={8_000}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={key}
      />
      <div class="buttons end">
        <button type="button" onClick={onLeave}>
          {t('cancel')}
        </button>
        <button type="submit" class="main">
          {t('send')}
        </button>
      </div>
    </form>
  );
}
