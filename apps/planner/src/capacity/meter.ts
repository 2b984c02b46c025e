/** Folds records into minutes, by model; what it keeps is bounded by minutes and names, not by calls. */
import type { ModelFacts } from '@spillway/protocol';
import { arrivalAnswer, type Demand, NO_DEMAND } from './demand.ts';
import type { TrafficRecord } from './traffic-record.ts';

export const MINUTE_MS = 60_000;
/** A year of minutes; of a longer span the first and the last are named. */
export const MINUTES_MAX = 366 * 24 * 60;
/** Names are made by clients. */
export const MODELS_MAX = 200;

export class OverLimit extends Error {}

interface Minute {
  calls: number;
  promptTokens: number;
  cachedTokens: number;
  answerTokens: number;
  /** Prompts and bounds of calls that have one. */
  boundTokens: number;
  /** Of calls without a bound. */
  freeCalls: number;
  freePromptTokens: number;
  freeAnswerTokens: number;
  /** Calls of which no tokens are known. */
  unknownCalls: number;
}

/** A model's traffic, minute after minute, idle ones in between included. */
export interface Metered {
  readonly model: string | null;
  readonly minutes: readonly Demand[];
  readonly calls: number;
  readonly unknownCalls: number;
}

export class Meter {
  /** The bound of all calls that name none; null: they have none. */
  readonly #maxTokens: number | null;
  readonly #models = new Map<string | null, Map<number, Minute>>();
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  constructor(maxTokens: number | null = null) {
    this.#maxTokens = maxTokens;
  }

  /** @throws OverLimit for a span or a number of models that nobody plans with. */
  add(record: TrafficRecord): void {
    const at = Math.floor(record.atMs / MINUTE_MS);
    this.#reach(at);
    count(this.#minute(record.model, at), record, record.maxTokens ?? this.#maxTokens);
  }

  get span(): { readonly fromMs: number; readonly minutes: number } | null {
    if (this.#models.size === 0) return null;
    return { fromMs: this.#first * MINUTE_MS, minutes: this.#last - this.#first + 1 };
  }

  get models(): readonly (string | null)[] {
    return [...this.#models.keys()];
  }

  /** All of these together. @param model named so; null: all of them together. */
  metered(names: readonly (string | null)[], facts: ModelFacts, model: string | null): Metered {
    const parts = names.flatMap((name) => this.#models.get(name) ?? []);
    const known = sumOf(parts.flatMap((part) => [...part.values()]));
    const counted = known.calls - known.unknownCalls;
    const mean =
      counted > 0 ? demandOf({ ...known, calls: counted, unknownCalls: 0 }, facts, null, counted) : NO_DEMAND;
    const minutes: Demand[] = [];
    for (let at = this.#first; at <= this.#last; at++) {
      const here = parts.flatMap((part) => part.get(at) ?? []);
      minutes.push(here.length === 0 ? NO_DEMAND : demandOf(sumOf(here), facts, mean, 1));
    }
    return { model, minutes, calls: known.calls, unknownCalls: known.unknownCalls };
  }

  #reach(at: number): void {
    const [first, last] = [Math.min(this.#first, at), Math.max(this.#last, at)];
    if (last - first + 1 > MINUTES_MAX) {
      const day = (minute: number) => new Date(minute * MINUTE_MS).toISOString().slice(0, 10);
      throw new OverLimit(
        `traffic from ${day(first)} to ${day(last)} is more than a year; is a time wrong? Plan a year at most`,
      );
    }
    [this.#first, this.#last] = [first, last];
  }

  #minute(model: string | null, at: number): Minute {
    let minutes = this.#models.get(model);
    if (minutes === undefined) {
      if (this.#models.size >= MODELS_MAX) {
        throw new OverLimit(`more than ${MODELS_MAX} models are named; --only names those that are meant`);
      }
      minutes = new Map();
      this.#models.set(model, minutes);
    }
    let minute = minutes.get(at);
    if (minute === undefined) {
      minute = empty();
      minutes.set(at, minute);
    }
    return minute;
  }
}

function empty(): Minute {
  return {
    calls: 0,
    promptTokens: 0,
    cachedTokens: 0,
    answerTokens: 0,
    boundTokens: 0,
    freeCalls: 0,
    freePromptTokens: 0,
    freeAnswerTokens: 0,
    unknownCalls: 0,
  };
}

/** Rows that stand for several calls give the tokens of all of them, and a bound for each. */
function count(minute: Minute, record: TrafficRecord, maxTokens: number | null): void {
  const { calls, promptTokens, cachedTokens, answerTokens } = record;
  minute.calls += calls;
  if (promptTokens === null) {
    minute.unknownCalls += calls;
    return;
  }
  minute.promptTokens += promptTokens;
  minute.cachedTokens += cachedTokens;
  minute.answerTokens += answerTokens;
  if (maxTokens !== null) {
    minute.boundTokens += promptTokens + maxTokens * calls;
    return;
  }
  minute.freeCalls += calls;
  minute.freePromptTokens += promptTokens;
  minute.freeAnswerTokens += answerTokens;
}

function sumOf(minutes: readonly Minute[]): Minute {
  const sum = empty();
  for (const each of minutes) {
    sum.calls += each.calls;
    sum.promptTokens += each.promptTokens;
    sum.cachedTokens += each.cachedTokens;
    sum.answerTokens += each.answerTokens;
    sum.boundTokens += each.boundTokens;
    sum.freeCalls += each.freeCalls;
    sum.freePromptTokens += each.freePromptTokens;
    sum.freeAnswerTokens += each.freeAnswerTokens;
    sum.unknownCalls += each.unknownCalls;
  }
  return sum;
}

/** Calls of which nothing is known count like an average one: they asked for as much. @param mean of a call. @param by divides it. */
function demandOf(minute: Minute, facts: ModelFacts, mean: Demand | null, by: number): Demand {
  const { freeCalls, freePromptTokens, freeAnswerTokens, unknownCalls } = minute;
  const freeAnswer = freeCalls === 0 ? 0 : arrivalAnswer(null, freeAnswerTokens / freeCalls, facts);
  const arrivalTokens = minute.boundTokens + freePromptTokens + freeCalls * freeAnswer;
  const unknown = (of: number | undefined) => unknownCalls * (of ?? 0);
  return {
    calls: minute.calls / by,
    promptTokens: (minute.promptTokens + unknown(mean?.promptTokens)) / by,
    cachedTokens: (minute.cachedTokens + unknown(mean?.cachedTokens)) / by,
    answerTokens: (minute.answerTokens + unknown(mean?.answerTokens)) / by,
    arrivalTokens: (arrivalTokens + unknown(mean?.arrivalTokens)) / by,
  };
}
