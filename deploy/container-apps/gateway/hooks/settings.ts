/**
 * What the azd environment says of the gateway, checked as a whole before anything is made: Bicep and Azure would tell of one mistake at a
 * time, minutes later, in words of their own.
 */
import { isObject, type JsonObject, readJson, visible } from '../../hooks/run.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** A resource to be made. */
export interface Instance {
  readonly region: string;
  /** null: the usual ones. */
  readonly deployments: readonly Listed[] | null;
}

export interface Listed {
  readonly type: string;
  readonly model: string;
  readonly capacity: number;
}

/** More than a subscription may have in three regions; a mistake rather than a wish. */
export const INSTANCES_MAX = 100;
/** Azure OpenAI resources of a subscription in a region. Source: Microsoft Learn, "Azure OpenAI quotas and limits", read 2026-11-21. */
export const IN_REGION_MAX = 30;
/** Standard deployments of a resource; from the same page. */
export const DEPLOYMENTS_MAX = 32;
/** Thousands of tokens per minute, or units: above any that was granted. */
const CAPACITY_MAX = 1_000_000;
const SHOWN_CHARS_MAX = 60;

const STANDARD = ['GlobalStandard', 'DataZoneStandard', 'Standard'];
const PROVISIONED = ['ProvisionedManaged', 'DataZoneProvisionedManaged', 'GlobalProvisionedManaged'];
const KINDS = [...STANDARD, ...PROVISIONED];

/** Defaults as azd has them, out of `main.bicepparam`: a rendered configuration has its own. Source of the escapes: Bicep, strings. */
export function defaultsIn(bicepparam: string): Env {
  const found = bicepparam.matchAll(/readEnvironmentVariable\('(\w+)', '((?:[^'\\]|\\.)*)'\)/g);
  return Object.fromEntries([...found].map(([, name = '', literal = '']) => [name, unescaped(literal)]));
}

function unescaped(literal: string): string {
  return literal.replace(/\\(?:u\{([0-9a-f]+)\}|(.))/g, (_, code: string | undefined, one = '') => {
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
    return one === 'n' ? '\n' : one;
  });
}

type Rule = (value: string) => string | null;

const wholeFrom =
  (min: number, max: number): Rule =>
  (value) =>
    /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max
      ? null
      : `is not a whole number from ${min} to ${max}`;
const oneOf =
  (...words: readonly string[]): Rule =>
  (value) =>
    words.includes(value) ? null : `is none of ${words.join(', ')}`;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const name: Rule = (value) => (NAME.test(value) ? null : 'is not a name as Azure has them');
const ids: Rule = (value) =>
  /^(?:[A-Za-z0-9][\w-]*(?:,[A-Za-z0-9][\w-]*)*)?$/.test(value)
    ? null
    : 'is not a list of object ids with commas between them, without blanks';

const RULES: Readonly<Record<string, readonly [rule: Rule, example: string]>> = {
  OPENAI_CAPACITY: [wholeFrom(1, CAPACITY_MAX), '30'],
  OPENAI_PTU: [wholeFrom(0, CAPACITY_MAX), '0'],
  OPENAI_DEPLOYMENT_TYPE: [oneOf(...STANDARD), 'GlobalStandard'],
  OPENAI_PTU_TYPE: [oneOf(...PROVISIONED), 'ProvisionedManaged'],
  OPENAI_CHAT_MODEL: [name, 'gpt-5.4-mini'],
  OPENAI_CHAT_MODEL_VERSION: [name, '2026-03-17'],
  OPENAI_EMBEDDING_MODEL: [name, 'text-embedding-3-small'],
  OPENAI_EMBEDDING_MODEL_VERSION: [name, '1'],
  GATEWAY_IDLE_MINUTES: [wholeFrom(4, 30), '4'],
  GATEWAY_REPLICAS_MAX: [wholeFrom(1, 30), '1'],
  GATEWAY_PRIVATE: [oneOf('true', 'false'), 'false'],
  GATEWAY_PRINCIPALS: [ids, "''"],
};

/** All that is wrong, one line each, with the way out. */
export function settingProblems(env: Env): readonly string[] {
  const problems = Object.entries(RULES).flatMap(([variable, [rule, example]]) => {
    const value = env[variable];
    const problem = value === undefined ? null : rule(value);
    return problem === null ? [] : [`${variable}: ${shown(value)} ${problem}; azd env set ${variable} ${example}`];
  });
  return [...problems, ...instanceProblems(env)];
}

function instanceProblems(env: Env): readonly string[] {
  const text = env.OPENAI_INSTANCES ?? '';
  const list = readJson(text);
  const example = `azd env set OPENAI_INSTANCES '[{"region":"eastus"}]'`;
  if (!Array.isArray(list)) return [`OPENAI_INSTANCES: ${shown(text)} is not a list in JSON; ${example}`];
  if (list.length === 0 || list.length > INSTANCES_MAX) {
    return [`OPENAI_INSTANCES: lists ${list.length} resources, which is not 1 to ${INSTANCES_MAX}; ${example}`];
  }
  const each = list.flatMap((one: unknown, i) => oneProblems(one).map((problem) => `OPENAI_INSTANCES[${i}]${problem}`));
  if (each.length > 0) return each;
  const objects = list.filter(isObject);
  const hasUnits = Number(env.OPENAI_PTU ?? '0') > 0;
  return [
    ...twins(objects.map(({ name: own }, i) => String(own ?? `openai${i + 1}`))).map(
      (own) => `OPENAI_INSTANCES: two resources are called ${own}; give each a name of its own`,
    ),
    ...crowded(objects),
    ...(hasUnits && objects[0]?.deployments !== undefined
      ? ['OPENAI_PTU: does nothing, since the first resource lists its deployments; list the units there']
      : []),
  ];
}

function crowded(instances: readonly JsonObject[]): readonly string[] {
  const byRegion = Map.groupBy(instances, ({ region }) => String(region));
  return [...byRegion].flatMap(([region, { length }]) =>
    length <= IN_REGION_MAX
      ? []
      : [`OPENAI_INSTANCES: ${length} resources in ${region}; Azure has ${IN_REGION_MAX} at most: use other regions`],
  );
}

/** Azure takes capitals for small letters. */
function twins(names: readonly string[]): readonly string[] {
  const small = names.map((own) => own.toLowerCase());
  return names.filter((_, i) => small.indexOf(small[i] ?? '') !== i);
}

const isName = (value: unknown): boolean => typeof value === 'string' && NAME.test(value);
const isWhole = (min: number, value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= min && Number(value) <= CAPACITY_MAX;

type Field = readonly [holds: (value: unknown) => boolean, rule: string, needed: boolean];

const INSTANCE: Readonly<Record<string, Field>> = {
  region: [
    (value) => typeof value === 'string' && /^[a-z][a-z0-9]{1,39}$/.test(value),
    'is not a region, such as "eastus"',
    true,
  ],
  name: [
    (value) => typeof value === 'string' && /^(?=.{1,45}$)[a-z0-9]+(?:-[a-z0-9]+)*$/.test(value),
    'is not a name of 1 to 45 small letters, digits and single hyphens',
    false,
  ],
  deployments: [
    (value) => Array.isArray(value) && value.length > 0 && value.length <= DEPLOYMENTS_MAX,
    `is not a list of 1 to ${DEPLOYMENTS_MAX} deployments; leave it out for the usual ones`,
    false,
  ],
};
const DEPLOYMENT: Readonly<Record<string, Field>> = {
  name: [isName, 'is not a name', true],
  model: [isName, 'is not a model, such as "gpt-5.4-mini"', true],
  version: [isName, 'is not the version of a model, in quotes', true],
  type: [(value) => KINDS.some((kind) => kind === value), `is none of ${KINDS.join(', ')}`, true],
  capacity: [(value) => isWhole(1, value), `is not a whole number from 1 to ${CAPACITY_MAX}`, true],
  priority: [(value) => isWhole(0, value), `is not a whole number from 0 to ${CAPACITY_MAX}`, false],
  weight: [
    (value) => typeof value === 'number' && value > 0 && value <= CAPACITY_MAX,
    'is not a number above 0',
    false,
  ],
  contentFilter: [(value) => typeof value === 'string' && value !== '', 'is not the name of a content filter', false],
};

function oneProblems(one: unknown): readonly string[] {
  const own = fieldProblems(one, INSTANCE);
  if (own.length > 0 || !isObject(one) || !Array.isArray(one.deployments)) return own;
  const { deployments } = one;
  const each = deployments.flatMap((deployment: unknown, i) =>
    fieldProblems(deployment, DEPLOYMENT).map((problem) => `.deployments[${i}]${problem}`),
  );
  const names = deployments.filter(isObject).map((deployment) => String(deployment.name));
  return [...each, ...twins(names).map((twin) => `.deployments: two are called ${visible(twin)}; rename one`)];
}

function fieldProblems(value: unknown, fields: Readonly<Record<string, Field>>): readonly string[] {
  if (!isObject(value)) return [`: ${shown(value)} is not an object; it has ${Object.keys(fields).join(', ')}`];
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(fields, key));
  return [
    ...unknown.map((key) => `.${visible(key)}: is not known; known are ${Object.keys(fields).join(', ')}`),
    ...Object.entries(fields).flatMap(([key, [holds, rule, needed]]) => {
      const found = value[key];
      if (found === undefined) return needed ? [`.${key}: is missing`] : [];
      return holds(found) ? [] : [`.${key}: ${shown(found)} ${rule}`];
    }),
  ];
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return visible(text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text);
}

/** @param env without problems. */
export function instancesOf(env: Env): readonly Instance[] {
  const list = readJson(env.OPENAI_INSTANCES ?? '[]');
  return (Array.isArray(list) ? list.filter(isObject) : []).map(({ region, deployments }) => ({
    region: String(region),
    deployments: Array.isArray(deployments) ? deployments.filter(isObject).map(listed) : null,
  }));
}

function listed({ type, model, capacity }: JsonObject): Listed {
  return { type: String(type), model: String(model), capacity: Number(capacity) };
}
