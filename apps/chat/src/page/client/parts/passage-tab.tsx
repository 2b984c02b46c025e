/** A cited passage, marked in the text of its page; beside it the way to the original. */
import type { Chunk } from '@spillway/rag';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SourceEvent } from '../../../events.ts';
import { pagesText } from '../format.ts';
import { originalUrl, passageIn } from '../model/passage.ts';
import { api } from '../state/server.ts';
import { t } from '../state/words.ts';
import { Icon } from './icons.tsx';
import { MarkedText, PageText } from './page-text.tsx';

interface Around {
  readonly text: string;
  readonly chunks: readonly Chunk[];
}

/** null: on its way. `gone`: deleted since, or not to be seen any more; the passage itself is known all the same. */
function useAround(documentId: string): Around | 'gone' | null {
  const [around, setAround] = useState<Around | 'gone' | null>(null);
  useEffect(() => {
    let isWanted = true;
    void Promise.all([api.text(documentId), api.chunks(documentId)]).then(([text, chunks]) => {
      if (isWanted)
        setAround(text.kind === 'ok' ? { text: text.value, chunks: chunks.kind === 'ok' ? chunks.value : [] } : 'gone');
    });
    return () => {
      isWanted = false;
    };
  }, [documentId]);
  return around;
}

export function PassageTab({ source, number }: { readonly source: SourceEvent; readonly number: number | null }) {
  const { title, path, headings, pageFrom, pageTo } = source;
  return (
    <div class="passage">
      <header>
        <h3>
          {number === null ? null : <span class="number">{number}</span>} {title}
        </h3>
        <p class="quiet small path">{[path, ...headings].join(' › ')}</p>
        <p class="passageLinks">
          {pageFrom === null ? null : <span class="pill">{t('page', { page: pagesText(pageFrom, pageTo) })}</span>}
          <a href={originalUrl(path, pageFrom)} target="_blank" rel="noopener">
            {pageFrom === null ? t('original') : t('originalAt', { page: pageFrom })} <Icon name="out" />
          </a>
        </p>
      </header>
      <Text source={source} />
    </div>
  );
}

function Text({ source }: { readonly source: SourceEvent }) {
  const around = useAround(source.documentId);
  const [isWhole, setWhole] = useState(false);
  const mark = useRef<HTMLElement>(null);
  useEffect(() => mark.current?.scrollIntoView({ block: 'start' }), [around, isWhole]);
  if (around === null || around === 'gone')
    return (
      <>
        <div class="page">
          <MarkedText text={source.text} first={mark} />
        </div>
        {around === 'gone' ? <p class="quiet small">{t('documentGone')}</p> : null}
      </>
    );
  const { before, marked, after, more } = passageIn(around.text, source, around.chunks, isWhole);
  return (
    <>
      <div class="page">
        {more.before ? <span class="quiet">… </span> : null}
        <PageText text={before} />
        <MarkedText text={marked} first={mark} />
        <PageText text={after} />
        {more.after ? <span class="quiet"> …</span> : null}
      </div>
      {more.before || more.after || isWhole ? (
        <button type="button" class="plain small" onClick={() => setWhole(!isWhole)}>
          {t(isWhole ? 'showPage' : 'showWhole')}
        </button>
      ) : null}
    </>
  );
}
