import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeploymentOptions, DeploymentType } from '@spillway/azure-model';
import { knownModel, MODEL_NAMES, modelFacts, placeOf } from '@spillway/protocol';
import fc from 'fast-check';
import { ArmError } from './arm-error.ts';
import { UNITS_PER_DEPLOYMENT_MAX } from './control-options.ts';
import { unitStepsOf } from './offers.ts';
import { ControlQuotas } from './quota.ts';
import { type Circumstances, judged } from './rules.ts';
import { readWanted } from './wanted.ts';

const NOW_MS = Date.UTC(2026, 10, 21);

function circumstances(there: Partial<Circumstances> = {}): Circumstances {
  return {
    factsOf: knownModel,
    nowMs: NOW_MS,
    retiredModels: 'refuse',
    present: null,
    others: [],
    beingMade: [],
    standardDeploymentsMax: 32,
    place: { subscription: 's', region: 'East US' },
    account: 'acme',
    holdings: [],
    quotas: new ControlQuotas([]),
    ...there,
  };
}

interface Asked {
  readonly model?: string;
  readonly version?: string;
  readonly format?: string;
  readonly type?: string;
  readonly capacity?: unknown;
  readonly spillover?: string;
}

function ask(asked: Asked, there: Partial<Circumstances> = {}): DeploymentOptions | ArmError {
  const { model = 'gpt-4o', version, format = 'OpenAI', type = 'Standard', capacity = 10, spillover } = asked;
  const properties = { model: { format, name: model, version }, spilloverDeploymentName: spillover };
  const wanted = readWanted({ sku: { name: type, capacity }, properties });
  return wanted instanceof ArmError ? wanted : judged('d', wanted, circumstances(there));
}

/** The error's code and text, or what is deployed. */
function verdict(asked: Asked, there: Partial<Circumstances> = {}): string {
  const result = ask(asked, there);
  if (result instanceof ArmError) return `${result.code}: ${result.message}`;
  return `${result.model} ${result.modelVersion} ${result.type} ${result.capacity}`;
}

const PTU = { type: 'ProvisionedManaged', capacity: 100 };
const TARGET: DeploymentOptions = { name: 'std', model: 'gpt-4o', modelVersion: '2024-11-20', capacity: 10 };
const OLD: DeploymentOptions = { name: 'd', model: 'gpt-4', modelVersion: '0613', capacity: 10 };

const TABLE: ReadonlyArray<readonly [name: string, asked: Asked, there: Partial<Circumstances>, want: RegExp]> = [
  ['a plain one', {}, {}, /^gpt-4o 2024-11-20 Standard 10$/],
  ['names in any case', { model: 'GPT-4O', type: 'globalstandard' }, {}, /^gpt-4o 2024-11-20 GlobalStandard 10$/],
  ['another version', { model: 'gpt-4', version: '1106-preview' }, {}, /^gpt-4 1106-Preview/],
  ['an unknown version', { version: '1999-01-01' }, {}, /^DeploymentModelNotSupported: .*Version:1999-01-01'/],
  ['an unknown model', { model: 'gpt-none' }, {}, /^DeploymentModelNotSupported/],
  ['another format', { format: 'Meta' }, {}, /^DeploymentModelNotSupported: .*Format:Meta/],
  [
    'a retired one',
    { model: 'gpt-4', version: '0613' },
    {},
    /^ServiceModelDeprecated: .* since 06\/06\/2025 00:00:00\.$/,
  ],
  ['a retired one, allowed', { model: 'gpt-4', version: '0613' }, { retiredModels: 'allow' }, /^gpt-4 0613/],
  ['before it was retired', { model: 'gpt-4' }, { nowMs: Date.UTC(2025, 0) }, /^gpt-4 0613/],
  ['a retired one, there already', { model: 'gpt-4', capacity: 20 }, { present: OLD }, /^gpt-4 0613 Standard 20$/],
  ['an unknown type', { type: 'Provisioned' }, {}, /^InvalidResourceProperties: The specified SKU 'Provisioned' of /],
  ['no whole number', { capacity: 1.5 }, {}, /^InvalidCapacity: The specified capacity '1\.5' .* greater than 0 /],
  ['no number', { capacity: '10' }, {}, /^InvalidCapacity/],
  ['below nothing', { capacity: -1 }, {}, /^InvalidCapacity/],
  [
    'too few units',
    { ...PTU, capacity: 25 },
    {},
    /at least 50, in increments of 50\. The next capacity that fits is 50\.$/,
  ],
  ['units between', { ...PTU, capacity: 101 }, {}, /The next capacity that fits is 150\.$/],
  [
    'odd units that are there',
    { ...PTU, capacity: 55 },
    { present: { ...TARGET, name: 'd', type: 'ProvisionedManaged', capacity: 55 } },
    /ProvisionedManaged 55$/,
  ],
  [
    'too many units',
    { ...PTU, capacity: UNITS_PER_DEPLOYMENT_MAX + 50 },
    {},
    /^InvalidCapacity: .* no more than 100000\.$/,
  ],
  [
    'units of a model without',
    { ...PTU, model: 'DeepSeek-V3-0324', format: 'DeepSeek' },
    { nowMs: 0 },
    /^InvalidResourceProperties/,
  ],
  [
    'another model in its place',
    { model: 'gpt-4o-mini' },
    { present: { ...TARGET, name: 'd' } },
    /cannot be changed from 'gpt-4o' to 'gpt-4o-mini'/,
  ],
  ['another type in its place', PTU, { present: { ...TARGET, name: 'd' } }, /ProvisionedManaged 100$/],
  ['spillover', { ...PTU, spillover: 'std' }, { others: [TARGET] }, /ProvisionedManaged 100$/],
  ['spillover to nobody', { ...PTU, spillover: 'none' }, { others: [TARGET] }, /does not exist in the account/],
  ['spillover of Standard', { spillover: 'std' }, { others: [TARGET] }, /is not supported by the SKU 'Standard'/],
  [
    'spillover to units',
    { ...PTU, spillover: 'std' },
    { others: [{ ...TARGET, type: 'ProvisionedManaged' }] },
    /should be a Standard one/,
  ],
  [
    'spillover elsewhere',
    { ...PTU, spillover: 'std' },
    { others: [{ ...TARGET, type: 'GlobalStandard' }] },
    /processes data elsewhere/,
  ],
  [
    'spillover to another model',
    { ...PTU, spillover: 'std' },
    { others: [{ ...TARGET, model: 'gpt-4o-mini' }] },
    /runs the model 'gpt-4o-mini'/,
  ],
  [
    'spillover to another version',
    { ...PTU, spillover: 'std' },
    { others: [{ ...TARGET, modelVersion: '2024-08-06' }] },
    /runs the version '2024-08-06'/,
  ],
  ['one Standard too many', {}, { others: [TARGET], standardDeploymentsMax: 1 }, /^DeploymentCountLimitExceeded/],
  ['units beside them', PTU, { others: [TARGET], standardDeploymentsMax: 1 }, /ProvisionedManaged 100$/],
  ['no model', { model: '' }, {}, /^InvalidResourceProperties: The property 'model\.name'/],
];

for (const [name, asked, there, want] of TABLE) {
  test(`judged: ${name}`, () => assert.match(verdict(asked, there), want));
}

test('judged: only what is asked beyond what the deployment holds is taken from the quota', () => {
  const quotas = new ControlQuotas([{ type: 'Standard', limit: 40 }]);
  const holding = { subscription: 's', region: 'eastus', account: 'acme', quota: 'OpenAI.Standard.gpt-4o' };
  const holdings = [
    { ...holding, deployment: 'd', capacity: 30 },
    { ...holding, deployment: 'other', capacity: 10 },
  ];
  const there = { quotas, holdings, present: { name: 'd', model: 'gpt-4o', capacity: 30 } };
  assert.match(verdict({ capacity: 30 }, there), /Standard 30$/);
  assert.match(verdict({ capacity: 20 }, there), /Standard 20$/);
  assert.match(
    verdict({ capacity: 31 }, there),
    /^InsufficientQuota: This operation require 1 new capacity in quota Tokens Per Minute \(thousands\) - gpt-4o, which is bigger than the current available capacity 0\. The current quota usage is 40 and the quota limit is 40 for quota /,
  );
});

test('judged: what another way of making it said stays while its kind does, but for a rate of the old size', () => {
  const present = {
    name: 'd',
    model: 'gpt-4o',
    capacity: 10,
    requestsPerMinute: 7,
    quotaMode: 'measured-2024',
  } as const;
  const same = ask({}, { present });
  const grown = ask({ capacity: 20 }, { present });
  const changed = ask(PTU, { present });
  assert.ok(!(same instanceof ArmError) && !(grown instanceof ArmError) && !(changed instanceof ArmError));
  assert.deepEqual([same.requestsPerMinute, same.quotaMode], [7, 'measured-2024']);
  assert.deepEqual([grown.requestsPerMinute, grown.quotaMode], [undefined, 'measured-2024']);
  assert.equal(changed.quotaMode, undefined);
});

test('judged: the next size that it names is taken, and nothing between is, seed 20261121', () => {
  const types = fc.constantFrom<DeploymentType>('ProvisionedManaged', 'GlobalProvisionedManaged');
  const models = fc.constantFrom(...MODEL_NAMES.filter((name) => modelFacts(name).kind === 'chat'));
  fc.assert(
    fc.property(models, types, fc.integer({ min: 1, max: 5_000 }), (model, type, capacity) => {
      const there = { nowMs: 0 };
      const steps = unitStepsOf(modelFacts(model), type);
      const text = verdict({ model, type, capacity, format: formatFor(model) }, there);
      if (steps === null) return text.startsWith('InvalidResourceProperties');
      const next = /that fits is (\d+)\.$/.exec(text)?.[1];
      if (next === undefined) return capacity >= steps.min && (capacity - steps.min) % steps.step === 0;
      const again = verdict({ model, type, capacity: Number(next), format: formatFor(model) }, there);
      return Number(next) > capacity && again.endsWith(`${type} ${next}`) && placeOf(type) !== 'dataZone';
    }),
    { seed: 20261121, numRuns: 300 },
  );
});

function formatFor(model: string): string {
  const [, format] = /^(Llama|DeepSeek|FW|gpt-oss)/.exec(model) ?? [];
  return { Llama: 'Meta', DeepSeek: 'DeepSeek', FW: 'Fireworks', 'gpt-oss': 'OpenAI-OSS' }[format ?? ''] ?? 'OpenAI';
}
