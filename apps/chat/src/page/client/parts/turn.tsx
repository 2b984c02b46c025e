/** A question with its answer, and what can be done with both. */
import { useCallback, useState } from 'preact/hooks';
import type { AnswerPhase } from '../../../events.ts';
import { pagesText } from '../format.ts';
import { type Answer, cited } from '../model/answer.ts';
import type { Slot } from '../model/thread.ts';
import { ask, giveFeedback, running, type Turn } from '../state/chat.ts';
import { tell } from '../state/notices.ts';
import { openPanel, type Tab } from '../state/panel.ts';
import { showsWriting } from '../state/preferences.ts';
import { config } from '../state/session.ts';
import { canRead, readAloud, reading } from '../state/speech.ts';
import { t, type Word } from '../state/words.ts';
import { FailureNote, Found, Waiting } from './failure.tsx';
import { Feedback } from './feedback.tsx';
import { Icon, IconButton } from './icons.tsx';
import { OriginalIcon } from './original-icon.tsx';
import { Prose } from './prose.tsx';
import { QuestionText } from './question.tsx';

const PHASES: Readonly<Record<AnswerPhase, Word>> = {
  planning: 'phasePlanning',
  searching: 'phaseSearching',
  answering: 'phaseAnswering',
  checking: 'phaseChecking',
};

export function SlotView({ slot, isLast }: { readonly slot: Slot<Turn>; readonly isLast: boolean }) {
  const [looked, setLooked] = useState<string | null>(null);
  const at = slot.versions.findIndex(({ key }) => key === looked);
  const shown = at === -1 ? slot.versions.length - 1 : at;
  const turn = slot.versions[shown];
  if (turn === undefined) return null;
  const toVersion = (to: number): void => setLooked(slot.versions[to]?.key ?? null);
  return (
    <li class="turn">
      <QuestionText turn={turn} />
      {slot.versions.length > 1 ? <Versions shown={shown} count={slot.versions.length} onChange={toVersion} /> : null}
      <AnswerView turn={turn} isLast={isLast && shown === slot.versions.length - 1} />
    </li>
  );
}

interface VersionsProps {
  readonly shown: number;
  readonly count: number;
  readonly onChange: (to: number) => void;
}

function Versions({ shown, count, onChange }: VersionsProps) {
  return (
    <fieldset class="versions" aria-label={t('versions')}>
      <button type="button" aria-label={t('versionBefore')} disabled={shown === 0} onClick={() => onChange(shown - 1)}>
        ‹
      </button>
      {shown + 1} / {count}
      <button
        type="button"
        aria-label={t('versionAfter')}
        disabled={shown === count - 1}
        onClick={() => onChange(shown + 1)}
      >
        ›
      </button>
    </fieldset>
  );
}

function AnswerView({ turn, isLast }: { readonly turn: Turn; readonly isLast: boolean }) {
  const answer = turn.answer.value;
  const { key } = turn;
  const isBusy = running.value !== null;
  const open = useCallback((tab: Tab, label: string | null = null) => openPanel({ turnKey: key, tab, label }), [key]);
  const onCite = useCallback(
    (number: number) => open('passage', cited(turn.answer.peek())[number - 1]?.label ?? null),
    [turn.answer],
  );
  const isWriting = answer.status === 'answering';
  const text = isWriting && !showsWriting.value ? { ...answer, text: '' } : answer;
  return (
    <article class="answer" aria-label={t('answer')} aria-busy={isWriting}>
      <Prose answer={text} onCite={onCite} />
      {isWriting && answer.waitingUntilMs === null ? <Phase answer={answer} /> : null}
      {answer.waitingUntilMs === null ? null : <Waiting untilMs={answer.waitingUntilMs} />}
      {answer.failure === null ? null : (
        <FailureNote
          answer={answer}
          failure={answer.failure}
          isBusy={isBusy}
          onAgain={() => void ask(turn.question, turn)}
          onSources={() => open('sources')}
        />
      )}
      <Found answer={answer} onOpen={(label) => open('passage', label)} />
      {answer.status === 'stopped' ? <p class="quiet stopped">{t('stopped')}</p> : null}
      <Cited answer={answer} onOpen={(label) => open('passage', label)} />
      {isWriting ? null : (
        <Tools turn={turn} isBusy={isBusy} onPanel={() => open(answer.sources.length > 0 ? 'sources' : 'steps')} />
      )}
      {isLast && !isWriting ? <Followups questions={answer.followups} isBusy={isBusy} /> : null}
    </article>
  );
}

function Phase({ answer: { phase, sources, text } }: { readonly answer: Answer }) {
  const isReading = phase === 'answering' && text === '' && sources.length > 0;
  const word = isReading ? 'phaseReading' : PHASES[phase ?? 'planning'];
  return (
    <p class={text === '' ? 'phase' : 'phase under'}>
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {t(word, { count: sources.length })}
    </p>
  );
}

/** Each cited source: its passage in one click, its original in another. */
function Cited({ answer, onOpen }: { readonly answer: Answer; readonly onOpen: (label: string) => void }) {
  const sources = cited(answer);
  if (sources.length === 0) return null;
  return (
    <ol class="cited" aria-label={t('citations')}>
      {sources.map(({ label, title, path, pageFrom, pageTo }, i) => (
        <li key={label}>
          <button type="button" class="source" onClick={() => onOpen(label)}>
            <span class="number">{i + 1}</span>
            <span class="name">{title}</span>
            {pageFrom === null ? null : <span class="quiet">{t('page', { page: pagesText(pageFrom, pageTo) })}</span>}
          </button>
          <OriginalIcon title={title} path={path} page={pageFrom} />
        </li>
      ))}
    </ol>
  );
}

interface ToolsProps {
  readonly turn: Turn;
  readonly isBusy: boolean;
  readonly onPanel: () => void;
}

function Tools({ turn, isBusy, onPanel }: ToolsProps) {
  const { text } = turn.answer.value;
  const isRead = reading.value === turn.key;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    tell(t('copied'));
  };
  return (
    <div class="tools">
      {text === '' ? null : <IconButton icon="copy" label={t('copyAnswer')} onClick={() => void copy()} />}
      <IconButton
        icon="again"
        label={t('regenerate')}
        disabled={isBusy}
        onClick={() => void ask(turn.question, turn)}
      />
      {text !== '' && canRead() && config.value?.speechOutput !== false ? (
        <IconButton
          icon={isRead ? 'stop' : 'speaker'}
          label={t(isRead ? 'stopReading' : 'readAloud')}
          onClick={() => readAloud(turn.key, text)}
        />
      ) : null}
      {text === '' ? null : (
        <Feedback feedback={turn.feedback} onGive={(liked, comment) => void giveFeedback(turn, liked, comment)} />
      )}
      <button type="button" class="plain small" onClick={onPanel}>
        <Icon name="panel" /> {t('howAnswered')}
      </button>
    </div>
  );
}

function Followups({ questions, isBusy }: { readonly questions: readonly string[]; readonly isBusy: boolean }) {
  if (questions.length === 0) return null;
  return (
    <ul class="followups" aria-label={t('followups')}>
      {questions.map((question) => (
        <li key={question}>
          <button type="button" disabled={isBusy} onClick={() => void ask(question)}>
            <span>{question}</span>
            <Icon name="arrow" />
          </button>
        </li>
      ))}
    </ul>
  );
}
