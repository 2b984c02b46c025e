/** Puts an answer into the bytes of the operation that was asked for. */
import type { Choice } from '../answer/choice.ts';
import type { GenerationAsk } from '../ask/generation.ts';
import type { Ids } from '../ids.ts';
import { renderCompletion } from './chat.ts';
import { ChatEvents } from './chat-events.ts';
import { renderTextCompletion, TextCompletionEvents } from './completions.ts';
import type { Envelope, StreamEvents } from './events.ts';
import { ResponseEvents } from './response-events.ts';
import { renderResponse } from './responses.ts';

export interface Rendered {
  readonly choices: readonly Choice[];
  readonly envelope: Envelope;
  readonly ids: Ids;
  readonly contentFilter: 'synchronous' | 'asynchronous';
  /** Whether the request's api-version has `prompt_filter_results`. */
  readonly tellsPromptFilter: boolean;
  /** Content as a text that only this resource can read. Of Responses alone. */
  readonly sealed: (content: unknown) => string;
}

export interface Renderer {
  /** One JSON text. */
  whole(): string;
  events(): StreamEvents;
}

export function rendererOf(ask: GenerationAsk, rendered: Rendered): Renderer {
  switch (ask.operation) {
    case 'chat':
      return { whole: () => renderCompletion(ask, rendered), events: () => new ChatEvents(ask, rendered) };
    case 'completions':
      return {
        whole: () => renderTextCompletion(ask, rendered),
        events: () => new TextCompletionEvents(ask, rendered),
      };
    case 'responses':
      return { whole: () => renderResponse(ask, rendered), events: () => new ResponseEvents(ask, rendered) };
  }
}
