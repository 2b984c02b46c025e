/** For tests of wire/: a request as read, and choices to put into bytes. */
import { modelFacts } from '@spillway/protocol';
import type { Choice } from '../answer/choice.ts';
import { readChat } from '../ask/chat.ts';
import { readCompletion } from '../ask/completions.ts';
import type { AskRead, GenerationAsk } from '../ask/generation.ts';
import { readResponse } from '../ask/responses.ts';
import { Ids } from '../ids.ts';
import type { Envelope, StreamEvents } from './events.ts';
import type { Rendered } from './renderer.ts';

const ENVELOPE: Envelope = {
  id: 'chatcmpl-1',
  created: 1_772_304_649,
  model: 'gpt-4o-2024-11-20',
  promptTokens: 14,
  cachedTokens: 0,
};

const PLAIN: Choice = { tokens: [], plain: true, calls: [], finish: 'stop', reasoningTokens: 0, logprobs: null };

export const TEXT: Choice = { ...PLAIN, tokens: ['The', ' quota', '.'] };
/** Letters that JSON escapes, and some of more than one byte. */
export const ODD: Choice = { ...PLAIN, tokens: ['say "', 'é\n', '😀'], plain: false };
export const CALL: Choice = {
  ...PLAIN,
  finish: 'tool_calls',
  calls: [{ id: 'call_1', name: 'get_weather', tokens: ['{"ci', 'ty":', '"é"}'] }],
};
export const TEXT_AND_CALLS: Choice = {
  ...PLAIN,
  tokens: ['I', ' look'],
  finish: 'tool_calls',
  reasoningTokens: 64,
  calls: [
    { id: 'call_1', name: 'get_weather', tokens: ['{"city"', ':"Oslo"}'] },
    { id: 'call_2', name: 'get_time', tokens: ['{}'] },
  ],
};
export const LIKELY: Choice = {
  ...PLAIN,
  tokens: ['é'],
  logprobs: [
    {
      logprob: -0.25,
      top: [
        { token: 'é', logprob: -0.25 },
        { token: 'e', logprob: -1.5 },
      ],
    },
  ],
};

const sealed = (content: unknown): string => `gAAAAAB${JSON.stringify(content).length}`;

export function rendered(choices: readonly Choice[], facts: Partial<Rendered> = {}): Rendered {
  return {
    choices,
    envelope: ENVELOPE,
    ids: new Ids(1),
    contentFilter: 'synchronous',
    tellsPromptFilter: true,
    sealed,
    ...facts,
  };
}

function askOf(read: AskRead): GenerationAsk {
  if (read.kind === 'refused') throw new Error(read.refusal.body);
  return read.ask;
}

export function refusalOf(read: AskRead): { readonly status: number; readonly error: Record<string, unknown> } {
  if (read.kind !== 'refused') throw new Error('was not refused');
  return { status: read.refusal.status, error: JSON.parse(read.refusal.body).error };
}

/** One message of 12 characters. */
export function chatAsk(body: Record<string, unknown> = {}): GenerationAsk {
  return askOf(readChat({ messages: [{ role: 'user', content: 'Hello there.' }], ...body }, modelFacts('gpt-4o')));
}

export function completionAsk(body: Record<string, unknown> = {}): GenerationAsk {
  return askOf(readCompletion({ prompt: 'Once', ...body }, modelFacts('gpt-35-turbo-instruct')));
}

export function responseAsk(body: Record<string, unknown> = {}, model = 'gpt-4o'): GenerationAsk {
  return askOf(readResponse({ input: 'Hello there.', ...body }, modelFacts(model)));
}

export function streamed(events: StreamEvents): string {
  return events.preamble() + events.content(0, events.contentEvents) + events.ending();
}

/** Padding is of no meaning and left out of what is compared. */
export function withoutPadding(text: string): string {
  return text.replace(/"obfuscation":"[A-Za-z0-9]*"/g, '"obfuscation":"…"');
}

/** The JSON of the data lines, without the end mark. */
export function dataOf(stream: string) {
  return stream
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)));
}

/** Whether a stream reads the same wherever it is cut. */
export function isSameWhereverCut(events: StreamEvents): boolean {
  const whole = events.content(0, events.contentEvents);
  for (let at = 0; at <= events.contentEvents; at++) {
    if (events.content(0, at) + events.content(at, events.contentEvents) !== whole) return false;
  }
  return true;
}
