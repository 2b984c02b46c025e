/** Everything that was found for a question; what is cited comes first, with its number. */
import { type Answer, cited, numbersOf } from '../model/answer.ts';
import { t, type Word } from '../state/words.ts';
import { SourceCard } from './source-card.tsx';

export interface SourcesProps {
  readonly answer: Answer;
  readonly onOpen: (label: string) => void;
}

export const MODES: Readonly<Record<NonNullable<Answer['mode']>, Word>> = {
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
          <SourceCard
            key={source.label}
            source={source}
            number={numbers.get(source.label) ?? null}
            note={numbers.has(source.label) ? null : t('notCited')}
            onOpen={() => onOpen(source.label)}
          />
        ))}
      </ul>
    </>
  );
}
