/** How a document was cut: its passages as they are found and cited. */
import type { Chunk } from '@spillway/rag';
import { useEffect, useState } from 'preact/hooks';
import type { DocumentRow } from '../../../store/store.ts';
import { pagesText } from '../format.ts';
import { originalUrl } from '../model/passage.ts';
import { succeeded } from '../state/notices.ts';
import { api } from '../state/server.ts';
import { t } from '../state/words.ts';
import { Dialog } from './dialog.tsx';
import { Icon } from './icons.tsx';
import { PageText } from './page-text.tsx';

/** Drawn at once; more at a wish. */
const SHOWN_MAX = 100;

export function Chunks({
  document: { id, title, path },
  onLeave,
}: {
  readonly document: DocumentRow;
  readonly onLeave: () => void;
}) {
  const [chunks, setChunks] = useState<readonly Chunk[] | null>(null);
  const [wanted, setWanted] = useState('');
  const [most, setMost] = useState(SHOWN_MAX);
  useEffect(() => {
    void api.chunks(id).then((answer) => setChunks(succeeded(answer) ? answer.value : []));
  }, [id]);
  const found = (chunks ?? []).filter(({ text }) => text.toLowerCase().includes(wanted.toLowerCase()));
  return (
    <Dialog title={title} onLeave={onLeave} class="chunks">
      <p class="quiet small path">
        {path}{' '}
        <a href={originalUrl(path, null)} target="_blank" rel="noopener">
          {t('original')} <Icon name="out" />
        </a>
      </p>
      <input
        type="search"
        aria-label={t('searchPassages')}
        placeholder={t('searchPassages')}
        value={wanted}
        onInput={({ currentTarget }) => setWanted(currentTarget.value)}
      />
      {chunks === null ? <p class="quiet">{t('loading')}</p> : null}
      {chunks !== null && found.length === 0 ? <p class="empty">{t('noneFound')}</p> : null}
      <ol class="chunkList">
        {found.slice(0, most).map((chunk) => (
          <Piece key={chunk.index} chunk={chunk} />
        ))}
      </ol>
      {found.length > most ? (
        <button type="button" onClick={() => setMost(most + SHOWN_MAX)}>
          {t('more')}
        </button>
      ) : null}
    </Dialog>
  );
}

function Piece({ chunk: { index, text, headings, pageFrom, pageTo } }: { readonly chunk: Chunk }) {
  return (
    <li>
      <p class="small">
        <span class="number">{index + 1}</span>{' '}
        <span class="quiet">
          {[...(pageFrom === null ? [] : [t('page', { page: pagesText(pageFrom, pageTo) })]), ...(headings ?? [])].join(
            ' › ',
          )}
        </span>
      </p>
      <div class="page">
        <PageText text={text} />
      </div>
    </li>
  );
}
