/**
 * Hedged sending: a request whose answer has not begun after a while is sent once more, to the same target; whoever begins to answer first is
 * read to its end, the other is cut off. It buys a shorter tail with tokens: what a copy that was cut off has used is not told by anybody.
 *
 *   send → ( no head after so long → a copy ) → the first good head wins → its answer
 */
import type { Sends } from './one-call.ts';
import type { Answered, RunClock, Sending, Sent } from './sender.ts';

/** Copies of a request besides the first. */
export const COPIES_MAX = 1;

export class HedgedSender implements Sends {
  readonly #sender: Sends;
  readonly #clock: RunClock;
  readonly #afterMs: number;

  /** @param afterMs without an answer's head, before the copy is sent. */
  constructor(sender: Sends, clock: RunClock, afterMs: number) {
    this.#sender = sender;
    this.#clock = clock;
    this.#afterMs = afterMs;
  }

  send(request: Sent, done: (answered: Answered) => void): Sending {
    return new Hedged(request, { sender: this.#sender, clock: this.#clock, afterMs: this.#afterMs }, done);
  }
}

interface Parts {
  readonly sender: Sends;
  readonly clock: RunClock;
  readonly afterMs: number;
}

interface Copy {
  readonly isFirst: boolean;
  sending: Sending | null;
}

class Hedged implements Sending {
  readonly #request: Sent;
  readonly #sender: Sends;
  readonly #done: (answered: Answered) => void;
  readonly #timer: { cancel(): void };
  readonly #open = new Set<Copy>();
  /** The one that has begun to answer. */
  #winner: Copy | null = null;
  #isHedged = false;
  #isOver = false;

  constructor(request: Sent, { sender, clock, afterMs }: Parts, done: (answered: Answered) => void) {
    this.#request = request;
    this.#sender = sender;
    this.#done = done;
    this.#timer = clock.after(afterMs, () => this.#hedge());
    this.#send(true);
  }

  cancel(): void {
    this.#timer.cancel();
    // The first that is cut off ends it; the others tell nobody.
    for (const copy of [...this.#open]) copy.sending?.cancel();
  }

  #hedge(): void {
    if (this.#winner !== null || this.#isOver) return;
    this.#isHedged = true;
    this.#send(false);
  }

  #send(isFirst: boolean): void {
    const copy: Copy = { isFirst, sending: null };
    this.#open.add(copy);
    copy.sending = this.#sender.send(
      this.#request,
      (answered) => this.#ended(copy, answered),
      (status) => this.#begun(copy, status),
    );
  }

  #begun(copy: Copy, status: number): void {
    if (this.#winner !== null || status >= 300) return;
    this.#winner = copy;
    this.#timer.cancel();
    for (const other of [...this.#open]) if (other !== copy) other.sending?.cancel();
  }

  #ended(copy: Copy, answered: Answered): void {
    this.#open.delete(copy);
    if (this.#isOver || (this.#winner !== null && this.#winner !== copy)) return;
    // What failed waits for the other, if there is one that may do better. One that was cancelled does not: the run is over.
    if (this.#open.size > 0 && this.#winner === null && answered.class !== 'cancelled') return;
    this.#isOver = true;
    this.#timer.cancel();
    const hedge = this.#isHedged ? (copy.isFirst ? 'first' : 'copy') : null;
    this.#done({ ...answered, hedge });
  }
}
