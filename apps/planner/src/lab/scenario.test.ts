import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printError } from '@spillway/config';
import { scenarioFromYaml } from './scenario.ts';
import type { Scenario } from './types.ts';

const GOOD = `why: It is needed by a test.
fleet:
  - { id: east/chat, capacity: 300 }
load: 0.95
clients:
  - { name: app, prompt: { median: 600 }, answer: { median: 200 } }
`;

function read(text: string): Scenario {
  const found = scenarioFromYaml(text, 'folder/good.yaml');
  assert.ok(found.kind === 'ok', JSON.stringify(found));
  return found.scenario;
}

function errorsOf(text: string): readonly string[] {
  const found = scenarioFromYaml(text, 'bad.yaml');
  return found.kind === 'errors' ? found.errors.map(printError) : [];
}

test('scenarioFromYaml: fills in what a short file leaves out', () => {
  assert.deepEqual(read(GOOD), {
    name: 'good',
    why: 'It is needed by a test.',
    seconds: 600,
    warmUpSeconds: 120,
    fleet: [
      {
        id: 'east/chat',
        model: 'gpt-4o',
        type: 'GlobalStandard',
        capacity: 300,
        trueCapacity: 300,
        priority: 1,
        weight: 1,
        quotaKey: null,
        promptTokensMax: null,
        firstByteMs: 300,
        tokenMs: 12,
        headers: 'full',
      },
    ],
    faults: [],
    waitMsMax: { interactive: 2_000, standard: 2_000, batch: 2_000 },
    promises: [],
    pooledMost: null,
    traffic: {
      load: 0.95,
      arrivals: { kind: 'poisson' },
      clients: [
        {
          name: 'app',
          count: 1,
          class: 'standard',
          share: 1,
          prompt: { kind: 'lognormal', median: 600, spread: 0.7, max: 12_000 },
          answer: { kind: 'lognormal', median: 200, spread: 0.7, max: 4_000 },
          bound: null,
          boundShare: 1,
          choices: { n: 1, share: 0 },
          languages: { english: 1, code: 0, cjk: 0 },
          instructionsTokens: 0,
          conversation: null,
          comebacks: { share: 0, times: 0 },
          arrivals: null,
        },
      ],
    },
  } satisfies Scenario);
});

test('scenarioFromYaml: reads all that there is', () => {
  const { name, fleet, faults, waitMsMax, traffic, promises, pooledMost } = read(`name: everything
why: It is needed by a test.
seconds: 300
warmUpSeconds: 60
fleet:
  - { id: east/chat, count: 2, capacity: 300, trueCapacity: 200, isTold: false, quotaKey: k, headers: none }
  - { id: west/ptu, type: ProvisionedManaged, capacity: 50, promptTokensMax: 1000, priority: 2, weight: 3 }
quotas:
  - { name: k, capacity: 350 }
faults:
  - { deployment: east1/chat, kind: others, tokensPerMinute: 5000 }
  - { deployment: east2/chat, kind: lowered, share: 0.5, isTold: true, fromSeconds: 100, toSeconds: 200 }
  - { deployment: west/ptu, kind: outage, status: 0 }
  - { deployment: west/ptu, kind: slow, factor: 3 }
  - { deployment: east1/chat, kind: dayHint, share: 0.1 }
  - { deployment: west/ptu, kind: demand, share: 0.2 }
waitMsMax: { batch: 9000 }
load: 1.5
arrivals: { kind: diurnal, depth: 0.5 }
clients:
  - name: app
    prompt: { kind: uniform, min: 5, max: 9 }
    answer: { kind: fixed, tokens: 7 }
    arrivals: { kind: bursts, onSeconds: 1, offSeconds: 2, factor: 3 }
    languages: { cjk: 1 }
    conversation: { turns: 3, thinkSeconds: 4 }
    comebacks: { share: 0.5 }
promises: [no429, cache]
pooledMost: { per10000: 2.5, why: Some minutes cannot be foreseen. }
`);
  assert.equal(name, 'everything');
  const key = { name: 'k', capacity: 350 };
  assert.deepEqual(
    fleet.map(({ id, capacity, trueCapacity, quotaKey }) => ({ id, capacity, trueCapacity, quotaKey })),
    [
      { id: 'east1/chat', capacity: null, trueCapacity: 200, quotaKey: key },
      { id: 'east2/chat', capacity: null, trueCapacity: 200, quotaKey: key },
      { id: 'west/ptu', capacity: 50, trueCapacity: 50, quotaKey: null },
    ],
  );
  assert.deepEqual(
    faults.map(({ fault }) => fault),
    [
      { kind: 'others', tokensPerMinute: 5_000, requestTokens: 1_000 },
      { kind: 'lowered', share: 0.5, told: true },
      { kind: 'outage', status: 0 },
      { kind: 'slow', factor: 3 },
      { kind: 'dayHint', share: 0.1 },
      { kind: 'demand', share: 0.2, waitMs: 5_000 },
    ],
  );
  assert.deepEqual([faults[0]?.fromMs, faults[0]?.toMs], [0, 300_000]);
  assert.deepEqual([faults[1]?.fromMs, faults[1]?.toMs], [100_000, 200_000]);
  assert.deepEqual(waitMsMax, { interactive: 2_000, standard: 2_000, batch: 9_000 });
  assert.deepEqual(pooledMost, { per10000: 2.5, why: 'Some minutes cannot be foreseen.' });
  assert.deepEqual(traffic.arrivals, { kind: 'diurnal', depth: 0.5, periodSeconds: 300 });
  const client = traffic.clients[0];
  assert.deepEqual(client?.prompt, { kind: 'uniform', min: 5, max: 9 });
  assert.deepEqual(client?.answer, { kind: 'fixed', tokens: 7 });
  assert.deepEqual(client?.arrivals, { kind: 'bursts', onSeconds: 1, offSeconds: 2, factor: 3 });
  assert.deepEqual(client?.languages, { english: 0, code: 0, cjk: 1 });
  assert.deepEqual(client?.comebacks, { share: 0.5, times: 1 });
  assert.deepEqual(promises, ['no429', 'cache']);
});

/** Put in place of a line of the good file, or added at its end. */
const BAD: ReadonlyArray<readonly [what: string, change: readonly [was: string, is: string], want: RegExp]> = [
  ['a key that is none', ['load:', 'laod: 1\nload:'], /^bad\.yaml:4:1 laod: is not a key here; did you mean load\?$/],
  ['no load', ['load: 0.95\n', ''], /^bad\.yaml:1:1 load: is missing; add it$/],
  [
    'a load of nothing',
    ['0.95', '0'],
    /^bad\.yaml:4:7 load: 0 is not a number above 0 and up to 20; give for example 0\.95$/,
  ],
  ['no reason', ['It is needed by a test.', 'So.'], /why: "So\." is not a sentence of 10 to 300 characters; say what/],
  [
    'an empty fleet',
    ['\n  - { id: east/chat, capacity: 300 }', ' []'],
    /^bad\.yaml:2:8 fleet: .*is an empty list; list a deployment$/,
  ],
  [
    'a deployment without its backend',
    ['east/chat', 'chat'],
    /fleet\[0\]\.id: "chat" is not a deployment; write it as backend\/deployment/,
  ],
  [
    'a fleet that is too large',
    ['capacity: 300', 'capacity: 300, count: 65'],
    /count: 65 is not a whole number from 1 to 64; give/,
  ],
  [
    'a quota that is not listed',
    ['capacity: 300', 'capacity: 300, quotaKey: k'],
    /quotaKey: "k" is not one of quotas; list it under quotas, with its capacity$/,
  ],
  [
    'a shared quota of units',
    ['capacity: 300', 'capacity: 300, type: ProvisionedManaged, quotaKey: k'],
    /quotaKey: "k" does nothing on a provisioned deployment; remove it/,
  ],
  [
    'nothing left to measure',
    ['load:', 'warmUpSeconds: 600\nload:'],
    /warmUpSeconds: 600 leaves nothing of 600 seconds to measure; give fewer than 600$/,
  ],
  [
    'a fault of no deployment',
    ['load:', 'faults: [{ deployment: east/chta, kind: slow, factor: 2 }]\nload:'],
    /faults\[0\]\.deployment: "east\/chta" is no deployment of the fleet; did you mean east\/chat\?$/,
  ],
  [
    'a fault without its figure',
    ['load:', 'faults: [{ deployment: east/chat, kind: slow }]\nload:'],
    /faults\[0\]\.factor: is missing, and the kind slow needs it; add it$/,
  ],
  [
    'a figure that does nothing',
    ['load:', 'faults: [{ deployment: east/chat, kind: outage, share: 0.5 }]\nload:'],
    /^bad\.yaml:4:49 faults\[0\]\.share: 0\.5 does nothing for the kind outage; remove it$/,
  ],
  [
    'a fault that ends before it begins',
    ['load:', 'faults: [{ deployment: east/chat, kind: outage, fromSeconds: 9, toSeconds: 8 }]\nload:'],
    /fromSeconds: 9 is not before its end, 8; give an earlier one, or a later toSeconds$/,
  ],
  [
    'a status that no outage has',
    ['load:', 'faults: [{ deployment: east/chat, kind: outage, status: 429 }]\nload:'],
    /faults\[0\]\.status: 429 /,
  ],
  [
    'a limit of all seeds without a promise that has one',
    ['load:', 'pooledMost: { per10000: 5, why: It cannot be helped. }\npromises: [overload]\nload:'],
    /pooledMost: does nothing without a promise of refusals; remove it, or promise one of no429, /,
  ],
  [
    'a limit of all seeds without its reason',
    ['load:', 'pooledMost: { per10000: 5, why: Bad. }\npromises: [no429]\nload:'],
    /pooledMost\.why: "Bad\." is not a sentence of 10 to 300 characters; say why seeds that do worse cannot be helped$/,
  ],
  [
    'units whose limit falls',
    [
      'capacity: 300 }',
      'capacity: 50, type: ProvisionedManaged }\nfaults: [{ deployment: east/chat, kind: lowered, share: 0.5 }]',
    ],
    /faults\[0\]\.kind: "lowered" does nothing on a provisioned deployment/,
  ],
  [
    'bursts without their lengths',
    ['load:', 'arrivals: { kind: bursts, factor: 3, onSeconds: 2 }\nload:'],
    /arrivals\.offSeconds: is missing, and the kind bursts needs it/,
  ],
  [
    'bursts without number',
    ['load:', 'arrivals: { kind: bursts, factor: 3, onSeconds: 1.0e-9, offSeconds: 1 }\nload:'],
    /arrivals\.onSeconds: 1e-9 is not a number from 0\.1 to 7200; give for example 5/,
  ],
  [
    'others without number',
    [
      'capacity: 300 }',
      'capacity: 50 }\nfaults: [{ deployment: east/chat, kind: others, tokensPerMinute: 100000000, requestTokens: 1 }]',
    ],
    /faults\[0\]\.tokensPerMinute: 100000000 is \d+ requests until second \d+, more than 200000; /,
  ],
  [
    'lengths of no kind',
    ['{ median: 600 }', '{ kind: normal }'],
    /clients\[0\]\.prompt\.kind: "normal" is not one of fixed, uniform, lognormal; /,
  ],
  [
    'lengths without a median',
    ['{ median: 600 }', '{ spread: 1 }'],
    /clients\[0\]\.prompt\.median: is missing, and the kind lognormal needs it/,
  ],
  [
    'lengths cut below their median',
    ['{ median: 600 }', '{ median: 600, max: 500 }'],
    /clients\[0\]\.prompt\.max: 500 is less than 600; give 600 or more$/,
  ],
  [
    'a client twice',
    ['clients:', 'clients:\n  - { name: app, prompt: { median: 1 }, answer: { median: 1 } }'],
    /clients\[1\]\.name: "app" is there twice; give each a name of its own$/,
  ],
  [
    'a client that speaks nothing',
    ['answer:', 'languages: { english: 0 }, answer:'],
    /clients\[0\]\.languages: gives no language a share; give one, for example english: 1$/,
  ],
  [
    'a promise that is none',
    ['load:', 'promises: [no4229]\nload:'],
    /promises\[0\]: "no4229" is not one of no429, .*; did you mean no429\?$/,
  ],
  ['YAML that is none', ['load: 0.95', 'load: 0.95: 1'], /^bad\.yaml:4/],
];

for (const [what, [was, is], want] of BAD) {
  test(`scenarioFromYaml: refuses ${what}`, () => {
    assert.ok(GOOD.includes(was));
    const errors = errorsOf(GOOD.replace(was, is));
    assert.equal(errors.length, 1, errors.join('\n'));
    assert.match(errors[0] ?? '', want);
  });
}

/** Each named limit, reached. */
const LIMITS: ReadonlyArray<readonly [what: string, was: string, is: string, want: RegExp]> = [
  [
    'deployments',
    'fleet:',
    `fleet:\n${many(64, (i) => `  - { id: r${i}/chat, capacity: 1 }`)}`,
    /fleet: .*holds more than 64 deployments; list fewer/,
  ],
  [
    'deployments in all',
    'capacity: 300 }',
    'capacity: 300, count: 40 }\n  - { id: west/chat, capacity: 300, count: 40 }',
    /fleet: is 80 deployments, more than 64; lower a count/,
  ],
  [
    'faults',
    'load:',
    `faults:\n${many(101, () => '  - { deployment: east/chat, kind: outage }')}\nload:`,
    /faults: .*holds more than 100 faults; list fewer/,
  ],
  [
    'clients',
    'clients:',
    `clients:\n${many(50, (i) => `  - { name: c${i}, prompt: { median: 1 }, answer: { median: 1 } }`)}`,
    /clients: .*holds more than 50 clients; list fewer/,
  ],
  ['seconds', 'load:', 'seconds: 7201\nload:', /seconds: 7201 is not a whole number from 30 to 7200/],
];

function many(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

for (const [what, was, is, want] of LIMITS) {
  test(`scenarioFromYaml: bounds ${what}`, () => {
    assert.match(errorsOf(GOOD.replace(was, is)).join('\n'), want);
  });
}

test('scenarioFromYaml: tells all errors at once', () => {
  const text = GOOD.replace('capacity: 300', 'capacity: -1')
    .replace('0.95', 'much')
    .replace('median: 200', 'median: 0');
  assert.equal(errorsOf(text).length, 3);
});
