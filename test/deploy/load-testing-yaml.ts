/**
 * A test of Azure Load Testing as YAML, held to the documented keys and to the plan beside it. There is no official schema.
 * Source: Microsoft Learn, "Configure a load test in YAML" and "Configure Azure Load Testing for high-scale load"; how the Azure CLI reads it:
 * Azure/azure-cli-extensions `src/load`; read 2026-11-21.
 */
import { Ajv } from 'ajv';

type Schema = { readonly [key: string]: unknown };

const text: Schema = { type: 'string', minLength: 1 };
const count: Schema = { type: 'integer', minimum: 1 };
const list = (items: Schema): Schema => ({ type: 'array', items });
const closed = (properties: Readonly<Record<string, Schema>>, required: readonly string[]): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const named = (value: Schema): Schema => list(closed({ name: text, value }, ['name', 'value']));

const AGGREGATES: Readonly<Record<string, RegExp>> = {
  response_time_ms: /^(?:avg|min|max|p(?:50|75|90|95|96|97|98|99|999|9999))$/,
  latency: /^(?:avg|min|max|p(?:50|90|95|99))$/,
  error: /^percentage$/,
  requests_per_sec: /^avg$/,
  requests: /^count$/,
};
const CRITERION = /^(\w+)\((\w+)\) *([<>]) *(\d+(?:\.\d+)?)$/;

const SCHEMA = closed(
  {
    version: { enum: ['v0.1'] },
    testId: { type: 'string', pattern: '^[a-z0-9_-]{2,50}$' },
    displayName: { type: 'string', minLength: 2, maxLength: 50 },
    description: { type: 'string', maxLength: 100 },
    testType: { enum: ['Locust'] },
    testPlan: { type: 'string', pattern: '\\.py$' },
    engineInstances: { ...count, maximum: 45 },
    configurationFiles: list(text),
    failureCriteria: list({ anyOf: [text, { type: 'object', minProperties: 1, maxProperties: 1 }] }),
    autoStop: {
      anyOf: [
        { enum: ['disable'] },
        closed({ errorPercentage: { ...count, maximum: 100 }, timeWindow: count }, ['errorPercentage', 'timeWindow']),
      ],
    },
    properties: closed({ userPropertyFile: text }, ['userPropertyFile']),
    zipArtifacts: list(text),
    splitAllCSVs: { type: 'boolean' },
    secrets: named({ type: 'string', pattern: '^https://[\\w-]+\\.vault\\.azure\\.net/secrets/[\\w-]+(/[0-9a-f]+)?$' }),
    env: named({ type: 'string' }),
    certificates: named(text),
    appComponents: list({ type: 'object' }),
    subnetId: text,
    publicIPDisabled: { type: 'boolean' },
    regionalLoadTestConfig: list(closed({ region: text, engineInstances: count }, ['region', 'engineInstances'])),
    referenceIdentities: list(
      closed(
        {
          kind: { enum: ['KeyVault', 'Metrics', 'Engine'] },
          type: { enum: ['SystemAssigned', 'UserAssigned'] },
          value: text,
        },
        ['kind', 'type'],
      ),
    ),
  },
  ['version', 'testId', 'testType', 'testPlan', 'engineInstances'],
);

const validate = new Ajv({ strict: false, allErrors: true }).compile(SCHEMA);

/** What Locust itself reads. Source: Locust's documentation, "Configuration", read 2026-11-21. */
const OF_LOCUST = ['LOCUST_HOST', 'LOCUST_USERS', 'LOCUST_SPAWN_RATE', 'LOCUST_RUN_TIME'];

interface LoadTest {
  readonly failureCriteria?: readonly (string | Readonly<Record<string, string>>)[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly secrets?: readonly { readonly name: string }[];
}

const isLoadTest = (value: unknown): value is LoadTest => validate(value);

/** @param plan text of the Locust plan. @returns what is wrong, in words; nothing where it is good. */
export function loadTestProblems(value: unknown, plan: string): readonly string[] {
  if (!isLoadTest(value)) {
    const errors = validate.errors ?? [];
    return errors.map(({ instancePath, message, params }) => `${instancePath}: ${message} ${JSON.stringify(params)}`);
  }
  const { env = [], secrets = [], failureCriteria = [] } = value;
  const unread = [...env, ...secrets]
    .filter(({ name }) => !OF_LOCUST.includes(name) && !plan.includes(`"${name}"`))
    .map(({ name }) => `${name}: nobody reads it`);
  const numbers = env
    .filter(({ name, value: given }) => OF_LOCUST.slice(1).includes(name) && !/^\d+$/.test(given))
    .map(({ name, value: given }) => `${name}: ${given} is no number`);
  return [...unread, ...numbers, ...failureCriteria.flatMap((one) => criterionProblems(one, plan))];
}

function criterionProblems(criterion: string | Readonly<Record<string, string>>, plan: string): readonly string[] {
  if (typeof criterion === 'string') return formProblems(criterion);
  return Object.entries(criterion).flatMap(([entry, condition]) => [
    ...(new RegExp(`"${entry}"`).test(plan) ? [] : [`${entry}: the plan tells no such entry`]),
    ...formProblems(`${condition}`),
  ]);
}

function formProblems(condition: string): readonly string[] {
  const [, aggregate = '', metric = '', sign] = CRITERION.exec(condition) ?? [];
  if (sign === undefined) return [`${condition}: is no condition`];
  const allowed = AGGREGATES[metric];
  if (allowed === undefined) return [`${condition}: there is no metric ${metric}`];
  if (!allowed.test(aggregate)) return [`${condition}: ${metric} has no ${aggregate}`];
  return metric === 'error' && sign === '<' ? [`${condition}: error is held by > alone`] : [];
}
