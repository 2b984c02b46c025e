/** A response (Responses API) as one JSON object. Its stream: response-events.ts. Source: wire reference §3.3 (`content_filters`), §5.5. */
import { isRecord } from '@spillway/protocol';
import { type Choice, completionTokens, reasoningTokens } from '../answer/choice.ts';
import type { GenerationAsk } from '../ask/generation.ts';
import { ANSWER_HIT, ANSWER_SAFE, PROMPT_SAFE } from './filter.ts';
import type { Rendered } from './renderer.ts';
import { itemJson, outputItems } from './response-items.ts';

/** As it is once everything is generated. JSON text. */
export function renderResponse(ask: GenerationAsk, rendered: Rendered): string {
  const { choices } = rendered;
  const reason = incompleteReason(choices);
  return responseText(ask, rendered, {
    ...NOTHING_YET,
    status: reason === null ? 'completed' : 'incomplete',
    content_filters: contentFilters(ask, choices),
    incomplete_details: reason === null ? null : { reason },
    output: outputItems(ask, rendered).map((item) => itemJson(item, item.end)),
    usage: usage(rendered),
  });
}

/** queued, in_progress: before anything is there. cancelled: nothing is left of what was. */
export type BareStatus = 'queued' | 'in_progress' | 'cancelled';

/** As it is without an answer. JSON text. */
export function bareResponse(ask: GenerationAsk, rendered: Rendered, status: BareStatus): string {
  return responseText(ask, rendered, { ...NOTHING_YET, status });
}

const NOTHING_YET = { error: null, content_filters: null, incomplete_details: null, output: [], usage: null };

/** A response that will never have an answer, for a reason that is none of the client's. @param kept as it was. */
export function failedResponse(kept: Record<string, unknown>, message: string): string {
  return JSON.stringify({ ...kept, ...NOTHING_YET, status: 'failed', error: { code: 'server_error', message } });
}

function responseText(ask: GenerationAsk, { envelope }: Rendered, state: Record<string, unknown>): string {
  const repeated = isRecord(ask.echo?.fields) ? ask.echo.fields : {};
  const { id, created, model } = envelope;
  return JSON.stringify({ id, object: 'response', created_at: created, model, ...state, ...repeated });
}

/** What {@link renderResponse} ends with, as the last event is named. */
export function endingOf(choices: readonly Choice[]): 'response.completed' | 'response.incomplete' {
  return incompleteReason(choices) === null ? 'response.completed' : 'response.incomplete';
}

function incompleteReason(choices: readonly Choice[]): 'max_output_tokens' | 'content_filter' | null {
  const finish = choices[0]?.finish;
  if (finish === 'length') return 'max_output_tokens';
  return finish === 'content_filter' ? 'content_filter' : null;
}

function usage({ envelope, choices }: Rendered): Record<string, unknown> {
  const { promptTokens, cachedTokens } = envelope;
  const output = completionTokens(choices);
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: cachedTokens },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoningTokens(choices) },
    total_tokens: promptTokens + output,
  };
}

/** Offsets count characters from the start of the prompt. */
function contentFilters({ prompt }: GenerationAsk, choices: readonly Choice[]): readonly Record<string, unknown>[] {
  const promptChars = prompt.chars.reduce((sum, chars) => sum + chars, 0);
  const answerChars = choices.reduce((sum, { tokens }) => sum + tokens.join('').length, 0);
  const blocked = choices.some(({ finish }) => finish === 'content_filter');
  const answer = blocked ? ANSWER_HIT : ANSWER_SAFE;
  return [
    verdict('prompt', false, PROMPT_SAFE, 0, promptChars),
    verdict('completion', blocked, answer, promptChars, promptChars + answerChars),
  ];
}

function verdict(
  source: 'prompt' | 'completion',
  blocked: boolean,
  results: string,
  from: number,
  to: number,
): Record<string, unknown> {
  return {
    blocked,
    source_type: source,
    content_filter_results: JSON.parse(results),
    content_filter_offsets: { start_offset: from, end_offset: to, check_offset: from },
  };
}
