/** What can be deployed: versions of models, deployment types, sizes. Data of the model table, seen as Azure's catalogue has it. */
import { DEPLOYMENT_TYPES, type DeploymentType, isProvisioned } from '@spillway/azure-model';
import { type ModelFacts, placeOf, type UnitSteps } from '@spillway/protocol';
import { UNITS_PER_DEPLOYMENT_MAX } from './control-options.ts';

export interface OfferedVersion {
  readonly version: string;
  /** `2025-06-06`; null where no date is known. */
  readonly retiresOn: string | null;
}

type Row = readonly [version: string, retiresOn: string | null];

/**
 * Versions besides those of the model table. Sources: Microsoft Learn, "Legacy models" (dates of 2025), and answers of the service in
 * public issues (gpt-4o 2024-08-06: refused since the end of March 2026; its elder is taken to have gone with it).
 */
const OTHER_VERSIONS: ReadonlyMap<string, readonly Row[]> = new Map<string, readonly Row[]>([
  [
    'gpt-35-turbo',
    [
      ['0301', '2025-02-13'],
      ['0613', '2025-02-13'],
      ['1106', null],
    ],
  ],
  [
    'gpt-4',
    [
      ['0314', '2025-06-06'],
      ['1106-Preview', null],
      ['0125-Preview', null],
      ['turbo-2024-04-09', null],
    ],
  ],
  ['gpt-4-32k', [['0314', '2025-06-06']]],
  [
    'gpt-4o',
    [
      ['2024-05-13', '2026-03-31'],
      ['2024-08-06', '2026-03-31'],
    ],
  ],
  ['text-embedding-3-small', [['1', '2028-02-09']]],
  ['text-embedding-3-large', [['1', '2028-02-09']]],
  [
    'text-embedding-ada-002',
    [
      ['2', '2028-02-09'],
      ['1', null],
    ],
  ],
]);

/** Of a model of which no version is known: in Azure many of those are number 1. */
const ONLY_VERSION = '1';

/** The default first. */
export function versionsOf(facts: ModelFacts): readonly OfferedVersion[] {
  const others = (OTHER_VERSIONS.get(facts.name) ?? []).map(([version, retiresOn]) => ({ version, retiresOn }));
  if (facts.version === null && others.length > 0) return others;
  return [{ version: facts.version ?? ONLY_VERSION, retiresOn: facts.retiresOn }, ...others];
}

/** Versions are compared whatever their case. null for one that is not offered. */
export function versionOf(facts: ModelFacts, version: string): OfferedVersion | null {
  return versionsOf(facts).find((each) => each.version.toLowerCase() === version.toLowerCase()) ?? null;
}

/** @param nowMs milliseconds since 1970. */
export function isRetired({ retiresOn }: OfferedVersion, nowMs: number): boolean {
  return retiresOn !== null && Date.parse(retiresOn) <= nowMs;
}

/** By the beginning of the name, in lower case; others are `OpenAI`. */
const FORMATS: readonly (readonly [start: string, format: string])[] = [
  ['llama', 'Meta'],
  ['deepseek', 'DeepSeek'],
  ['fw-', 'Fireworks'],
  ['gpt-oss', 'OpenAI-OSS'],
];

/** Whose model it is, as `model.format` says it. */
export function formatOf({ name }: ModelFacts): string {
  const lower = name.toLowerCase();
  return FORMATS.find(([start]) => lower.startsWith(start))?.[1] ?? 'OpenAI';
}

/** Units that can be bought of a provisioned type; null where the model is not offered so. Only models that generate text are. */
export function unitStepsOf(facts: ModelFacts, type: DeploymentType): UnitSteps | null {
  if (facts.kind !== 'chat') return null;
  return placeOf(type) === 'region' ? facts.provisioned.regional : facts.provisioned.global;
}

/** Every Standard type is taken for each model: where which one is sold changes by the week. */
export function typesOf(facts: ModelFacts): readonly DeploymentType[] {
  return DEPLOYMENT_TYPES.filter((type) => !isProvisioned(type) || unitStepsOf(facts, type) !== null);
}

/** Of one Standard deployment: thousands of tokens per minute. Ours; in Azure it differs by model. */
const STANDARD_CAPACITY_MAX = 1_000_000;
const STANDARD_CAPACITY_USUAL = 10;

/** As `capacity` of a SKU. */
export interface CapacityConfig {
  readonly minimum: number;
  readonly maximum: number;
  readonly step: number;
  readonly default: number;
}

/** null where the model is not offered so. */
export function capacityConfigOf(facts: ModelFacts, type: DeploymentType): CapacityConfig | null {
  if (!isProvisioned(type)) {
    return { minimum: 1, maximum: STANDARD_CAPACITY_MAX, step: 1, default: STANDARD_CAPACITY_USUAL };
  }
  const steps = unitStepsOf(facts, type);
  if (steps === null) return null;
  return { minimum: steps.min, maximum: UNITS_PER_DEPLOYMENT_MAX, step: steps.step, default: steps.min };
}
