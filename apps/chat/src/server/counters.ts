/** Figures of answers, for `/metrics`: a fold over the events that are streamed. */
import { type AnswerEventBody, FAILURE_KINDS, type FailureKind } from '../events.ts';

export class Counters {
  #questions = 0;
  #done = 0;
  #waits = 0;
  #promptTokens = 0;
  #completionTokens = 0;
  #firstWords = 0;
  #firstWordMs = 0;
  readonly #failures = new Map<FailureKind, number>();

  asked(): void {
    this.#questions++;
  }

  /** @param sinceMs time since the question, at its event. */
  add(event: AnswerEventBody, sinceMs: number, isFirstWord: boolean): void {
    if (isFirstWord) {
      this.#firstWords++;
      this.#firstWordMs += sinceMs;
    }
    if (event.type === 'done') this.#done++;
    if (event.type === 'waiting') this.#waits++;
    if (event.type === 'error') this.#failures.set(event.kind, (this.#failures.get(event.kind) ?? 0) + 1);
    if (event.type === 'usage') {
      this.#promptTokens += event.promptTokens ?? 0;
      this.#completionTokens += event.completionTokens ?? 0;
    }
  }

  /** @param running answers that are being made now. */
  text(running: number): string {
    const rows = [
      family('questions_total', 'counter', 'Questions taken.', this.#questions),
      family('answers_total', 'counter', 'Answers that ended, failed ones included.', this.#done),
      family('answers_running', 'gauge', 'Answers that are being made.', running),
      family('waits_total', 'counter', 'Times a 429 was waited for.', this.#waits),
      family('prompt_tokens_total', 'counter', 'Tokens read by models for answers.', this.#promptTokens),
      family('completion_tokens_total', 'counter', 'Tokens written by models for answers.', this.#completionTokens),
      family('first_word_seconds_sum', 'counter', 'Time from question to first word.', this.#firstWordMs / 1_000),
      family('first_word_seconds_count', 'counter', 'Answers with a first word.', this.#firstWords),
    ];
    const failures = FAILURE_KINDS.map(
      (kind) => `${PREFIX}failures_total{kind="${kind}"} ${this.#failures.get(kind) ?? 0}`,
    );
    const head = `# HELP ${PREFIX}failures_total Answers that ended in an error, by kind.\n# TYPE ${PREFIX}failures_total counter`;
    return `${[...rows, head, ...failures].join('\n')}\n`;
  }
}

const PREFIX = 'spillway_chat_';

function family(name: string, type: string, help: string, value: number): string {
  return `# HELP ${PREFIX}${name} ${help}\n# TYPE ${PREFIX}${name} ${type}\n${PREFIX}${name} ${value}`;
}
