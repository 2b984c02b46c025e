/**
 * A stream of events on its way to the client, event by event: so that, wherever the backend breaks off, what the client has is whole,
 * and can be ended by an event that says what happened, in the dialect that its reader knows (wire §5.3, §5.5).
 */
import { classifyEvent, type ErrorFacts, eventEnd, isLastEvent, isUsageEvent } from '@spillway/protocol';
import type { IdWriter } from '../home/rewrite.ts';
import { EventWriter } from '../home/rewrite.ts';

/** How a reader of the stream is told that it has failed. runs: of assistants. */
export type StreamDialect = 'chat' | 'responses' | 'runs';

/** What became of a stream that had begun. */
export interface StreamFailure {
  readonly code: string | null;
  readonly message: string;
  /** Default: `server_error`. */
  readonly type?: string | null;
}

/** How a stream has ended so far: told by its last event, or by an error in it; null: it has not. */
export type StreamEnd = { readonly kind: 'whole' } | { readonly kind: 'failed'; readonly facts: ErrorFacts } | null;

interface EventSettings {
  readonly dialect: StreamDialect;
  /** null: nothing is sealed. */
  readonly ids: IdWriter | null;
  /** Whether the event that tells usage was asked for by the gateway alone. */
  readonly dropsUsage: boolean;
}

const EMPTY = Buffer.alloc(0);
const WHOLE: StreamEnd = { kind: 'whole' };
const NUMBER = /"sequence_number":\s*(\d+)/g;
/** Where none of these is, no event ends the stream: few bytes to look for, once for each stream. */
const MAY_END = /\[DONE\]|"error"|event: ?(?:error|done)|response\.(?:completed|incomplete|failed)/;

export function streamDialectOf(operation: string): StreamDialect {
  if (operation === 'responses') return 'responses';
  return operation === 'threads' ? 'runs' : 'chat';
}

export class EventBytes {
  readonly keepsLength = false;
  readonly #events: EventWriter;
  readonly #dialect: StreamDialect;
  /** The last two that went out: for the number of the next event, and for whether there may be one. */
  #last: Buffer = EMPTY;
  #before: Buffer = EMPTY;

  constructor({ dialect, ids, dropsUsage }: EventSettings) {
    this.#dialect = dialect;
    this.#events = new EventWriter(ids, dropsUsage ? tellsUsage : null);
  }

  add(chunk: Buffer): Buffer {
    return this.#out(this.#events.add(chunk));
  }

  end(): Buffer {
    return this.#out(this.#events.end());
  }

  #out(bytes: Buffer): Buffer {
    if (bytes.length === 0) return bytes;
    this.#before = this.#last;
    this.#last = bytes;
    return bytes;
  }

  /** Asked once, when nothing more comes. */
  ending(): StreamEnd {
    const text = Buffer.concat([this.#before, this.#last]).toString();
    if (!MAY_END.test(text)) return null;
    return eventsOf(text).reduce<StreamEnd>((found, event) => found ?? endOf(event), null);
  }

  /** What ends the stream; what had begun and is not whole is left out. */
  broken(failure: StreamFailure): Buffer {
    const { code, message, type = null } = failure;
    const error = { message, type: type ?? 'server_error', param: null, code };
    switch (this.#dialect) {
      case 'chat':
        return event('', { error });
      case 'runs':
        return event('event: error\n', { error });
      case 'responses': {
        const numbers = [...Buffer.concat([this.#before, this.#last]).toString('latin1').matchAll(NUMBER)];
        const sequence_number = Number(numbers.at(-1)?.[1] ?? -1) + 1;
        return event('event: error\n', { type: 'error', sequence_number, code, message, param: null });
      }
    }
  }
}

const USAGE = '"usage"';

function tellsUsage(event: Buffer): boolean {
  return event.includes(USAGE) && isUsageEvent(event.toString());
}

/** What begins in the middle of an event is none, and does no harm. */
function eventsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const events: string[] = [];
  let from = 0;
  for (let end = eventEnd(bytes, from); end >= 0; end = eventEnd(bytes, from)) {
    events.push(bytes.toString('utf8', from, end));
    from = end;
  }
  if (from < bytes.length) events.push(bytes.toString('utf8', from));
  return events;
}

function endOf(text: string): StreamEnd {
  const kind = classifyEvent(text);
  if (kind.kind === 'error') return { kind: 'failed', facts: kind.facts };
  return isLastEvent(text) ? WHOLE : null;
}

function event(name: string, data: object): Buffer {
  return Buffer.from(`${name}data: ${JSON.stringify(data)}\n\n`);
}
