/** What was done for an answer, step by step, with what went in and came out. */

import type { ModelCall, Reranked, ScopedDocument, StepAbout } from '../../../events.ts';
import { countText, durationText } from '../format.ts';
import type { Answer, Step } from '../model/answer.ts';
import { kindText } from '../state/telling.ts';
import { locale, t, type Word } from '../state/words.ts';
import { Prompt } from './prompt.tsx';
import { Scores } from './scores.tsx';
import { MODES } from './sources-tab.tsx';

export function StepsTab({ answer: { steps, usage, sources } }: { readonly answer: Answer }) {
  if (steps.length === 0 && usage === null) return <p class="quiet">{t('noSteps')}</p>;
  return (
    <>
      <ol class="steps">
        {steps.map((step, i) => (
          <StepView key={i} step={step} sources={sources} />
        ))}
      </ol>
      {usage === null ? null : (
        <dl class="facts">
          <Fact name={t('promptTokens')} value={usage.promptTokens} />
          <Fact name={t('completionTokens')} value={usage.completionTokens} />
        </dl>
      )}
    </>
  );
}

interface StepViewProps {
  readonly step: Step;
  readonly sources: Answer['sources'];
}

/** In the reader's language where the server told figures; else in the server's English. */
function StepView({ step: { title, text, ms, about }, sources }: StepViewProps) {
  const lines = about === null ? text : linesOf(about);
  const english = about === null ? { lang: 'en' } : {};
  return (
    <li {...english}>
      <div class="stepHead">
        <h3>{about === null ? title : t(titleOf(about))}</h3>
        {ms === 0 ? null : <span class="quiet small">{durationText(ms, locale.value)}</span>}
      </div>
      {lines === '' ? null : <Text text={lines} />}
      {about?.kind === 'search' ? <Scores scores={about.scores ?? []} sources={sources} /> : null}
      {about?.kind === 'prompt' ? <Prompt about={about} /> : null}
    </li>
  );
}

function titleOf(about: StepAbout): Word {
  return about.kind === 'prompt' ? PROMPTS[about.call] : TITLES[about.kind];
}

const PROMPTS: Readonly<Record<ModelCall, Word>> = {
  plan: 'stepPlanPrompt',
  rerank: 'stepRerankPrompt',
  answer: 'stepPrompt',
};

const TITLES: Readonly<Record<Exclude<StepAbout['kind'], 'prompt'>, Word>> = {
  scope: 'stepScope',
  queries: 'stepQueries',
  search: 'stepSearch',
  rerank: 'stepRerank',
  shortened: 'stepShortened',
  cut: 'stepCut',
  invented: 'stepInvented',
  check: 'stepCheck',
};

const RERANKED_WORDS: Readonly<Record<Reranked, Word>> = {
  service: 'reranked',
  model: 'reranked',
  failed: 'notReranked',
};

/** Those whose titles were not told. */
function untitled(documents: readonly ScopedDocument[]): readonly string[] {
  const count = documents.filter(({ title }) => title === null).length;
  return count === 0 ? [] : [t('documentCount', { count: countText(count, locale.value) })];
}

function linesOf(about: StepAbout): string {
  const now = locale.value;
  switch (about.kind) {
    case 'scope':
      return [
        ...about.documents.flatMap(({ title }) => title ?? []),
        ...untitled(about.documents),
        ...(about.category === null ? [] : [`${t('includeCategory')}: ${about.category}`]),
        ...(about.without === null ? [] : [`${t('excludeCategory')}: ${about.without}`]),
      ].join('\n');
    case 'queries':
      return [...(about.failed === null ? [] : [kindText(about.failed), t('searchedAsTyped')]), ...about.queries].join(
        '\n',
      );
    case 'search': {
      const found = `${t(MODES[about.mode])} ${t('passageCount', { count: countText(about.passages, now) })}`;
      const why = about.withoutVectors === null ? [] : [t('withoutVectors'), kindText(about.withoutVectors)];
      const probing = about.isProbing === true ? [t('searchesProbing')] : [];
      const reranked = about.reranked === undefined ? [] : [t(RERANKED_WORDS[about.reranked])];
      return [...about.queries, found, ...why, ...probing, ...reranked].join('\n');
    }
    case 'rerank': {
      const count = t('passageCount', { count: countText(about.passages, now) });
      if (about.failed === null) return `${count}\n${t('reranked')}`;
      return [count, t('notReranked'), kindText(about.failed)].join('\n');
    }
    case 'prompt':
      return '';
    case 'shortened':
      return t('shortenedText', { kept: countText(about.kept, now), of: countText(about.of, now) });
    case 'cut':
      return t('cutText');
    case 'invented':
      return t('inventedText', { labels: about.labels.join(', ') });
    case 'check':
      return about.unsupported === 0 ? t('checkHeld') : t('checkNotHeld', { count: countText(about.unsupported, now) });
  }
}

/** Prompts are long: more than this is folded away. Characters. */
const SHOWN_CHARS = 400;

function Text({ text }: { readonly text: string }) {
  if (text.length <= SHOWN_CHARS) return <pre>{text}</pre>;
  return (
    <details>
      <summary>
        <span class="excerpt">{text.slice(0, 160)}…</span>
        <span class="small">{t('showAll')}</span>
      </summary>
      <pre>{text}</pre>
    </details>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: number | null }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value === null ? t('unknown') : countText(value, locale.value)}</dd>
    </div>
  );
}
