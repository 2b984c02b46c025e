/** Everything that was found for a question; what is cited comes first, with its number. */
import type { SourceEvent } from '../../../events.ts';
import { pagesText } from '../format.ts';
import { type Answer, cited, numbersOf } from '../model/answer.ts';
import { t, type Word } from '../state/words.ts';

export interface SourcesProps {
  readonly answer: Answer;
  readonly onOpen: (label: string) => void;
}

const MODES: Readonly<Record<NonNullable<Answer['mode']>, Word>> = {
  hybrid: 'foundHybrid',
  text: 'foundText',
  vectors: 'foundVectors',
};

export function SourcesTab({ answer, onOpen }: SourcesProps) {
  const { sources, mode } = answer;
  if (sources.length === 0) return <p class="quiet">{t('noSources')}</p>;
  const first = cited(answer);
  const numbers = numbersOf(answer);
  const others = sources.filter(({ label }) => !numbers.has(label));
  return (
    <>
      {mode === null ? null : <p class="quiet small">{t(MODES[mode])}</p>}
      <ul class="sources">
        {[...first, ...others].map((source) => (
          <Source
            key={source.label}
            source={source}
            number={numbers.get(source.label) ?? null}
            onOpen={() => onOpen(source.label)}
          />
        ))}
      </ul>
    </>
  );
}

interface SourceProps {
  readonly source: SourceEvent;
  readonly number: number | null;
  readonly onOpen: () => void;
}

function Source({ source: { title, headings, pageFrom, pageTo, text }, number, onOpen }: SourceProps) {
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
        {number === null ? <span class="quiet small">{t('notCited')}</span> : null}
      </button>
    </li>
  );
}
