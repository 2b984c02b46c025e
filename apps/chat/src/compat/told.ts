/** Events in the words of the samples: sources named by file and page, citations within the text, steps as thoughts. */
import { pageFragment } from '@spillway/rag';
import type { AnswerEvent, SourceEvent } from '../events.ts';

/** `handbook.pdf#page=3`, as the Python sample cites; its front ends open `/content/` with it. */
export function citeOf(source: Pick<SourceEvent, 'path' | 'pageFrom'>): string {
  return `${source.path}${pageFragment(source)}`;
}

/** The text of an answer with its citations inside, piece by piece. */
export class Inline {
  #sources: ReadonlyMap<string, SourceEvent> = new Map();
  #last = '';

  /** Empty where the event adds nothing to the text. */
  take(event: AnswerEvent): string {
    if (event.type === 'sources') this.#sources = new Map(event.sources.map((source) => [source.label, source]));
    const text = event.type === 'delta' ? event.text : event.type === 'citation' ? this.#mark(event.label) : '';
    if (text !== '') this.#last = text;
    return text;
  }

  #mark(label: string): string {
    const source = this.#sources.get(label);
    if (source === undefined) return '';
    return `${/[\p{L}\p{N}]$/u.test(this.#last) ? ' ' : ''}[${citeOf(source)}]`;
  }
}

export function textOf(events: readonly AnswerEvent[]): string {
  const inline = new Inline();
  return events.map((event) => inline.take(event)).join('');
}

export function sourcesOf(events: readonly AnswerEvent[]): readonly SourceEvent[] {
  return events.flatMap((event) => (event.type === 'sources' ? event.sources : []));
}

export function followUpsOf(events: readonly AnswerEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'followups' ? event.questions : []));
}

export type FailureEvent = Extract<AnswerEvent, { type: 'error' }>;

export function failureIn(events: readonly AnswerEvent[]): FailureEvent | null {
  return events.find((event): event is FailureEvent => event.type === 'error') ?? null;
}

export function statusOf({ kind }: FailureEvent): 400 | 429 | 500 | 503 | 504 {
  switch (kind) {
    case 'filtered':
    case 'tooLong':
      return 400;
    case 'throttled':
      return 429;
    case 'timeout':
      return 504;
    case 'gatewayDown':
    case 'notAllowed':
      return 503;
    case 'internal':
      return 500;
  }
}
