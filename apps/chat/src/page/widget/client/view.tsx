/** The widget as it is drawn: a button that opens it, and the panel with the conversation. */
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { AnswerView, type Look } from './answer.tsx';
import type { Turn } from './conversation.ts';

export interface ViewProps extends Look {
  readonly title: string;
  readonly examples: readonly string[];
  readonly turns: readonly Turn[];
  readonly isBusy: boolean;
  readonly isOpen: boolean;
  /** It stands in the text of the page, and is always open. */
  readonly isInline: boolean;
  readonly onOpen: (isOpen: boolean) => void;
  readonly onAsk: (question: string) => void;
  readonly onAgain: (turn: Turn) => void;
  readonly onStop: () => void;
  readonly onClear: () => void;
}

const ICONS = {
  chat: 'M4 4h12v9H9l-4 3v-3H4z',
  send: 'M10 16V4M5 9l5-5 5 5',
  stop: 'M6 6h8v8H6z',
  close: 'M5 5l10 10M15 5L5 15',
  anew: 'M10 4v12M4 10h12',
} as const;

export function View(props: ViewProps) {
  const { title, isOpen, isInline, onOpen } = props;
  return (
    // Empty: the title of the element is the panel's heading, and no tooltip over all of it.
    <div class="root" title="">
      {isOpen ? <Panel {...props} /> : null}
      {isInline || isOpen ? null : (
        <button type="button" class="launcher" aria-label={title} aria-expanded={false} onClick={() => onOpen(true)}>
          <Icon name="chat" />
        </button>
      )}
    </div>
  );
}

function Panel(props: ViewProps) {
  const { title, say, turns, isBusy, isInline, examples, onOpen, onAsk, onAgain, onClear } = props;
  const last = turns.at(-1);
  const offered = last === undefined ? examples : isBusy ? [] : last.answer.followups;
  return (
    <section class="panel" role={isInline ? 'region' : 'dialog'} aria-label={title}>
      <header>
        <p class="heading">{title}</p>
        {turns.length === 0 ? null : <IconButton icon="anew" label={say('newChat')} onClick={onClear} />}
        {isInline ? null : <IconButton icon="close" label={say('close')} onClick={() => onOpen(false)} />}
      </header>
      <Scrolled turns={turns}>
        {last === undefined ? <p class="quiet">{say('startText')}</p> : null}
        {turns.map((turn) => (
          <div class="turn" key={turn.key}>
            <p class="question">{turn.question}</p>
            <AnswerView {...props} turn={turn} onAgain={() => onAgain(turn)} />
          </div>
        ))}
        {offered.length === 0 ? null : (
          <ul class="offered" aria-label={say(last === undefined ? 'examples' : 'followups')}>
            {offered.map((question) => (
              <li key={question}>
                <button type="button" onClick={() => onAsk(question)}>
                  {question}
                </button>
              </li>
            ))}
          </ul>
        )}
      </Scrolled>
      <Composer {...props} />
    </section>
  );
}

/** Pixels from the end at which somebody is taken to read the newest. */
const NEAR_END = 60;

/** At the end while an answer grows, until somebody scrolls up. Read out when an answer is whole, not word by word. */
function Scrolled({ turns, children }: { readonly turns: readonly Turn[]; readonly children: ComponentChildren }) {
  const place = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useLayoutEffect(() => {
    if (follows.current && place.current !== null) place.current.scrollTop = place.current.scrollHeight;
  }, [turns]);
  const scrolled = ({ currentTarget }: { readonly currentTarget: HTMLDivElement }): void => {
    const { scrollHeight, scrollTop, clientHeight } = currentTarget;
    follows.current = scrollHeight - scrollTop - clientHeight < NEAR_END;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached with the keyboard.
    <div class="scroll" role="log" ref={place} tabIndex={0} onScroll={scrolled}>
      {children}
    </div>
  );
}

/** UTF-16 units; the app refuses longer ones. */
const QUESTION_CHARS_MAX = 8_000;

function Composer({ say, isBusy, isInline, onAsk, onStop }: ViewProps) {
  const [draft, setDraft] = useState('');
  const area = useRef<HTMLTextAreaElement>(null);
  // A panel that was opened is there to be written in; one in the text of a page must not take the focus from it.
  useEffect(() => {
    if (!isInline) area.current?.focus({ preventScroll: true });
  }, [isInline]);
  const send = (): void => {
    if (isBusy || draft.trim() === '') return;
    setDraft('');
    onAsk(draft);
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={area}
        rows={Math.min(5, Math.max(1, draft.split('\n').length))}
        maxLength={QUESTION_CHARS_MAX}
        aria-label={say('question')}
        placeholder={say('chatPlaceholder')}
        value={draft}
        onInput={({ currentTarget }) => setDraft(currentTarget.value)}
        onKeyDown={key}
      />
      {isBusy ? (
        <IconButton icon="stop" label={say('stop')} class="main" onClick={onStop} />
      ) : (
        <button type="submit" class="iconButton main" aria-label={say('send')} disabled={draft.trim() === ''}>
          <Icon name="send" />
        </button>
      )}
    </form>
  );
}

interface IconButtonProps {
  readonly icon: keyof typeof ICONS;
  readonly label: string;
  readonly class?: string;
  readonly onClick: () => void;
}

function IconButton({ icon, label, class: more = '', onClick }: IconButtonProps) {
  return (
    <button type="button" class={`iconButton ${more}`} aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

function Icon({ name }: { readonly name: keyof typeof ICONS }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path d={ICONS[name]} />
    </svg>
  );
}
