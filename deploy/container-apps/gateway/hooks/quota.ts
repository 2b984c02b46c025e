/** What quota the deployments need, and whether a region has it. */

export interface Want {
  readonly region: string;
  /** As Azure names a quota: kind of deployment and model. */
  readonly quota: string;
  /** Thousands of tokens per minute, or units. */
  readonly capacity: number;
  /** The variable that says how much. */
  readonly variable: string;
}

type Env = Readonly<Record<string, string | undefined>>;

const DEFAULT_INSTANCES = '[{"region":"eastus"},{"region":"northcentralus"},{"region":"eastus2"}]';
const DEFAULT_MODELS = { chat: 'gpt-5.4-mini', embedding: 'text-embedding-3-small' };

export function wantsOf(env: Env): readonly Want[] {
  const capacity = Number(env.OPENAI_CAPACITY || '30');
  const type = env.OPENAI_DEPLOYMENT_TYPE || 'GlobalStandard';
  const models = [env.OPENAI_CHAT_MODEL || DEFAULT_MODELS.chat, env.OPENAI_EMBEDDING_MODEL || DEFAULT_MODELS.embedding];
  return instancesOf(env).flatMap(({ region, deployments }) => {
    if (deployments === null) {
      return models.map((model) => ({ region, quota: quotaName(type, model), capacity, variable: 'OPENAI_CAPACITY' }));
    }
    return deployments.map((one) => ({
      region,
      quota: quotaName(textAt(one, 'type'), textAt(one, 'model')),
      capacity: Number(one.capacity),
      variable: 'OPENAI_INSTANCES',
    }));
  });
}

/** @param usages what `az cognitiveservices usage list` printed. */
export function quotaProblems(wants: readonly Want[], region: string, usages: string): readonly string[] {
  const left = new Map(listOf(JSON.parse(usages)).map((usage) => [nameOf(usage), leftOf(usage)]));
  const here = Map.groupBy(
    wants.filter((want) => want.region === region),
    ({ quota }) => quota,
  );
  return [...here].flatMap(([quota, group]) => {
    const asked = group.reduce((sum, { capacity }) => sum + capacity, 0);
    const there = left.get(quota);
    if (there === undefined || asked <= there) return [];
    const variable = group[0]?.variable ?? 'OPENAI_CAPACITY';
    const remedy =
      variable === 'OPENAI_CAPACITY' && there >= 1 ? `azd env set ${variable} ${there}` : `change ${variable}`;
    return [`${region}: ${quota} has ${there} left, ${asked} are asked for; ${remedy}, or ask Azure for more`];
  });
}

/** A name without a kind is that of a provisioned one; both are as `az cognitiveservices usage list` has them. */
function quotaName(type: string, model: string): string {
  return `OpenAI.${type}.${model}`;
}

interface Instance {
  readonly region: string;
  readonly deployments: readonly Readonly<Record<string, unknown>>[] | null;
}

function instancesOf(env: Env): readonly Instance[] {
  return listOf(JSON.parse(env.OPENAI_INSTANCES || DEFAULT_INSTANCES)).map((instance) => ({
    region: textAt(instance, 'region'),
    deployments: instance.deployments === undefined ? null : listOf(instance.deployments),
  }));
}

function nameOf({ name }: Readonly<Record<string, unknown>>): string {
  return isObject(name) ? textAt(name, 'value') : '';
}

function leftOf({ limit, currentValue }: Readonly<Record<string, unknown>>): number {
  return Math.max(0, Math.floor(Number(limit) - Number(currentValue)));
}

function textAt(from: Readonly<Record<string, unknown>>, key: string): string {
  const value = from[key];
  if (typeof value !== 'string') throw new Error(`OPENAI_INSTANCES: ${key} is missing in ${JSON.stringify(from)}`);
  return value;
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value) || !value.every(isObject)) throw new Error('OPENAI_INSTANCES: not a list of objects');
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
