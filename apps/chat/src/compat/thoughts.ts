/**
 * Steps as the samples' front ends know them: a title, a description, and props that they show as labels. Their Python sample tells
 * prompts with a list of messages as the description, results with a list of rows, and tokens as `token_usage`, of which its page draws
 * a graph. Source: Azure-Samples/azure-search-openai-demo, `app/backend/approaches/approach.py` (`ThoughtStep`, `TokenUsageProps`) and
 * `app/frontend/src/components/AnalysisPanel/ThoughtProcess.tsx`.
 */
import type { AnswerEvent, CallParameters, PassageScores, SourceEvent, StepEvent, ToldMessage } from '../events.ts';
import { citeOf } from './told.ts';

type Row = Readonly<Record<string, string | number | null>>;

export interface Thought {
  readonly title: string;
  readonly description: string | readonly Row[];
  readonly props: Readonly<Record<string, unknown>>;
}

/** Steps, what was asked of models and what was found, and which back end answered. */
export function thoughtsOf(events: readonly AnswerEvent[]): readonly Thought[] {
  const scores = events.flatMap((event) =>
    event.type === 'step' && event.about?.kind === 'search' ? (event.about.scores ?? []) : [],
  );
  return events.flatMap((event, at): readonly Thought[] => {
    if (event.type === 'step') return [stepThought(event, events.slice(at))];
    if (event.type === 'sources') return [resultsThought(event.sources, scores)];
    return event.type === 'gateway' ? gatewayThought(event) : [];
  });
}

/** @param rest from the step on. */
function stepThought({ title, text, ms, about }: StepEvent, rest: readonly AnswerEvent[]): Thought {
  if (about?.kind !== 'prompt') return { title, description: text, props: { ms } };
  const { call, messages, leftOut, parameters } = about;
  const usage = call === 'answer' ? usageIn(rest) : null;
  return {
    title: PROMPTS[call],
    description: messages.map(({ role, content, cut }) => ({ role, content: `${content}${cutText(cut)}` })),
    props: {
      ...propsOf(parameters),
      ...(leftOut === 0 ? {} : { messages_left_out: leftOut }),
      ...(usage === null ? {} : { token_usage: usage }),
    },
  };
}

/** As the samples call them. */
const PROMPTS = {
  plan: 'Prompt to generate search query',
  rerank: 'Prompt to rerank results',
  answer: 'Prompt to generate answer',
} as const;

function cutText(cut: ToldMessage['cut']): string {
  return cut === 0 ? '' : `… (${cut} more characters were sent)`;
}

/** What was not sent is left out. */
function propsOf({ model, temperature, tokensMax, reasoningEffort, seed }: CallParameters): Thought['props'] {
  const given = { model, temperature, max_tokens: tokensMax, reasoning_effort: reasoningEffort, seed };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}

/** null: a try that brought none, or a gateway that tells none. */
function usageIn(rest: readonly AnswerEvent[]): Row | null {
  const next = rest.slice(1).find((event) => event.type === 'usage' || isPrompt(event));
  if (next?.type !== 'usage' || next.promptTokens === null || next.completionTokens === null) return null;
  const { promptTokens, completionTokens } = next;
  const total = promptTokens + completionTokens;
  // Tokens of thinking are among those written; nobody told how many.
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    reasoning_tokens: null,
    total_tokens: total,
  };
}

function isPrompt(event: AnswerEvent): boolean {
  return event.type === 'step' && event.about?.kind === 'prompt';
}

function resultsThought(sources: readonly SourceEvent[], scores: readonly PassageScores[]): Thought {
  const rows = sources.map((source): Row => {
    const found = scores.find(({ label }) => label === source.label);
    return {
      id: source.chunkId,
      content: source.text,
      sourcepage: citeOf(source),
      sourcefile: source.path,
      score: found?.fused ?? null,
      ...(found === undefined ? {} : { words_score: found.words, vector_score: found.vectors }),
      ...(found?.ranker === undefined ? {} : { reranker_score: found.ranker }),
    };
  });
  return { title: 'Search results', description: rows, props: {} };
}

function gatewayThought({ step, gateway }: Extract<AnswerEvent, { type: 'gateway' }>): readonly Thought[] {
  const { deployment, attempts, requestId, waitedMs } = gateway;
  if (requestId === null) return [];
  return [{ title: `Gateway (${step})`, description: deployment ?? '', props: { attempts, requestId, waitedMs } }];
}
