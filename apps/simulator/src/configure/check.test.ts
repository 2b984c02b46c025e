import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printError } from '@spillway/config';
import type { SimulatorOptions } from '../options.ts';
import { checkOptions } from './check.ts';

function errorsOf(options: SimulatorOptions): readonly string[] {
  const checked = checkOptions(options);
  return checked.kind === 'errors' ? checked.errors.map(printError) : [];
}

function warningsOf(options: SimulatorOptions): readonly string[] {
  const checked = checkOptions(options);
  assert.ok(checked.kind === 'ok', JSON.stringify(checked));
  return checked.warnings.map(printError);
}

const STANDARD = { name: 'chat', model: 'gpt-4o', type: 'GlobalStandard', capacity: 30 } as const;
const PROVISIONED = { name: 'ptu', model: 'gpt-4o', type: 'GlobalProvisionedManaged', capacity: 15 } as const;
const UPSTREAM = { url: 'https://openai1.openai.azure.com', key: 'a-key' };

const ERRORS: ReadonlyArray<readonly [what: string, options: SimulatorOptions, want: RegExp]> = [
  ['no resources', { resources: [] }, /^resources: is an empty list; list a resource, or remove the line for three$/],
  ['a resource twice', { resources: [{ name: 'a' }, { name: 'A' }] }, /^resources\.A\.name: "A" is there twice/],
  [
    'a deployment twice',
    { resources: [{ name: 'a', deployments: [STANDARD, STANDARD] }] },
    /^resources\.a\.deployments\[1\]\.name: "chat" is there twice/,
  ],
  [
    'a port twice',
    {
      resources: [
        { name: 'a', port: 5000 },
        { name: 'b', port: 5000 },
      ],
    },
    /^resources\.b\.port: 5000 is taken/,
  ],
  ['the admin port again', { resources: [{ name: 'a', port: 9000 }] }, /^resources\.a\.port: 9000 is taken/],
  ['no room for ports', { port: 65_533 }, /^port: 65533 leaves no room for 3 resources.*; give at most 65532$/],
  ['key and keys', { resources: [{ name: 'a', key: 'x', keys: ['y'] }] }, /^resources\.a\.key: is given besides keys/],
  [
    'spillover to nowhere',
    { resources: [{ name: 'a', deployments: [{ ...PROVISIONED, spilloverDeploymentName: 'cht' }, STANDARD] }] },
    /^resources\.a\.deployments\.ptu\.spilloverDeploymentName: "cht" is not a deployment of this resource; did you mean chat\?$/,
  ],
  [
    'spillover to itself',
    { resources: [{ name: 'a', deployments: [{ ...PROVISIONED, spilloverDeploymentName: 'ptu' }] }] },
    /"ptu" is not a Standard deployment; add a Standard deployment$/,
  ],
  [
    'spillover of a Standard deployment',
    { resources: [{ name: 'a', deployments: [{ ...STANDARD, spilloverDeploymentName: 'chat' }] }] },
    /spilloverDeploymentName: does nothing on a Standard deployment; remove it, or change the type$/,
  ],
  [
    'requests per minute of units',
    { resources: [{ name: 'a', deployments: [{ ...PROVISIONED, requestsPerMinute: 6 }] }] },
    /requestsPerMinute: does nothing on a provisioned deployment/,
  ],
  [
    'a fault of no resource',
    { faults: [{ kind: 'reset', resource: 'x' }] },
    /^faults\[0\]\.resource: "x" is no resource/,
  ],
  [
    'a fault of no kind',
    { faults: [{ kind: 'rest' }] },
    /^faults\[0\]\.kind: "rest" is not one of .*; did you mean reset\?$/,
  ],
  ['a fault that is none', { faults: ['reset'] }, /^faults\[0\]: "reset" is not a mapping/],
  [
    'a replay without a file',
    { recording: { mode: 'replay' } },
    /^recording\.file: is missing, and the mode replay needs it/,
  ],
  [
    'a file without use',
    { recording: { file: 'a.jsonl' } },
    /^recording\.file: does nothing in the mode generate; remove it/,
  ],
  [
    'errors kept in a replay',
    { recording: { mode: 'replay', file: 'a.jsonl', storeErrors: true } },
    /^recording\.storeErrors: does nothing in the mode replay; remove it, or choose record$/,
  ],
  [
    'a pace in a recording',
    { recording: { mode: 'passThrough', speed: 2 }, resources: [{ name: 'a', upstream: UPSTREAM }] },
    /^recording\.speed: does nothing in the mode passThrough/,
  ],
  [
    'pass-through to nowhere',
    { recording: { mode: 'passThrough' } },
    /^recording\.mode: "passThrough" needs a real resource/,
  ],
  [
    'a pattern that may take long',
    { resources: [{ name: 'a', answers: { script: [{ matches: '(a+)+$', answer: 'x' }] } }] },
    /^resources\.a\.answers\.script\[0\]\.matches: "\(a\+\)\+\$" is refused: could take very long/,
  ],
  [
    'a rule that says two things',
    { resources: [{ name: 'a', answers: { script: [{ answer: 'x', call: { name: 'f', arguments: {} } }] } }] },
    /^resources\.a\.answers\.script\[0\]: .* both an answer and a call/,
  ],
  [
    'a rule that says nothing',
    { resources: [{ name: 'a', answers: { script: [{}] } }] },
    /both an answer and a call, or none/,
  ],
  [
    'a day that is none',
    { models: [{ name: 'gpt-9', retiresOn: '2027-13-01' }] },
    /^models\.gpt-9\.retiresOn: .*write it as 2027-04-14$/,
  ],
];

for (const [what, options, want] of ERRORS) {
  test(`checkOptions: refuses ${what}`, () => {
    const errors = errorsOf(options);
    assert.equal(errors.length, 1, errors.join('\n'));
    assert.match(errors[0] ?? '', want);
  });
}

test('checkOptions: accepts all that the model offers', () => {
  const { length } = errorsOf({
    resources: [
      {
        name: 'a',
        keys: ['x', 'y'],
        dialect: '2025',
        upstream: UPSTREAM,
        spilloverFailure: 'provisioned',
        latency: {
          firstTokenMs: 0,
          perTokenMs: 0,
          headersMs: 1,
          perPromptTokenMs: 0,
          spread: 0,
          gapSpread: 1,
          loadFactor: 1,
          fullLoadAnswers: 1,
        },
        answers: { style: 'echo', tokensMedian: 5, fill: true, script: [{ contains: 'a', matches: '^b', answer: '' }] },
        deployments: [
          {
            ...PROVISIONED,
            spilloverDeploymentName: 'chat',
            bucketSeconds: 30,
            assumedAnswerTokens: 0,
            contentFilter: 'asynchronous',
          },
          { ...STANDARD, quotaMode: 'measured-2024', requestsPerMinute: 6, modelVersion: '2024-05-13' },
        ],
      },
    ],
    quotas: [
      {
        subscription: 'simulated',
        region: 'east us',
        model: 'gpt-4o',
        type: 'GlobalStandard',
        capacity: 0.5,
        quotaMode: 'documented',
      },
    ],
    models: [
      {
        name: 'gpt-9',
        kind: 'chat',
        version: null,
        requestWindowSeconds: 10,
        provisioned: { regional: null, global: { min: 1, step: 1 } },
      },
    ],
    faults: [
      { kind: 'status', status: 503, headers: { 'retry-after': 3 }, body: { any: ['thing'] }, times: null, share: 0.5 },
    ],
    recording: { mode: 'hybrid', file: 'a.jsonl', matching: { body: 'json' }, speed: 0 },
  });
  assert.equal(length, 0);
});

test('checkOptions: what lies deeper than the schema looks is taken as it is', () => {
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) deep = [deep];
  const script = [{ call: { name: 'f', arguments: deep } }];
  assert.deepEqual(errorsOf({ resources: [{ name: 'a', answers: { script } }] }), []);
});

/** Each named limit, reached. */
const LIMITS: ReadonlyArray<readonly [what: string, options: SimulatorOptions, want: RegExp]> = [
  [
    'resources',
    { port: 0, resources: many(101, (i) => ({ name: `r${i}` })) },
    /^resources: a list holds more than 100 resources; list fewer$/,
  ],
  [
    'deployments',
    { resources: [{ name: 'a', deployments: many(501, (i) => ({ ...STANDARD, name: `d${i}` })) }] },
    /more than 500 deployments/,
  ],
  ['keys', { resources: [{ name: 'a', keys: many(11, (i) => `k${i}`) }] }, /more than 10 keys/],
  [
    'rules',
    { resources: [{ name: 'a', answers: { script: many(1001, () => ({ answer: 'x' })) } }] },
    /more than 1000 rules/,
  ],
  ['quotas', { quotas: many(1001, () => ({ region: 'a', model: 'gpt-4o', capacity: 1 })) }, /more than 1000 quotas/],
  ['models', { models: many(1001, (i) => ({ name: `m${i}` })) }, /more than 1000 models/],
  ['faults', { faults: many(1001, () => ({ kind: 'reset' })) }, /more than 1000 faults/],
];

function many<Item>(count: number, make: (index: number) => Item): readonly Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

for (const [what, options, want] of LIMITS) {
  test(`checkOptions: bounds the number of ${what}`, () => {
    assert.match(errorsOf(options).join('\n'), want);
  });
}

const WARNINGS: ReadonlyArray<readonly [what: string, options: SimulatorOptions, want: readonly RegExp[]]> = [
  [
    'a model that is not in the table, with what is assumed',
    { resources: [{ name: 'a', deployments: [{ ...STANDARD, model: 'gpt-9' }] }] },
    [
      /^resources\.a\.deployments\.chat\.model: "gpt-9" is not in the model table.*6 requests per 1,000 tokens.*context of 128000.*2500 input.*; describe it under models/,
    ],
  ],
  [
    'no model that the file describes',
    { models: [{ name: 'gpt-9' }], resources: [{ name: 'a', deployments: [{ ...STANDARD, model: 'GPT-9' }] }] },
    [],
  ],
  [
    'units that Azure does not sell',
    {
      resources: [
        {
          name: 'a',
          deployments: [
            { ...PROVISIONED, capacity: 16 },
            { ...PROVISIONED, name: 'r', type: 'ProvisionedManaged' },
          ],
        },
      ],
    },
    [
      /ptu\.capacity: 16 is not a number of PTUs .*at least 15, in steps of 5; give 20/,
      /r\.capacity: 15 .*at least 50, in steps of 50; give 50/,
    ],
  ],
  [
    'no units that Azure sells: o1 by its minimum of 25 and steps of 50',
    { resources: [{ name: 'a', deployments: [{ name: 'o', model: 'o1', type: 'ProvisionedManaged', capacity: 75 }] }] },
    [],
  ],
  [
    'a type that is not offered',
    {
      resources: [
        { name: 'a', deployments: [{ name: 'r1', model: 'DeepSeek-R1', type: 'ProvisionedManaged', capacity: 100 }] },
      ],
    },
    [/r1\.type: "ProvisionedManaged" is not offered for DeepSeek-R1/],
  ],
  [
    'spillover to another model',
    {
      resources: [
        {
          name: 'a',
          deployments: [
            { ...PROVISIONED, spilloverDeploymentName: 'chat' },
            { ...STANDARD, model: 'gpt-4.1' },
          ],
        },
      ],
    },
    [/spilloverDeploymentName: "chat" runs another model, which Azure does not allow/],
  ],
  [
    'spillover to another level',
    {
      resources: [
        {
          name: 'a',
          deployments: [
            { ...PROVISIONED, spilloverDeploymentName: 'chat' },
            { ...STANDARD, type: 'Standard' },
          ],
        },
      ],
    },
    [/spilloverDeploymentName: "chat" processes data at another level/],
  ],
  [
    'a quota that nobody draws on',
    { quotas: [{ region: 'Mars', model: 'gpt-4o', capacity: 1 }] },
    [/^quotas\[0\]: is drawn on by no deployment/],
  ],
  ['no quota that is drawn on', { quotas: [{ region: 'east us', model: 'GPT-4o', capacity: 1 }] }, []],
  [
    'an upstream that is not asked',
    { resources: [{ name: 'a', upstream: UPSTREAM }] },
    [/^resources\.a\.upstream: is asked only while recording/],
  ],
];

for (const [what, options, want] of WARNINGS) {
  test(`checkOptions: warns of ${what}`, () => {
    const warnings = warningsOf(options);
    assert.equal(warnings.length, want.length, warnings.join('\n'));
    for (const [index, pattern] of want.entries()) assert.match(warnings[index] ?? '', pattern);
  });
}
