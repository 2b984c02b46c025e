/** An answer: its text with numbered citations, the passages that these quote, and why there is none. */
import { h } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { AnswerPhase, FailureKind, SourceEvent } from '../../../events.ts';
import { pagesText, secondsLeft, timeText } from '../../client/format.ts';
import { type Answer, cited, type Failure, numbersOf } from '../../client/model/answer.ts';
import { originalUrl } from '../../client/model/passage.ts';
import type { Told } from '../../client/model/telling.ts';
import { GONE, LOCKED, type Turn } from './conversation.ts';
import type { FailureTold, Say, Word } from './words.ts';

export interface Look {
  readonly say: Say;
  readonly failureTold: FailureTold;
  readonly language: string;
  /** Of the app, without `/` at its end. */
  readonly url: string;
}

export interface AnswerProps extends Look {
  readonly turn: Turn;
  readonly onAgain: () => void;
}

const PHASES: Readonly<Record<AnswerPhase, Word>> = {
  planning: 'phasePlanning',
  searching: 'phaseSearching',
  answering: 'phaseAnswering',
  checking: 'phaseChecking',
};

export function AnswerView({ turn, onAgain, ...look }: AnswerProps) {
  const { answer } = turn;
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const toggle = (number: number, isOpen: boolean): void =>
    setOpened((before) => new Set([...before].filter((each) => each !== number).concat(isOpen ? number : [])));
  const sources = cited(answer);
  const isWriting = answer.status === 'answering';
  const { say } = look;
  return (
    <article class="answer" aria-label={say('answer')} aria-busy={isWriting}>
      <Prose answer={answer} say={say} onCite={(number) => toggle(number, true)} />
      {isWriting && answer.waitingUntilMs === null ? (
        <p class="quiet phase">{say(PHASES[answer.phase ?? 'planning'])}</p>
      ) : null}
      {answer.waitingUntilMs === null ? null : <Waiting untilMs={answer.waitingUntilMs} {...look} />}
      {answer.failure === null ? null : (
        <FailureNote answer={answer} failure={answer.failure} onAgain={onAgain} {...look} />
      )}
      {answer.status === 'stopped' ? <p class="quiet">{say('stopped')}</p> : null}
      {sources.length === 0 ? null : (
        <ol class="sources" aria-label={say('citations')}>
          {sources.map((source, i) => (
            <SourceView
              key={source.label}
              source={source}
              number={i + 1}
              isOpen={opened.has(i + 1)}
              onToggle={(isOpen) => toggle(i + 1, isOpen)}
              {...look}
            />
          ))}
        </ol>
      )}
    </article>
  );
}

interface ProseProps {
  readonly answer: Answer;
  readonly say: Say;
  readonly onCite: (number: number) => void;
}

type ProseOf = typeof import('./prose.ts').proseOf;

/** null: not fetched yet. */
let proseOf: ProseOf | null = null;

/** To be called when it will soon be needed. Where it cannot be had, answers are plain text. */
export async function fetchProse(): Promise<void> {
  proseOf ??= await import('./prose.ts').then(
    (module) => module.proseOf,
    () => null,
  );
}

function Prose({ answer, say, onCite }: ProseProps) {
  const place = useRef<HTMLDivElement>(null);
  const [hasProse, setHasProse] = useState(proseOf !== null);
  useEffect(() => {
    if (!hasProse) void fetchProse().then(() => setHasProse(proseOf !== null));
  }, [hasProse]);
  const { text, citations, unsupported, sources, status } = answer;
  const content = useMemo(() => {
    const show = (number: number): void => shown(place.current, number, onCite);
    const cite = (number: number) => <Cite number={number} say={say} onCite={show} />;
    const look = { make: h, cite, doubt: say('doubted'), table: say('table') };
    return proseOf?.(answer, numbersOf(answer), look) ?? text;
  }, [text, citations, unsupported, sources, status, say, hasProse]);
  return (
    <div class="prose" ref={place}>
      {content}
    </div>
  );
}

interface CiteProps {
  readonly number: number;
  readonly say: Say;
  readonly onCite: (number: number) => void;
}

function Cite({ number, say, onCite }: CiteProps) {
  return (
    <button type="button" class="cite" aria-label={say('openSource', { number })} onClick={() => onCite(number)}>
      {number}
    </button>
  );
}

/** The passage is opened, and led to. */
function shown(prose: HTMLElement | null, number: number, onCite: (number: number) => void): void {
  onCite(number);
  const source = prose?.parentElement?.querySelector<HTMLElement>(`[data-number="${number}"] summary`);
  source?.focus({ preventScroll: true });
  requestAnimationFrame(() => source?.parentElement?.scrollIntoView({ block: 'nearest' }));
}

interface SourceProps extends Look {
  readonly source: SourceEvent;
  readonly number: number;
  readonly isOpen: boolean;
  readonly onToggle: (isOpen: boolean) => void;
}

function SourceView({ source, number, isOpen, onToggle, say, url }: SourceProps) {
  const { title, path, pageFrom, pageTo, text } = source;
  return (
    <li>
      <details data-number={number} open={isOpen} onToggle={({ currentTarget }) => onToggle(currentTarget.open)}>
        <summary>
          <span class="number">{number}</span>
          <span class="name">{title}</span>
          {pageFrom === null ? null : <span class="quiet">{say('page', { page: pagesText(pageFrom, pageTo) })}</span>}
        </summary>
        <blockquote>{text}</blockquote>
        <a
          href={url + originalUrl(path, pageFrom)}
          target="_blank"
          rel="noopener noreferrer"
          aria-label={say('openOriginal', { title })}
        >
          {say('original')}
        </a>
      </details>
    </li>
  );
}

function Waiting({ untilMs, say, language }: Look & { readonly untilMs: number }) {
  const seconds = secondsLeft(untilMs, useNow());
  return (
    <div class="note wait" role="status">
      <p class="title">{say('waitingTitle')}</p>
      <p>{say('waitingText', { seconds, time: timeText(untilMs, language) })}</p>
    </div>
  );
}

const TITLES: Readonly<Record<FailureKind, Word>> = {
  throttled: 'failedThrottled',
  filtered: 'failedFiltered',
  tooLong: 'failedTooLong',
  gatewayDown: 'failedGatewayDown',
  notAllowed: 'failedNotAllowed',
  timeout: 'failedTimeout',
  internal: 'failedInternal',
};

interface FailureProps extends Look {
  readonly answer: Answer;
  readonly failure: Failure;
  readonly onAgain: () => void;
}

function FailureNote({ answer, failure, onAgain, say, failureTold, url }: FailureProps) {
  const { kind, code, retryAtMs } = failure;
  const now = useNow();
  const left = retryAtMs === null ? 0 : secondsLeft(retryAtMs, now);
  return (
    <div class={`note ${kind === 'throttled' ? 'wait' : 'bad'}`} role="alert">
      <p class="title">{say(code === GONE ? 'serverGone' : TITLES[kind])}</p>
      {code === GONE ? null : <Reason {...failureTold(failure)} />}
      {answer.text === '' ? null : <p class="quiet">{say('textKept')}</p>}
      {code === LOCKED ? (
        <a href={`${url}/`} target="_blank" rel="noopener noreferrer">
          {say('signIn')}
        </a>
      ) : (
        <button type="button" disabled={left > 0} onClick={onAgain}>
          {left > 0 ? say('tryAgainIn', { seconds: left }) : say('tryAgain')}
        </button>
      )}
    </div>
  );
}

/** Empty where the app said nothing in English: the title has to do. */
function Reason({ text, detail }: Told) {
  return (
    <>
      {text === '' ? null : <p>{text}</p>}
      {detail === null ? null : (
        <p class="quiet" lang="en">
          {detail}
        </p>
      )}
    </>
  );
}

const TICK_MS = 250;

/** The time, for countdowns. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
