/** What is asked: lengths of prompts and answers, what bounds them, and what prompts have in common. */
import type { Unit } from '@spillway/clock';
import type { Arrival, LabClient, Language, Lengths } from './types.ts';

/** A request but for its moment. */
export type Asked = Omit<Arrival, 'atMs'>;

/** Longest prompt of a conversation; before it would be longer, a new one begins. Tokens. */
const CONTEXT_TOKENS_MAX = 100_000;

/**
 * Text to a token of today's tokenizers. Bytes of English and code are characters; a character of Chinese, Japanese or Korean has three
 * bytes. `noise`: standard deviation of the logarithm between prompts.
 */
const TEXT: Readonly<Record<Language, { readonly bytes: number; readonly chars: number; readonly noise: number }>> = {
  english: { bytes: 4, chars: 4, noise: 0.06 },
  code: { bytes: 3.2, chars: 3.2, noise: 0.1 },
  cjk: { bytes: 2, chars: 2 / 3, noise: 0.1 },
};

/** @returns the next request of one kind of client. @param parallel conversations that go on at a time. */
export function askerOf(client: LabClient, parallel: number, unit: Unit): () => Asked {
  const { conversation } = client;
  if (conversation === null) return () => single(client, unit);
  const talks = Array.from({ length: Math.max(1, parallel) }, () => begun(client, conversation.turns, unit));
  // They began before the lab did: some are at their first turn, some at their last.
  for (const talk of talks) for (let n = Math.floor(unit() * talk.turnsLeft); n > 0; n--) turn(client, talk, unit);
  let next = 0;
  return () => {
    // One of those that have been silent for longest, so that nobody asks while the answer before is on its way.
    const other = (next + Math.floor((unit() * talks.length) / 2)) % talks.length;
    [talks[next], talks[other]] = [at(talks, other), at(talks, next)];
    let talk = at(talks, next);
    if (talk.turnsLeft === 0 || talk.saidTokens > CONTEXT_TOKENS_MAX) {
      talk = begun(client, conversation.turns, unit);
      talks[next] = talk;
    }
    next = (next + 1) % talks.length;
    return turn(client, talk, unit);
  };
}

interface Talk {
  readonly name: string;
  readonly language: Language;
  readonly key: number;
  turnsLeft: number;
  /** Said so far, instructions included. Tokens. */
  saidTokens: number;
}

function begun(client: LabClient, turns: number, unit: Unit): Talk {
  return {
    name: nameOf(client, unit),
    language: languageOf(client.languages, unit),
    key: keyOf(unit),
    turnsLeft: 1 + Math.floor(unit() * (2 * turns - 1)),
    saidTokens: 0,
  };
}

function turn(client: LabClient, talk: Talk, unit: Unit): Asked {
  const sharedTokens = talk.saidTokens;
  const before = sharedTokens === 0 ? client.instructionsTokens : sharedTokens;
  const promptTokens = before + drawn(client.prompt, unit);
  const asked = completed(client, { ...talk, promptTokens, sharedTokens }, unit);
  talk.turnsLeft--;
  // Of several choices one is gone on with.
  talk.saidTokens = promptTokens + Math.round(asked.answerTokens / asked.choices);
  return asked;
}

/** Has nothing in common with others but the instructions, which are the same for all clients of the kind. */
function single(client: LabClient, unit: Unit): Asked {
  const { instructionsTokens } = client;
  const text = {
    name: nameOf(client, unit),
    language: languageOf(client.languages, unit),
    key: instructionsTokens === 0 ? null : hashOf(client.name),
    promptTokens: instructionsTokens + drawn(client.prompt, unit),
    sharedTokens: instructionsTokens,
  };
  return completed(client, text, unit);
}

interface Prompt {
  readonly name: string;
  readonly language: Language;
  readonly key: number | null;
  readonly promptTokens: number;
  readonly sharedTokens: number;
}

function completed(client: LabClient, { name, language, key, promptTokens, sharedTokens }: Prompt, unit: Unit): Asked {
  const { bytes, chars, noise } = TEXT[language];
  const length = promptTokens * Math.exp(noise * normal(unit));
  const bound = client.bound !== null && unit() < client.boundShare ? client.bound : null;
  const choices = unit() < client.choices.share ? client.choices.n : 1;
  return {
    client: name,
    class: client.class,
    promptTokens,
    promptBytes: Math.ceil(length * bytes),
    promptChars: Math.ceil(length * chars),
    answerTokensMax: bound,
    answerTokens: answerOf(client.answer, { bound, choices, unit }),
    choices,
    cacheKey: key,
    sharedTokens,
    comebacks: unit() < client.comebacks.share ? client.comebacks.times : 0,
  };
}

function answerOf(
  lengths: Lengths,
  { bound, choices, unit }: { readonly bound: number | null; readonly choices: number; readonly unit: Unit },
): number {
  let sum = 0;
  for (let i = 0; i < choices; i++) sum += Math.min(drawn(lengths, unit), bound ?? Number.POSITIVE_INFINITY);
  return sum;
}

/** At least one token. */
function drawn(lengths: Lengths, unit: Unit): number {
  switch (lengths.kind) {
    case 'fixed':
      return lengths.tokens;
    case 'uniform':
      return lengths.min + Math.floor(unit() * (lengths.max - lengths.min + 1));
    case 'lognormal': {
      const length = Math.round(lengths.median * Math.exp(lengths.spread * normal(unit)));
      return Math.min(lengths.max, Math.max(1, length));
    }
  }
}

/** Normally distributed: mean 0, standard deviation 1. Source: G. Box, M. Muller, 1958. */
function normal(unit: Unit): number {
  return Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit());
}

function nameOf({ name, count }: LabClient, unit: Unit): string {
  return count === 1 ? name : `${name}-${1 + Math.floor(unit() * count)}`;
}

function languageOf(languages: LabClient['languages'], unit: Unit): Language {
  let left = unit() * (languages.english + languages.code + languages.cjk);
  left -= languages.english;
  if (left < 0) return 'english';
  return left < languages.code ? 'code' : 'cjk';
}

/** 32 bits without sign. */
function keyOf(unit: Unit): number {
  return Math.floor(unit() * 4_294_967_296);
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  return hash >>> 0;
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no item ${index} among ${items.length}`);
  return item;
}
