/** What a client's requests for an operation of a model used to be: what they asked for, and how long the answers were. */
import { Lengths } from './lengths.ts';
import { RunningMean } from './running.ts';

/** Assumed of an answer of which nothing is known. Tokens. */
const ANSWER_TOKENS = 256;
/** Answers after which an old one hardly counts. */
const ANSWERS_REMEMBERED = 128;

/** Sums since the gateway began. Tokens. */
export interface HabitSums {
  readonly requests: number;
  /** Of these, with a bound for the answer. */
  readonly bounded: number;
  /** Of these, with an answer that reached the bound. */
  readonly reached: number;
  readonly promptTokens: number;
  /** Of these, of requests with a bound. */
  readonly boundedPromptTokens: number;
  /** Asked for as the longest answers, by requests with a bound. */
  readonly reservedTokens: number;
  /** Of these, used. */
  readonly usedTokens: number;
}

export class Habit {
  readonly lengths = new Lengths();
  readonly #answer = new RunningMean(ANSWER_TOKENS, ANSWERS_REMEMBERED);
  #sums = {
    requests: 0,
    bounded: 0,
    reached: 0,
    promptTokens: 0,
    boundedPromptTokens: 0,
    reservedTokens: 0,
    usedTokens: 0,
  };

  get sums(): HabitSums {
    return this.#sums;
  }

  /** Expected of all answers of a request together. Tokens. */
  expected(answerTokensMax: number | null, choices: number): number {
    const each = Math.min(this.#answer.mean, answerTokensMax ?? Number.POSITIVE_INFINITY);
    return Math.round(each * choices);
  }

  /** @param answerTokens of all answers together. */
  learn(asked: AskedFor, promptTokens: number, answerTokens: number): void {
    const { answerTokensMax, choices } = asked;
    const each = answerTokens / choices;
    this.#answer.add(each);
    this.lengths.add(each);
    const sums = this.#sums;
    sums.requests++;
    sums.promptTokens += promptTokens;
    if (answerTokensMax === null) return;
    sums.bounded++;
    sums.boundedPromptTokens += promptTokens;
    if (each >= answerTokensMax) sums.reached++;
    sums.reservedTokens += answerTokensMax * choices;
    sums.usedTokens += answerTokens;
  }
}

export interface AskedFor {
  readonly answerTokensMax: number | null;
  readonly choices: number;
}
