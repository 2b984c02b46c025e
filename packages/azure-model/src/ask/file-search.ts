/**
 * The tool `file_search` of the Responses API: what the request's vector stores hold on the last question goes before the prompt, as
 * sources that the answer is made from. Source: OpenAI's API reference, `tools`; wire §1.6.
 */
import { isRecord } from '@spillway/protocol';
import { lastUserText } from '../answer/turns.ts';
import { filterOf } from '../state/attributes.ts';
import { invalidValue, missingParameter, notFound, type Refusal } from '../wire/refusals.ts';
import type { Searched, Turn } from './generation.ts';
import type { Held } from './held.ts';

/** Passages of one search: the default, and the most that may be asked for. Source: the same, `max_num_results`. */
const PASSAGES = 20;
const PASSAGES_MAX = 50;

export interface FileSearchRead {
  readonly searched: Searched | null;
  /** To stand before the prompt. */
  readonly turns: readonly Turn[];
}

const NONE: FileSearchRead = { searched: null, turns: [] };

export function readFileSearch(
  body: Record<string, unknown>,
  turns: readonly Turn[],
  held: Held,
): FileSearchRead | { readonly refusal: Refusal } {
  const tools: readonly unknown[] = Array.isArray(body.tools) ? body.tools : [];
  const at = tools.findIndex((tool) => isRecord(tool) && tool.type === 'file_search');
  const tool = tools[at];
  if (!isRecord(tool)) return NONE;
  const stores = storesOf(tool, `tools[${at}]`, held);
  if ('refusal' in stores) return stores;
  const { max_num_results: wanted } = tool;
  const max = wanted ?? PASSAGES;
  if (typeof max !== 'number' || !Number.isInteger(max) || max < 1 || max > PASSAGES_MAX) {
    return {
      refusal: invalidValue(`tools[${at}].max_num_results`, `expected a whole number from 1 to ${PASSAGES_MAX}`),
    };
  }
  const filter = filterOf(tool.filters);
  if (typeof filter === 'object') return { refusal: filter };
  const query = lastUserText(turns);
  if (body.tool_choice === 'none' || query === '') return NONE;
  const asked = { vectorStoreIds: stores.ids, question: query, passagesMax: max, filter, scoreMin: scoreMin(tool) };
  const passages = held.search(asked);
  const shown = Array.isArray(body.include) && body.include.includes('file_search_call.results');
  return { searched: { query, passages, shown }, turns: passages.length === 0 ? [] : [sources(passages)] };
}

function scoreMin({ ranking_options: ranking }: Record<string, unknown>): number {
  return isRecord(ranking) && typeof ranking.score_threshold === 'number' ? ranking.score_threshold : 0;
}

function storesOf(
  { vector_store_ids: given }: Record<string, unknown>,
  at: string,
  held: Held,
): { readonly ids: readonly string[] } | { readonly refusal: Refusal } {
  const param = `${at}.vector_store_ids`;
  if (given === undefined || given === null) return { refusal: missingParameter(param) };
  if (!Array.isArray(given) || given.length === 0) return { refusal: invalidValue(param, 'expected a list of ids') };
  const ids: string[] = [];
  for (const id of given) {
    if (typeof id !== 'string') return { refusal: invalidValue(param, 'expected a list of ids') };
    if (!held.has('vectorStore', id)) return { refusal: notFound('Vector store', id) };
    ids.push(id);
  }
  return { ids };
}

/** In the form in which chat apps send sources, each on a line of its own. */
function sources(passages: Searched['passages']): Turn {
  const lines = passages.map(({ filename, text }) => `[${filename}]: ${text.replaceAll('\n', ' ')}`);
  return { role: 'system', text: `Sources:\n${lines.join('\n')}` };
}
