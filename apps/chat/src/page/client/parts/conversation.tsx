/** Questions and answers, or how to begin. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ConfigView } from '../../../server/api.ts';
import { withoutMarks } from '../model/marks.ts';
import { sentencesFrom } from '../model/speech-text.ts';
import { thread } from '../model/thread.ts';
import { ask, isLoading, running, turns } from '../state/chat.ts';
import { showsWriting } from '../state/preferences.ts';
import { config, watchProbe } from '../state/session.ts';
import { t, type Word } from '../state/words.ts';
import { Composer } from './composer.tsx';
import { Icon } from './icons.tsx';
import { SlotView } from './turn.tsx';

/** Nearer to the end than this, the page follows the answer. Pixels. */
const NEAR_END = 120;

export function Conversation() {
  const slots = useMemo(() => thread(turns.value), [turns.value]);
  const { frame, isFar, toEnd } = useFollow(turns.value.length);
  return (
    <main class="conversation" aria-label={t('conversation')}>
      <div class="scroll" ref={frame}>
        {slots.length === 0 ? <Start /> : <h1 class="unseen">{config.value?.title}</h1>}
        <ol class="turns">
          {slots.map((slot, i) => (
            <SlotView key={slot.versions[0]?.key} slot={slot} isLast={i === slots.length - 1} />
          ))}
        </ol>
        {isFar ? (
          <button
            type="button"
            class="toEnd iconButton"
            aria-label={t('toNewest')}
            title={t('toNewest')}
            onClick={toEnd}
          >
            <Icon name="down2" />
          </button>
        ) : null}
      </div>
      <Composer />
      <Spoken />
    </main>
  );
}

/** The page stays at the end while an answer grows, until somebody scrolls up. */
function useFollow(count: number) {
  const frame = useRef<HTMLDivElement>(null);
  const [isFar, setFar] = useState(false);
  const stays = useRef(true);
  const toEnd = (): void => frame.current?.scrollTo({ top: frame.current.scrollHeight });
  useEffect(() => {
    const place = frame.current;
    if (place === null) return;
    let top = 0;
    const look = (): void => {
      const isNear = place.scrollHeight - place.scrollTop - place.clientHeight < NEAR_END;
      // What grows below is no wish to leave the end; only the way up is.
      if (isNear || place.scrollTop < top) stays.current = isNear;
      top = place.scrollTop;
      setFar(!isNear && !stays.current);
    };
    const grown = new ResizeObserver(() => (stays.current ? toEnd() : look()));
    for (const each of [place, ...place.children]) grown.observe(each);
    place.addEventListener('scroll', look, { passive: true });
    return () => {
      grown.disconnect();
      place.removeEventListener('scroll', look);
    };
  }, []);
  useLayoutEffect(() => {
    stays.current = true;
    toEnd();
  }, [count]);
  return { frame, isFar, toEnd };
}

const SEARCHES: Readonly<Record<ConfigView['retrieval']['mode'], Word>> = {
  hybrid: 'searchesHybrid',
  text: 'searchesText',
  vectors: 'searchesVectors',
};

function Start() {
  const isProbing = config.value?.retrieval.isProbing === true;
  useEffect(() => (isProbing ? watchProbe() : undefined), [isProbing]);
  if (isLoading.value) return <p class="quiet start">{t('loading')}</p>;
  const { title = '', examples = [], retrieval } = config.value ?? {};
  return (
    <div class="start">
      <img src="/ui/icon.svg" alt="" width="52" height="52" />
      <h1>{title}</h1>
      <p class="quiet">{t('startText')}</p>
      {examples.length === 0 ? null : (
        <ul class="examples" aria-label={t('examples')}>
          {examples.map((example) => (
            <li key={example}>
              <button type="button" onClick={() => void ask(example)}>
                {example}
              </button>
            </li>
          ))}
        </ul>
      )}
      {retrieval === undefined ? null : (
        <p class="quiet small">{t(isProbing ? 'searchesProbing' : SEARCHES[retrieval.mode])}</p>
      )}
    </div>
  );
}

/** What a screen reader says while an answer is written: sentences as they are whole, not words as they come. */
function Spoken() {
  const turn = turns.value.at(-1);
  const answer = turn?.answer.value;
  const place = useRef({ key: '', upTo: 0, said: '' });
  if (turn !== undefined && answer !== undefined) {
    const isWriting = running.value?.key === turn.key;
    if (place.current.key !== turn.key)
      place.current = { key: turn.key, upTo: isWriting ? 0 : answer.text.length, said: '' };
    const isDone = answer.status !== 'answering';
    if (showsWriting.value || isDone) {
      const { said, upTo } = sentencesFrom(withoutMarks(answer.text), place.current.upTo, isDone);
      if (said !== '') place.current = { ...place.current, said };
      place.current.upTo = upTo;
    }
  }
  return (
    <p class="unseen" aria-live="polite" data-testid="spoken">
      {place.current.said}
    </p>
  );
}
