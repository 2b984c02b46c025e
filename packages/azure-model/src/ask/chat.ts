/** Reads the body of a chat completion as Azure does; fields that it does not know pass. Source: wire §3.2, §5, §6.2. */
import { isRecord, type ModelFacts } from '@spillway/protocol';
import { readChatAudio } from '../media/chat-audio.ts';
import { invalidRequest, type Refusal } from '../wire/refusals.ts';
import { formatTokens, readFormat } from './format.ts';
import type { AskRead, KeepAsk } from './generation.ts';
import { MESSAGE_TOKENS, promptOf, readMessages } from './messages.ts';
import { checkSampling, effortAsked, includesUsage, positive, stops, topLogprobs } from './sampling.ts';
import { readTools } from './tools.ts';

export { promptOf } from './messages.ts';

export function readChat(body: Record<string, unknown>, facts: ModelFacts): AskRead {
  const conversation = readMessages(body.messages);
  if ('refusal' in conversation) return refused(conversation.refusal);
  const { turns } = conversation;
  const problem = checkSampling(body, facts) ?? checkAnswerLimit(body, facts);
  if (problem !== null) return refused(problem);
  const audio = readChatAudio(body, facts);
  if (audio !== null && 'body' in audio) return refused(audio);
  const tools = readTools(body);
  if ('refusal' in tools) return refused(tools.refusal);
  const format = readFormat(body.response_format, turns);
  if ('refusal' in format) return refused(format.refusal);
  const otherTokens = conversation.otherTokens + tools.tokens + formatTokens(format);
  const choices = positive(body.n) ?? 1;
  return {
    kind: 'ask',
    ask: {
      operation: 'chat',
      prompt: promptOf(turns, { otherTokens, messageTokens: messageTokensOf(facts) }),
      turns,
      answerTokensMax: positive(body.max_completion_tokens) ?? positive(body.max_tokens),
      choices,
      generated: choices,
      stop: stops(body.stop),
      stream: body.stream === true,
      includeUsage: includesUsage(body),
      tools: tools.tools,
      format,
      topLogprobs: topLogprobs(body),
      reasoningEffort: effortAsked(body.reasoning_effort),
      // Whoever offers `functions`, as clients did before there were tools, is answered in that form.
      echo: { oldFunctions: body.tools == null && Array.isArray(body.functions), audio },
      ...(body.store === true ? { keep: keepOf(body) } : {}),
    },
  };
}

function keepOf({ messages, metadata }: Record<string, unknown>): KeepAsk {
  return { kind: 'chat', messages: JSON.stringify(messages), metadata: isRecord(metadata) ? metadata : {} };
}

/** In the words of Azure's answer for gpt-4o, quoted in charmbracelet/catwalk #41 and stanfordnlp/dspy #8724. */
function checkAnswerLimit(body: Record<string, unknown>, { answerTokensMax }: ModelFacts): Refusal | null {
  for (const name of ['max_completion_tokens', 'max_tokens']) {
    const asked = positive(body[name]);
    if (asked === null || asked <= answerTokensMax) continue;
    const message = `${name} is too large: ${asked}. This model supports at most ${answerTokensMax} completion tokens, whereas you provided ${asked}.`;
    return invalidRequest(message, name, 'invalid_value');
  }
  return null;
}

function refused(refusal: Refusal): AskRead {
  return { kind: 'refused', refusal };
}

/** gpt-35-turbo was billed one more for the same message than gpt-4 and gpt-4o (simulator reference S-76). */
function messageTokensOf({ name }: ModelFacts): number {
  return name.startsWith('gpt-35') ? MESSAGE_TOKENS + 1 : MESSAGE_TOKENS;
}
