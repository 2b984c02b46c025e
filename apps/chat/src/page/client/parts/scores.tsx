/** How well each passage fits, by each way of searching and in the end. */
import type { PassageScores, SourceEvent } from '../../../events.ts';
import { countText } from '../format.ts';
import { locale, t } from '../state/words.ts';

interface ScoresProps {
  readonly scores: readonly PassageScores[];
  readonly sources: readonly SourceEvent[];
}

export function Scores({ scores, sources }: ScoresProps) {
  if (scores.length === 0) return null;
  // A way that was not gone has no column.
  const hasWords = scores.some(({ words }) => words !== null);
  const hasVectors = scores.some(({ vectors }) => vectors !== null);
  const hasRanker = scores.some(({ ranker }) => ranker !== undefined);
  return (
    <table class="scores">
      <caption>{t('scores')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('tabPassage')}</th>
          {hasWords ? <th scope="col">{t('retrievalText')}</th> : null}
          {hasVectors ? <th scope="col">{t('retrievalVectors')}</th> : null}
          {hasRanker ? <th scope="col">{t('scoreRanker')}</th> : null}
          <th scope="col">{t('scoreFused')}</th>
        </tr>
      </thead>
      <tbody>
        {scores.map(({ label, words, vectors, ranker, fused }) => (
          <tr key={label}>
            <th scope="row">
              <code>{label}</code> {sources.find((source) => source.label === label)?.title}
            </th>
            {hasWords ? <td>{scoreText(words)}</td> : null}
            {hasVectors ? <td>{scoreText(vectors)}</td> : null}
            {hasRanker ? <td>{scoreText(ranker ?? null)}</td> : null}
            <td>{scoreText(fused)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function scoreText(score: number | null): string {
  return score === null ? '–' : countText(score, locale.value);
}
