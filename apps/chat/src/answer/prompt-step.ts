/** What a model was asked, told as a step: the messages as they were sent, within a limit, and what was said beside them. */
import type { CallParameters, ModelCall, StepEvent, ToldMessage } from '../events.ts';
import type { PromptMessage } from '../models/models.ts';

/** Of all messages of a call; the events of an answer are kept with its conversation. UTF-16 units. */
export const PROMPT_CHARS_MAX = 40_000;
/** Messages of a call. */
export const PROMPT_MESSAGES_MAX = 50;

const TITLES = {
  plan: 'Prompt for the search queries',
  rerank: 'Prompt for the order of the passages',
  answer: 'Prompt for the answer',
} as const;

export function promptStep(call: ModelCall, messages: readonly PromptMessage[], parameters: CallParameters): StepEvent {
  const told = within(messages);
  const about = { kind: 'prompt', call, messages: told, leftOut: messages.length - told.length, parameters } as const;
  const text = `${parametersText(parameters)}; messages: ${messages.length}.`;
  return { type: 'step', title: TITLES[call], text, ms: 0, about };
}

/** The question with its sources, at the end, has its room first, then the instructions, then what was said last. */
function within(messages: readonly PromptMessage[]): readonly ToldMessage[] {
  const last = messages.length - 1;
  const order = new Set([last, 0, ...[...messages.keys()].reverse()]);
  const told = new Map<number, ToldMessage>();
  let left = PROMPT_CHARS_MAX;
  for (const at of [...order].slice(0, PROMPT_MESSAGES_MAX)) {
    const message = messages[at];
    if (message === undefined || left === 0) break;
    const content = message.content.slice(0, left);
    left -= content.length;
    told.set(at, { role: message.role, content, cut: message.content.length - content.length });
  }
  return [...told].sort(([a], [b]) => a - b).map(([, message]) => message);
}

function parametersText({ model, temperature, tokensMax, reasoningEffort, seed }: CallParameters): string {
  const more = [
    ...(temperature === null ? [] : [`temperature ${temperature}`]),
    ...(reasoningEffort === null ? [] : [`reasoning effort ${reasoningEffort}`]),
    ...(seed === null ? [] : [`seed ${seed}`]),
  ];
  return [`Model ${model}`, `at most ${tokensMax} tokens`, ...more].join(', ');
}
