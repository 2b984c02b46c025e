/**
 * What a request will cost, learned from what requests like it have cost. It sees figures alone, never a text; time is an argument.
 * Everything that it remembers has a named maximum.
 */
import type { Usage } from '@spillway/protocol';
import type { Need, RequestClass } from '../need.ts';
import { CachedTokens } from './cached.ts';
import { CallerBook, type CallerSums } from './caller-sums.ts';
import { type AskedFor, Habit } from './habit.ts';
import { Recent } from './recent.ts';
import { type PromptSize, PromptTokens } from './tokens.ts';

/** What a request says of its own cost. */
export interface AskSize extends PromptSize, AskedFor {
  readonly cacheKey: number | null;
}

export interface Asker {
  /** Name of the caller; null without client keys. */
  readonly client: string | null;
  /** Name asked for. */
  readonly model: string;
  readonly operation: string;
  readonly class: RequestClass;
}

/** A request whose need was told; with it comes back what it really cost. */
export interface Ticket {
  readonly need: Need;
  readonly size: AskSize;
  readonly profile: Profile;
}

/** What is known of one client's requests for one operation of one model. */
export interface Profile {
  readonly client: string | null;
  readonly model: string;
  readonly operation: string;
  readonly prompts: PromptTokens;
  readonly habit: Habit;
}

export interface EstimatorMaxima {
  /** Models of which something is remembered. */
  readonly modelsMax: number;
  /** Of a client, a model and an operation together. */
  readonly profilesMax: number;
}

const MAXIMA: EstimatorMaxima = { modelsMax: 256, profilesMax: 1_024 };
/** Longer names are cut: it is enough to tell callers apart. Characters. */
const NAME_CHARS_MAX = 256;

export class Estimator {
  readonly #models: Recent<string, PromptTokens>;
  readonly #profiles: Recent<string, Profile>;
  readonly #cached = new CachedTokens();
  readonly #callers = new CallerBook();

  constructor({ modelsMax, profilesMax }: EstimatorMaxima = MAXIMA) {
    this.#models = new Recent(modelsMax);
    this.#profiles = new Recent(profilesMax);
  }

  need(size: AskSize, asker: Asker, nowMs: number): Ticket {
    const profile = this.#profileOf(asker);
    const { answerTokensMax, choices, cacheKey } = size;
    const promptTokens = profile.prompts.estimate(size);
    const need: Need = {
      promptTokens,
      cachedTokens: Math.min(promptTokens, this.#cached.expected(cacheKey, nowMs)),
      answerTokensMax,
      answerTokens: profile.habit.expected(answerTokensMax, choices),
      choices,
      class: asker.class,
      cacheKey,
    };
    return { need, size, profile };
  }

  /** What it cost in the end, as far as the answer told; at most once for each ticket. */
  answered({ size, profile, need }: Ticket, usage: Usage, nowMs: number): void {
    const { promptTokens, completionTokens, cachedTokens } = usage;
    if (promptTokens === null) return;
    profile.prompts.learn(size, promptTokens);
    if (completionTokens !== null) {
      profile.habit.learn(size, promptTokens, completionTokens);
      const { answerTokensMax, choices } = size;
      if (answerTokensMax !== null) this.#callers.add(profile.client, answerTokensMax * choices, completionTokens);
    }
    if (need.cacheKey !== null && cachedTokens !== null) this.#cached.learn(need.cacheKey, cachedTokens, nowMs);
  }

  /** A prompt whose tokens were counted, since its answer told none. */
  calibrate({ size, profile }: Ticket, promptTokens: number): void {
    profile.prompts.learn(size, promptTokens);
  }

  /** Those used longest ago first, roughly. */
  profiles(): Iterable<Profile> {
    return this.#profiles.values();
  }

  /** What each client reserved and used since the beginning. */
  callers(): readonly CallerSums[] {
    return this.#callers.all();
  }

  #profileOf({ client, model, operation }: Asker): Profile {
    const name = `${operation}\n${model}\n${client ?? ''}`;
    const key = name.length > NAME_CHARS_MAX ? name.slice(0, NAME_CHARS_MAX) : name;
    let profile = this.#profiles.get(key);
    if (profile === undefined) {
      profile = { client, model, operation, prompts: new PromptTokens(this.#modelOf(model)), habit: new Habit() };
      this.#profiles.set(key, profile);
    }
    return profile;
  }

  #modelOf(model: string): PromptTokens {
    const name = model.slice(0, NAME_CHARS_MAX);
    let known = this.#models.get(name);
    if (known === undefined) {
      known = new PromptTokens(null);
      this.#models.set(name, known);
    }
    return known;
  }
}
