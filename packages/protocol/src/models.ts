/**
 * What is published about the models, by name. Data, not behaviour: the tables are in model-rows.ts, model-media.ts,
 * model-limits.ts and provisioned-figures.ts, each with its date and source, and a user's file extends or overrides them without a release.
 */
import {
  ASSUMED_DIMENSIONS,
  ASSUMED_LIMITS,
  ASSUMED_PROVISIONED,
  ASSUMED_REQUESTS_PER_THOUSAND_TOKENS,
  type ModelExtension,
  type ModelFacts,
  type ModelKind,
  type UnitSteps,
} from './model-facts.ts';
import { RETIREMENTS, TOKEN_LIMITS } from './model-limits.ts';
import { MEDIA_LIMITS, MEDIA_RETIREMENTS, MEDIA_ROWS, type MediaRow } from './model-media.ts';
import { CHAT_ROWS, EMBEDDINGS_ROWS, type ModelRow, OTHER_ROWS, REASONING_ROWS } from './model-rows.ts';
import { PROVISIONED_FIGURES } from './provisioned-figures.ts';

export {
  ASSUMED_PROVISIONED,
  CAPACITY_UNITS,
  MODEL_KINDS,
  type ModelExtension,
  type ModelFacts,
  type ModelKind,
  type ProvisionedFigures,
  type UnitSteps,
} from './model-facts.ts';
export { OUTPUT_WEIGHT_ASSUMED, PROVISIONED_FIGURES_OF_2024 } from './provisioned-figures.ts';

const MODELS: ReadonlyMap<string, ModelFacts> = new Map(
  [
    ...[...CHAT_ROWS, ...OTHER_ROWS].map((row) => chatFacts(row, false)),
    ...REASONING_ROWS.map((row) => chatFacts(row, true)),
    ...EMBEDDINGS_ROWS.map(embeddingsFacts),
    ...MEDIA_ROWS.map(mediaFacts),
  ].map((facts) => [plainName(facts.name), facts]),
);

function chatFacts(
  [name, version, requestsPerThousandTokens, windowSeconds]: ModelRow,
  reasoning: boolean,
): ModelFacts {
  return {
    ...published(name, 'chat'),
    version,
    capacityUnit: 'thousandTokens',
    requestsPerThousandTokens,
    requestWindowSeconds: windowSeconds,
    reasoning,
    dimensions: null,
    dimensionsSettable: false,
  };
}

function mediaFacts([name, kind, version, capacityUnit, requestsPerUnit]: MediaRow): ModelFacts {
  return {
    ...published(name, kind),
    version,
    capacityUnit,
    requestsPerThousandTokens: requestsPerUnit,
    requestWindowSeconds: 60,
    reasoning: false,
    dimensions: null,
    dimensionsSettable: false,
  };
}

function embeddingsFacts([
  name,
  dimensions,
  dimensionsSettable,
  windowSeconds,
]: (typeof EMBEDDINGS_ROWS)[number]): ModelFacts {
  return {
    ...published(name, 'embeddings'),
    version: null,
    capacityUnit: 'thousandTokens',
    requestsPerThousandTokens: 6,
    requestWindowSeconds: windowSeconds,
    reasoning: false,
    dimensions,
    dimensionsSettable,
  };
}

/** What the other tables say of a model, or what is assumed of it. */
function published(name: string, kind: ModelKind) {
  return {
    name,
    kind,
    ...(TOKEN_LIMITS.get(name) ?? MEDIA_LIMITS.get(name) ?? ASSUMED_LIMITS[kind]),
    retiresOn: RETIREMENTS.get(name) ?? MEDIA_RETIREMENTS.get(name) ?? null,
    provisioned: PROVISIONED_FIGURES.get(name) ?? ASSUMED_PROVISIONED,
  };
}

/** Names of all models of which something is known. */
export const MODEL_NAMES: readonly string[] = [...MODELS.values()].map(({ name }) => name);

/**
 * What is known about a model, by its name in any case, with or without the date of its version, in Azure's or OpenAI's spelling
 * (`gpt-3.5-turbo`). null for a model that is not in the table; {@link unknownModel} then says what to assume.
 */
export function knownModel(name: string): ModelFacts | null {
  return MODELS.get(plainName(name)) ?? null;
}

function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/^gpt-3\.5/, 'gpt-35')
    .replace(/-\d{4}-\d{2}-\d{2}$/, '');
}

/**
 * Assumed of a model that is not in the table: the documented default of 6 requests per 1,000 tokens, counted by the minute
 * (wire §6.3), and the limits and provisioned figures of gpt-4o.
 * @param kind by default, a name with "embedding" is taken for a model that embeds, and so on; see KINDS_BY_NAME.
 */
export function unknownModel(name: string, kind: ModelKind = kindByName(name)): ModelFacts {
  const embeddings = kind === 'embeddings';
  return {
    name,
    kind,
    version: null,
    capacityUnit: kind === 'images' ? 'requests' : 'thousandTokens',
    requestsPerThousandTokens: ASSUMED_REQUESTS_PER_THOUSAND_TOKENS,
    requestWindowSeconds: 60,
    reasoning: false,
    dimensions: embeddings ? ASSUMED_DIMENSIONS : null,
    dimensionsSettable: embeddings,
    ...ASSUMED_LIMITS[kind],
    retiresOn: null,
    provisioned: ASSUMED_PROVISIONED,
  };
}

/** The first that fits. */
const KINDS_BY_NAME: ReadonlyArray<readonly [within: RegExp, kind: ModelKind]> = [
  [/embedding/i, 'embeddings'],
  [/realtime/i, 'realtime'],
  [/transcribe|whisper/i, 'transcription'],
  [/\btts\b/i, 'speech'],
  [/gpt-image|dall-e/i, 'images'],
];

function kindByName(name: string): ModelKind {
  return KINDS_BY_NAME.find(([within]) => within.test(name))?.[1] ?? 'chat';
}

export function modelFacts(name: string): ModelFacts {
  return knownModel(name) ?? unknownModel(name);
}

/** The built-in models with a user's own: a new model, or a new figure, needs no release. Of a name given twice the last one holds. */
export class ModelTable {
  readonly #own = new Map<string, ModelFacts>();

  constructor(extensions: readonly ModelExtension[] = []) {
    for (const extension of extensions) {
      const { name, kind } = extension;
      this.#own.set(plainName(name), extended(this.#known(name) ?? unknownModel(name, kind), extension));
    }
  }

  /** As {@link knownModel} and, where nothing is known, {@link unknownModel}. */
  facts(name: string): ModelFacts {
    return this.#known(name) ?? unknownModel(name);
  }

  isKnown(name: string): boolean {
    return this.#known(name) !== null;
  }

  /** Each once, in the spelling of the table, or of the user where the table has none. */
  get names(): readonly string[] {
    const own = [...this.#own.values()].map((facts) => facts.name);
    return [...new Set([...MODEL_NAMES, ...own])];
  }

  #known(name: string): ModelFacts | null {
    return this.#own.get(plainName(name)) ?? knownModel(name);
  }
}

function extended(before: ModelFacts, { name: _, provisioned, ...fields }: ModelExtension): ModelFacts {
  return { ...before, ...fields, provisioned: { ...before.provisioned, ...provisioned } };
}

/** Requests per minute of a Standard deployment. Azure derives them; they cannot be set (wire §6.1). At least 1. @param tokensPerMinute of models limited by requests: 1,000 for each unit. */
export function requestsPerMinuteOf(facts: ModelFacts, tokensPerMinute: number): number {
  return Math.max(1, Math.round((tokensPerMinute / 1000) * facts.requestsPerThousandTokens));
}

/**
 * The fewest units that can be bought and are at least so many.
 * Steps are counted from the minimum: the best reading of the two tables where that differs from counting from 0 (wire §7.4).
 */
export function buyableUnits({ min, step }: UnitSteps, units: number): number {
  return min + Math.ceil(Math.max(0, units - min) / step) * step;
}
