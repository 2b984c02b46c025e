/** Text of a scenario's file to a scenario, or to every error of it at once. */
import { type ConfigError, checkAgainst, type FileKind, readYaml } from '@spillway/config';
import { checkScenario, idsOf, OTHERS_TOKENS } from './scenario-check.ts';
import { REFERENCE } from './scenario-reference.ts';
import {
  type ArrivalsData,
  type FaultData,
  type LengthsData,
  type ScenarioData,
  scenarioJsonSchema,
  scenarioSchema,
} from './scenario-schema.ts';
import type { Arrivals, LabClient, LabDeployment, LabFault, Lengths, Scenario } from './types.ts';

const SCENARIO_FILE: FileKind = {
  jsonSchema: scenarioJsonSchema,
  reference: REFERENCE,
  reader: 'lab',
  remedies: {
    empty: `say why, and list a fleet and clients; ${REFERENCE} has an example`,
    notAMapping: 'begin with "why:"; a key needs a blank after its colon',
  },
  noShape: `is not what belongs here; see ${REFERENCE}`,
  later: new Map(),
  textKind: () => 'literal',
  exampleVariable: () => '',
};

export type ScenarioRead =
  | { readonly kind: 'ok'; readonly scenario: Scenario }
  | { readonly kind: 'errors'; readonly errors: readonly ConfigError[] };

/** @param file as errors shall name it; the scenario is named after it where it does not name itself. */
export function scenarioFromYaml(text: string, file: string): ScenarioRead {
  const { data, findings } = readYaml(text, file, SCENARIO_FILE);
  const parsed = data === null ? null : checkAgainst(scenarioSchema, SCENARIO_FILE, data, findings);
  if (parsed !== null) checkScenario(parsed, findings);
  if (parsed === null || findings.errors.length > 0) return { kind: 'errors', errors: findings.errors };
  return { kind: 'ok', scenario: scenarioOf(parsed, nameOf(file)) };
}

/** `apps/planner/scenarios/steady.yaml`: steady. */
function nameOf(file: string): string {
  return file.replace(/^.*[/\\]/, '').replace(/\.ya?ml$/, '');
}

/** @param data checked. */
function scenarioOf(data: ScenarioData, fileName: string): Scenario {
  const { name = fileName, why, seconds, warmUpSeconds, waitMsMax, promises, pooledMost = null, load } = data;
  const clients = data.clients.map((client) => clientOf(client, seconds));
  return {
    name,
    why,
    seconds,
    warmUpSeconds,
    fleet: data.fleet.flatMap((deployment) => deploymentsOf(deployment, data.quotas)),
    faults: data.faults.map((fault) => faultOf(fault, seconds)),
    waitMsMax,
    promises,
    pooledMost,
    traffic: { load, arrivals: arrivalsOf(data.arrivals, seconds), clients },
  };
}

function deploymentsOf(data: ScenarioData['fleet'][number], quotas: ScenarioData['quotas']): readonly LabDeployment[] {
  const { count: _, isTold, quotaKey, capacity, trueCapacity = capacity, promptTokensMax = null, ...same } = data;
  const key = quotas.find(({ name }) => name === quotaKey) ?? null;
  return idsOf(data).map((id) => ({
    ...same,
    id,
    capacity: isTold ? capacity : null,
    trueCapacity,
    quotaKey: key,
    promptTokensMax,
  }));
}

function faultOf({ deployment, fromSeconds, toSeconds, ...data }: FaultData, seconds: number): LabFault {
  return {
    deployment,
    fromMs: fromSeconds * 1_000,
    toMs: (toSeconds ?? seconds) * 1_000,
    fault: whatHappens(data),
  };
}

function whatHappens(data: Omit<FaultData, 'deployment' | 'fromSeconds' | 'toSeconds'>): LabFault['fault'] {
  const { kind, share, factor, tokensPerMinute, requestTokens = OTHERS_TOKENS, status = 503, waitMs = 5_000 } = data;
  switch (kind) {
    case 'others':
      return { kind, tokensPerMinute: given(tokensPerMinute), requestTokens };
    case 'lowered':
      return { kind, share: given(share), told: data.isTold ?? false };
    case 'outage':
      return { kind, status };
    case 'slow':
      return { kind, factor: given(factor) };
    case 'dayHint':
      return { kind, share: given(share) };
    case 'demand':
      return { kind, share: given(share), waitMs };
  }
}

function clientOf(data: ScenarioData['clients'][number], seconds: number): LabClient {
  return {
    ...data,
    prompt: lengthsOf(data.prompt),
    answer: lengthsOf(data.answer),
    bound: data.bound ?? null,
    choices: data.choices ?? { n: 1, share: 0 },
    languages: data.languages ?? { english: 1, code: 0, cjk: 0 },
    conversation: data.conversation ?? null,
    comebacks: data.comebacks ?? { share: 0, times: 0 },
    arrivals: data.arrivals === undefined ? null : arrivalsOf(data.arrivals, seconds),
  };
}

/** Spread and longest of lengths of which a file gives the median alone. */
const DEFAULT_SPREAD = 0.7;
const DEFAULT_MAX_MEDIANS = 20;

function lengthsOf({ kind, tokens, min, max, median, spread = DEFAULT_SPREAD }: LengthsData): Lengths {
  switch (kind) {
    case 'fixed':
      return { kind, tokens: given(tokens) };
    case 'uniform':
      return { kind, min: given(min), max: given(max) };
    case 'lognormal':
      return { kind, median: given(median), spread, max: max ?? DEFAULT_MAX_MEDIANS * given(median) };
  }
}

function arrivalsOf(data: ArrivalsData, seconds: number): Arrivals {
  const { kind, onSeconds, offSeconds, factor, depth, periodSeconds = seconds } = data;
  switch (kind) {
    case 'poisson':
    case 'steady':
      return { kind };
    case 'bursts':
      return { kind, onSeconds: given(onSeconds), offSeconds: given(offSeconds), factor: given(factor) };
    case 'diurnal':
      return { kind, depth: given(depth), periodSeconds };
  }
}

/** What scenario-check.ts saw to be there. */
function given(value: number | undefined): number {
  if (value === undefined) throw new TypeError('a value that was checked to be there is missing');
  return value;
}
