/** What the content filter says of prompts and answers. Source: wire reference §3.3, §5.1, §5.3. */
import type { Choice } from '../answer/choice.ts';

const SAFE = '{"filtered":false,"severity":"safe"}';
/** The category that a simulated violation falls into: the one that the refusal of a prompt names too. */
const HIT = '{"filtered":true,"severity":"high"}';

/** JSON texts. */
export const PROMPT_SAFE = `{"hate":${SAFE},"jailbreak":{"detected":false,"filtered":false},"self_harm":${SAFE},"sexual":${SAFE},"violence":${SAFE}}`;
export const ANSWER_SAFE = `{"hate":${SAFE},"self_harm":${SAFE},"sexual":${SAFE},"violence":${SAFE}}`;
export const ANSWER_HIT = `{"hate":${SAFE},"self_harm":${SAFE},"sexual":${SAFE},"violence":${HIT}}`;

/** @param prompts of one request; each has a verdict of its own. */
export function promptFilterResults(prompts: number): string {
  let results = '';
  for (let i = 0; i < prompts; i++) {
    results += `${i === 0 ? '' : ','}{"prompt_index":${i},"content_filter_results":${PROMPT_SAFE}}`;
  }
  return `[${results}]`;
}

/** On a whole choice. Calls of tools are not looked at. */
export function verdictOf(choice: Choice): string {
  if (choice.finish === 'content_filter') return ANSWER_HIT;
  return choice.tokens.length === 0 && choice.calls.length > 0 ? '{}' : ANSWER_SAFE;
}
