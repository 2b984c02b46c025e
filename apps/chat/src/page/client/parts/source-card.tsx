/** A passage that was found: its document, its place, how it begins. */
import type { SourceEvent } from '../../../events.ts';
import { pagesText } from '../format.ts';
import { t } from '../state/words.ts';

interface SourceProps {
  readonly source: SourceEvent;
  /** As cited; null: it is not. */
  readonly number: number | null;
  readonly note: string | null;
  readonly onOpen: () => void;
}

export function SourceCard({ source: { title, headings, pageFrom, pageTo, text }, number, note, onOpen }: SourceProps) {
  const place = [...(pageFrom === null ? [] : [t('page', { page: pagesText(pageFrom, pageTo) })]), ...headings];
  return (
    <li>
      <button type="button" class="card" onClick={onOpen}>
        <span class="sourceHead">
          {number === null ? null : <span class="number">{number}</span>}
          <strong>{title}</strong>
        </span>
        {place.length === 0 ? null : <span class="quiet small">{place.join(' › ')}</span>}
        <span class="excerpt">{text}</span>
        {note === null ? null : <span class="quiet small">{note}</span>}
      </button>
    </li>
  );
}
