/** What quota the deployments need, and whether a region has it. */
import { isObject, readJson } from '../../hooks/run.ts';
import { type Env, instancesOf } from './settings.ts';

export interface Want {
  readonly region: string;
  /** As Azure names a quota: kind of deployment and model. */
  readonly quota: string;
  /** Thousands of tokens per minute, or units. */
  readonly capacity: number;
  /** The variable that says how much. */
  readonly variable: 'OPENAI_CAPACITY' | 'OPENAI_PTU' | 'OPENAI_INSTANCES';
}

/** @param env without problems, defaults included. */
export function wantsOf(env: Env): readonly Want[] {
  const capacity = Number(env.OPENAI_CAPACITY);
  const type = env.OPENAI_DEPLOYMENT_TYPE ?? '';
  const models = [env.OPENAI_CHAT_MODEL ?? '', env.OPENAI_EMBEDDING_MODEL ?? ''];
  return instancesOf(env).flatMap(({ region, deployments }, i): readonly Want[] => {
    if (deployments !== null) {
      return deployments.map((one) => ({
        region,
        quota: quotaName(one.type, one.model),
        capacity: one.capacity,
        variable: 'OPENAI_INSTANCES',
      }));
    }
    const usual = models.map((model) => ({
      region,
      quota: quotaName(type, model),
      capacity,
      variable: 'OPENAI_CAPACITY' as const,
    }));
    return i === 0 ? [...usual, ...units(env, region)] : usual;
  });
}

function units({ OPENAI_PTU, OPENAI_PTU_TYPE = '' }: Env, region: string): readonly Want[] {
  const capacity = Number(OPENAI_PTU ?? '0');
  return capacity === 0 ? [] : [{ region, quota: quotaName(OPENAI_PTU_TYPE, ''), capacity, variable: 'OPENAI_PTU' }];
}

/** Quota of a region by its name: `left`, or all that was `granted`. */
export type Quotas = ReadonlyMap<string, { readonly left: number; readonly granted: number }>;

/**
 * @param usages what `az cognitiveservices usage list` printed.
 * @returns null where that is none of it.
 */
export function quotasIn(usages: string): Quotas | null {
  const list = readJson(usages);
  if (!Array.isArray(list)) return null;
  const entries = list.flatMap((usage: unknown) => {
    if (!isObject(usage) || !isObject(usage.name) || typeof usage.name.value !== 'string') return [];
    const granted = Number(usage.limit);
    const left = Math.max(0, Math.floor(granted - Number(usage.currentValue)));
    return Number.isFinite(granted) && Number.isFinite(left) ? [[usage.name.value, { left, granted }] as const] : [];
  });
  return new Map(entries);
}

/** @param by `left` before anything of ours is there; `granted` later, when what we have counts as used. */
export function quotaProblems(
  wants: readonly Want[],
  region: string,
  quotas: Quotas,
  by: 'left' | 'granted',
): readonly string[] {
  const here = Map.groupBy(
    wants.filter((want) => want.region === region),
    ({ quota }) => quota,
  );
  return [...here].flatMap(([quota, group]) => {
    const asked = group.reduce((sum, { capacity }) => sum + capacity, 0);
    const there = quotas.get(quota)?.[by];
    if (there === undefined || asked <= there) return [];
    const has = by === 'left' ? `has ${there} left` : `has ${there} in all`;
    return [`${region}: ${quota} ${has}, ${asked} are asked for; ${remedy(group, there)}, or ask Azure for more`];
  });
}

/** What is shared by several deployments is divided among them. */
function remedy(group: readonly Want[], there: number): string {
  const { variable = 'OPENAI_CAPACITY' } = group[0] ?? {};
  const each = Math.floor(there / group.length);
  const isOne = group.every((want) => want.variable === variable);
  return isOne && variable !== 'OPENAI_INSTANCES' && each >= 1
    ? `azd env set ${variable} ${each}`
    : `change ${variable === 'OPENAI_PTU' ? variable : 'OPENAI_INSTANCES'}`;
}

/** As `az cognitiveservices usage list` has them; units are of a kind and region, for whatever model. Source: Azure/azure-dev, `OpenAI.ProvisionedManaged`. */
function quotaName(type: string, model: string): string {
  return type.includes('Provisioned') ? `OpenAI.${type}` : `OpenAI.${type}.${model}`;
}
