/**
 * A stream of events on its way to the client, event by event: so that, wherever the backend breaks off, what the client has is whole,
 * and can be ended by an event that says what happened, in the dialect that its reader knows (wire §5.3, §5.5).
 */
import type { IdWriter } from '../home/rewrite.ts';
import { EventWriter } from '../home/rewrite.ts';

/** How a reader of the stream is told that it has failed. */
export type StreamDialect = 'chat' | 'responses';

/** What became of a stream that had begun. */
export interface StreamFailure {
  readonly code: string;
  readonly message: string;
}

const NUMBER = /"sequence_number":\s*(\d+)/g;

export class EventBytes {
  readonly keepsLength = false;
  readonly #events: EventWriter;
  readonly #dialect: StreamDialect;
  /** The last that went out, for the number of the next. */
  #last: Buffer | null = null;

  /** @param ids null: nothing is sealed. */
  constructor(dialect: StreamDialect, ids: IdWriter | null) {
    this.#dialect = dialect;
    this.#events = new EventWriter(ids);
  }

  add(chunk: Buffer): Buffer {
    const out = this.#events.add(chunk);
    if (out.length > 0) this.#last = out;
    return out;
  }

  end(): Buffer {
    return this.#events.end();
  }

  /** What ends the stream; what had begun and is not whole is left out. */
  broken({ code, message }: StreamFailure): Buffer {
    if (this.#dialect === 'chat') {
      return event('', { error: { message, type: 'server_error', param: null, code } });
    }
    const numbers = [...(this.#last?.toString('latin1') ?? '').matchAll(NUMBER)];
    const sequence_number = Number(numbers.at(-1)?.[1] ?? -1) + 1;
    return event('event: error\n', { type: 'error', sequence_number, code, message, param: null });
  }
}

function event(name: string, data: object): Buffer {
  return Buffer.from(`${name}data: ${JSON.stringify(data)}\n\n`);
}
