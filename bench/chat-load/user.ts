/** One user of the chat app: asks, reads the stream to its end, asks again; every third question begins a conversation. */
import type { Read } from './figures.ts';

/** Of a question; each is asked of the test corpus. */
const QUESTIONS = [
  'How much does a dog cost per night?',
  'When is the deposit paid back?',
  'What does the final cleaning cost?',
  'How much is the town tax in Skarn?',
  'May I smoke on the balcony?',
  'When can I arrive?',
  'What happens if I cancel a week before?',
  'How do I report a broken heater?',
];
const QUESTIONS_OF_A_CONVERSATION = 3;
/** Longest that an answer is waited for. Milliseconds. */
const ANSWER_MS_MAX = 60_000;

export interface UserSettings {
  readonly url: string;
  readonly number: number;
  /** Asks no more after that. Milliseconds, as performance.now() tells. */
  readonly untilMs: number;
}

/** Each answer that was begun in time, in its order. */
export async function user({ url, number, untilMs }: UserSettings): Promise<readonly Read[]> {
  const reads: Read[] = [];
  let conversationId: string | null = null;
  for (let times = 0; performance.now() < untilMs; times++) {
    if (times % QUESTIONS_OF_A_CONVERSATION === 0) conversationId = null;
    const question = QUESTIONS[(number + times) % QUESTIONS.length] ?? '';
    const reading = new Reading();
    try {
      const answer: Response = await fetch(`${url}/api/chat`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ question, conversationId }),
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
      reading.status = answer.status;
      let rest = '';
      for await (const piece of (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
        const lines = (rest + piece).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) reading.take(line);
      }
    } catch (error) {
      reading.failure = error instanceof Error ? error.message : String(error);
    }
    conversationId = reading.conversationId ?? conversationId;
    reads.push(reading.end());
  }
  return reads;
}

class Reading {
  readonly #startMs = performance.now();
  #firstEventMs: number | null = null;
  #firstWordMs: number | null = null;
  #events = 0;
  #lastId = 0;
  #lost = 0;
  #isWhole = false;
  status = 0;
  failure: string | null = null;
  conversationId: string | null = null;

  take(line: string): void {
    const { type, id, kind, conversationId } = JSON.parse(line);
    const ms = performance.now() - this.#startMs;
    this.#firstEventMs ??= ms;
    if (type === 'delta') this.#firstWordMs ??= ms;
    if (type === 'error') this.failure = kind;
    if (type === 'begun') this.conversationId = conversationId;
    this.#isWhole = type === 'done';
    this.#events++;
    this.#lost += Math.abs(id - this.#lastId - 1);
    this.#lastId = id;
  }

  end(): Read {
    return {
      status: this.status,
      firstEventMs: this.#firstEventMs,
      firstWordMs: this.#firstWordMs,
      endMs: performance.now() - this.#startMs,
      events: this.#events,
      lost: this.#lost,
      isWhole: this.#isWhole,
      failure: this.failure,
    };
  }
}
