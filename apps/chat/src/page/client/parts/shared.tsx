/** A conversation of somebody else, to be read: questions, answers, and the passages they cite, as they were. */
import { useEffect, useMemo } from 'preact/hooks';
import type { SourceEvent } from '../../../events.ts';
import type { SharedTurn } from '../../../server/api.ts';
import { dateText, pagesText } from '../format.ts';
import { cited } from '../model/answer.ts';
import { config } from '../state/session.ts';
import { answerOf, reading, readShared } from '../state/shared.ts';
import { locale, t } from '../state/words.ts';
import { TITLES } from './failure.tsx';
import { PageText } from './page-text.tsx';
import { Prose } from './prose.tsx';

export function Shared({ link }: { readonly link: string }) {
  useEffect(() => void readShared(link), [link]);
  return (
    <div class="sharedFrame">
      <header class="top">
        <a class="brand" href="/">
          <img src="/ui/icon.svg" alt="" width="28" height="28" />
          <span>{config.value?.title}</span>
        </a>
        <span class="pill">{t('readOnly')}</span>
      </header>
      <Body />
    </div>
  );
}

function Body() {
  const now = reading.value;
  if (now.kind === 'loading') return <main class="door">{t('loading')}</main>;
  if (now.kind === 'missing')
    return (
      <main class="door">
        <p role="alert">{now.text}</p>
        <a class="button main" href="/">
          {t('askYourself')}
        </a>
      </main>
    );
  const { title, sharedMs, turns } = now.view;
  return (
    <main class="shared">
      <h1>{title}</h1>
      <p class="quiet small">{t('sharedText', { date: dateText(sharedMs, locale.value) })}</p>
      <ol class="turns">
        {turns.map((turn, i) => (
          <TurnView key={turn.id} turn={turn} at={i} />
        ))}
      </ol>
      <a class="button" href="/">
        {t('askYourself')}
      </a>
    </main>
  );
}

function TurnView({ turn, at }: { readonly turn: SharedTurn; readonly at: number }) {
  const answer = useMemo(() => answerOf(turn), [turn]);
  const sources = cited(answer);
  const placeOf = (number: number): string => `source-${at}-${number}`;
  const toSource = (number: number): void => document.getElementById(placeOf(number))?.focus();
  return (
    <li class="turn">
      <div class="asked">
        <h2 class="bubble">{turn.question}</h2>
      </div>
      <article class="answer" aria-label={t('answer')}>
        <Prose answer={answer} onCite={toSource} />
        {answer.failure === null ? null : <p class="quiet">{t(TITLES[answer.failure.kind])}</p>}
        {sources.length === 0 ? null : (
          <ol class="quotes" aria-label={t('citations')}>
            {sources.map((source, i) => (
              <Quote key={source.label} id={placeOf(i + 1)} number={i + 1} source={source} />
            ))}
          </ol>
        )}
      </article>
    </li>
  );
}

interface QuoteProps {
  readonly id: string;
  readonly number: number;
  readonly source: SourceEvent;
}

/** The passage stays away from whoever may not read its document: the server leaves it empty. */
function Quote({ id, number, source: { title, pageFrom, pageTo, text } }: QuoteProps) {
  return (
    <li id={id} tabIndex={-1}>
      <p class="sourceHead">
        <span class="number">{number}</span>
        <strong>{title}</strong>
        {pageFrom === null ? null : <span class="quiet small">{t('page', { page: pagesText(pageFrom, pageTo) })}</span>}
      </p>
      {text === '' ? (
        <p class="quiet small">{t('passageHidden')}</p>
      ) : (
        <blockquote>
          <PageText text={text} />
        </blockquote>
      )}
    </li>
  );
}
