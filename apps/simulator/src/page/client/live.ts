/**
 * Looks at the simulator again and again while somebody looks at the page: each second, less often while nobody answers, and not at
 * all while the page is hidden.
 */
import type { Answer } from './api.ts';

/** Between two looks, unless something else is said. Milliseconds. */
export const LOOK_MS = 1_000;
/** Longest pause while nobody answers. Milliseconds. */
export const LOOK_MS_MAX = 30_000;

/** After so many looks in a row that found nobody: 1 s, 2 s, 4 s … @param everyMs between looks that find somebody. */
export function pauseMs(failures: number, everyMs: number): number {
  return Math.min(LOOK_MS_MAX, everyMs * 2 ** Math.max(0, failures - 1));
}

export type Connection =
  | { readonly kind: 'loading' }
  | { readonly kind: 'live' }
  /** @property retryMs until the next look. */
  | { readonly kind: 'gone'; readonly retryMs: number }
  /** Stands still until a key is given. */
  | { readonly kind: 'locked'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string; readonly retryMs: number };

export interface LiveSettings<Value> {
  /** Between two looks. Milliseconds, up to {@link LOOK_MS_MAX}. Default {@link LOOK_MS}. */
  readonly everyMs?: number;
  readonly load: () => Promise<Answer<Value>>;
  readonly isVisible: () => boolean;
  /** @returns what calls it off. */
  readonly after: (ms: number, act: () => void) => () => void;
  readonly onValue: (value: Value) => void;
  readonly onConnection: (connection: Connection) => void;
}

export class Live<Value> {
  readonly #settings: LiveSettings<Value>;
  #failures = 0;
  #callOff: () => void = () => {};
  /** Looks are numbered: the answer to one that was overtaken is passed over. */
  #look = 0;

  constructor(settings: LiveSettings<Value>) {
    this.#settings = settings;
  }

  /** At once, and then on and on; also when the page is seen again, and when something was changed. */
  async look(): Promise<void> {
    this.#callOff();
    if (!this.#settings.isVisible()) return;
    const look = ++this.#look;
    const answer = await this.#settings.load();
    if (look === this.#look) this.#take(answer);
  }

  #take(answer: Answer<Value>): void {
    const { onConnection, onValue, after, everyMs = LOOK_MS } = this.#settings;
    this.#failures = answer.kind === 'ok' || answer.kind === 'locked' ? 0 : this.#failures + 1;
    const retryMs = pauseMs(this.#failures, everyMs);
    switch (answer.kind) {
      case 'ok':
        onValue(answer.value);
        onConnection({ kind: 'live' });
        break;
      case 'locked':
        onConnection(answer);
        return;
      case 'refused':
        onConnection({ kind: 'refused', message: answer.message, retryMs });
        break;
      case 'gone':
        onConnection({ kind: 'gone', retryMs });
        break;
    }
    this.#callOff = after(retryMs, () => void this.look());
  }
}
