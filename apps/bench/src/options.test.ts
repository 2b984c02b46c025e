import assert from 'node:assert/strict';
import test from 'node:test';
import { CLIENTS, CLIENTS_MAX, CLIENTS_OPEN, type LoadFlags, readLoad, WORKERS_MAX } from './options.ts';
import type { LoadSpec } from './spec.ts';
import { FLAGS } from './testing/flags.ts';

const ENDED = { ...FLAGS, requests: '10' };

function specOf(more: Partial<LoadFlags>): LoadSpec {
  const read = readLoad({ ...ENDED, ...more }, () => [0, 100, 250]);
  return read.kind === 'ok' ? read.spec : assert.fail(read.errors.join('\n'));
}

function errorsOf(more: Partial<LoadFlags>): readonly string[] {
  const read = readLoad({ ...ENDED, ...more }, () => {
    throw new Error('talks.json: list 1 has no time');
  });
  return read.kind === 'errors' ? read.errors : assert.fail(`${JSON.stringify(more)} was taken`);
}

test('readLoad: each flag ends where it belongs', () => {
  const rows: ReadonlyArray<readonly [Partial<LoadFlags>, (spec: LoadSpec) => unknown, unknown]> = [
    [{}, ({ pace, clients }) => [pace.kind, clients], ['closed', CLIENTS]],
    [{ rate: '0' }, ({ pace }) => pace.kind, 'closed'],
    [
      { rate: '60' },
      ({ pace, clients }) => [pace, clients],
      [{ kind: 'open', arrivals: { kind: 'constant', perMinute: 60 } }, CLIENTS_OPEN],
    ],
    [
      { rate: '60', arrivals: 'poisson' },
      ({ pace }) => pace,
      { kind: 'open', arrivals: { kind: 'poisson', perMinute: 60 } },
    ],
    [{ clients: '7', workers: '3' }, ({ clients, workers }) => [clients, workers], [7, 3]],
    [
      { requests: '5', duration: '2.5', runEndConditionMode: 'and' },
      ({ end }) => end,
      { requests: 5, durationMs: 2_500, mode: 'and' },
    ],
    [
      { warmUp: '3', drain: '4', timeout: '5', retryLimit: '6', aggregationWindow: '7' },
      (s) => [s.warmUpMs, s.drainMs, s.timeoutMs, s.retryMsMax, s.windowMs],
      [3_000, 4_000, 5_000, 6_000, 7_000],
    ],
    [{ warmUpUntilThrottled: true }, (s) => s.warmUpUntilThrottled, true],
    [{ retry: 'retry-after' }, ({ retry }) => retry, 'retry-after'],
    [{ retry: 'hedged', hedgeAfter: '0.5' }, ({ retry, hedgeAfterMs }) => [retry, hedgeAfterMs], ['hedged', 500]],
    [{ maxTokensTotal: '1000' }, (s) => s.totalTokensMax, 1_000],
    [{ preventServerCaching: 'no' }, (s) => s.preventServerCaching, false],
    [{ seed: 9 }, ({ seed }) => seed, 9],
    [{}, (s) => [s.adjustForNetwork, s.logContent], [false, false]],
    [
      { adjustForNetworkLatency: 'true', logRequestContent: true },
      (s) => [s.adjustForNetwork, s.logContent],
      [true, true],
    ],
    [
      {},
      ({ prompts, answer }) => [prompts, answer.tokensMax],
      [{ kind: 'generated', shape: 'balanced', contextTokens: 500, cacheShare: 0 }, 500],
    ],
    [
      { shapeProfile: 'context' },
      ({ prompts, answer }) => [prompts.kind === 'generated' && prompts.contextTokens, answer.tokensMax],
      [2_000, 200],
    ],
    [{ shapeProfile: 'generation' }, ({ answer }) => answer.tokensMax, 1_000],
    [{ shapeProfile: 'generation', maxTokens: '7' }, ({ answer }) => answer.tokensMax, 7],
    [
      { shapeProfile: 'custom', contextTokens: '90' },
      ({ prompts, answer }) => [prompts.kind === 'generated' && prompts.contextTokens, answer.tokensMax],
      [90, null],
    ],
    [
      { shapeProfile: 'custom', contextTokens: '100,300', maxTokens: '9' },
      ({ prompts, answer }) => [prompts, answer.tokensMax],
      [
        {
          kind: 'generated',
          shape: 'custom',
          contextTokens: 200,
          cacheShare: 0,
          sizes: [
            { contextTokens: 100, answerTokensMax: null },
            { contextTokens: 300, answerTokensMax: null },
          ],
        },
        9,
      ],
    ],
    [
      { shapeProfile: 'mix:balanced,context' },
      ({ prompts, answer }) => [
        prompts.kind === 'generated' && [prompts.contextTokens, prompts.sizes],
        answer.tokensMax,
      ],
      [
        [
          1_250,
          [
            { contextTokens: 500, answerTokensMax: 500 },
            { contextTokens: 2_000, answerTokensMax: 200 },
          ],
        ],
        500,
      ],
    ],
    [
      { shapeProfile: 'mix:context', maxTokens: '7' },
      ({ prompts, answer }) => [prompts.kind === 'generated' && prompts.sizes, answer.tokensMax],
      [[{ contextTokens: 2_000, answerTokensMax: null }], 7],
    ],
    [{ cacheShare: '0.5' }, ({ prompts }) => prompts.kind === 'generated' && prompts.cacheShare, 0.5],
    [{ maxTokens: '7' }, ({ answer }) => answer.tokensField, 'max_tokens'],
    [
      { maxCompletionTokens: '7' },
      ({ answer }) => [answer.tokensField, answer.tokensMax],
      ['max_completion_tokens', 7],
    ],
    [
      { completions: '3', temperature: '0.5', topP: '0.9', frequencyPenalty: '-2', presencePenalty: '2' },
      ({ answer: a }) => [a.completions, a.temperature, a.topP, a.frequencyPenalty, a.presencePenalty],
      [3, 0.5, 0.9, -2, 2],
    ],
    [{ stream: false }, ({ answer }) => answer.stream, false],
    [{ api: 'embeddings' }, ({ answer }) => answer.stream, false],
    [
      { contextGenerationMethod: 'replay', replayPath: 'a.json' },
      ({ prompts }) => prompts,
      { kind: 'replayed', file: 'a.json', order: 'random' },
    ],
    [
      { contextGenerationMethod: 'replay', replayPath: 'a.json', arrivals: 'trace' },
      ({ prompts, pace }) => [prompts, pace],
      [
        { kind: 'replayed', file: 'a.json', order: 'file' },
        { kind: 'open', arrivals: { kind: 'trace', offsetsMs: [0, 100, 250] } },
      ],
    ],
  ];
  for (const [more, of, want] of rows) assert.deepEqual(of(specOf(more)), want, JSON.stringify(more));
});

test('readLoad: targets by their endpoint, credential and headers', () => {
  const target = (more: Partial<LoadFlags>) => specOf(more).targets[0];
  const rows: ReadonlyArray<
    readonly [
      Partial<LoadFlags>,
      'dialect' | 'endpoint' | 'name' | 'credential' | 'headers' | 'api' | 'apiVersion',
      unknown,
    ]
  > = [
    [{}, 'dialect', 'classic'],
    [{ endpoint: 'https://a.example/openai/v1/' }, 'dialect', 'v1'],
    [{ endpoint: 'https://a.example/v1/chat/completions' }, 'dialect', 'exact'],
    [{ dialect: 'v1' }, 'dialect', 'v1'],
    [{ endpoint: 'https://a.example//' }, 'endpoint', 'https://a.example'],
    [{ endpoint: 'https://me:pass@a.example:8443/x' }, 'name', 'a.example:8443'],
    [{ apiKeyEnv: 'KEY' }, 'credential', { kind: 'key', header: 'api-key', variable: 'KEY' }],
    [
      { endpoint: 'https://api.openai.com/v1' },
      'credential',
      { kind: 'key', header: 'authorization', variable: 'OPENAI_API_KEY' },
    ],
    [
      { endpoint: 'https://a.openai.azure.com' },
      'credential',
      { kind: 'key', header: 'api-key', variable: 'OPENAI_API_KEY' },
    ],
    [{ key: false }, 'credential', { kind: 'none' }],
    [{ entra: true }, 'credential', { kind: 'entra' }],
    [{ header: ['X-A: 1', 'x-b:2'] }, 'headers', { 'x-a': '1', 'x-b': '2' }],
    [{ api: 'responses' }, 'api', 'responses'],
    [{}, 'apiVersion', '2024-10-21'],
    [{ apiVersion: '2023-05-15' }, 'apiVersion', '2023-05-15'],
    [{ api: 'responses' }, 'dialect', 'v1'],
    [{ api: 'responses', dialect: 'classic' }, 'dialect', 'classic'],
    [{ api: 'responses', dialect: 'classic' }, 'apiVersion', '2025-03-01-preview'],
    [{ api: 'responses', apiVersion: '2025-04-01-preview' }, 'dialect', 'classic'],
    [{ api: 'responses', endpoint: 'https://a.example/openai/v1/responses' }, 'dialect', 'exact'],
  ];
  for (const [more, name, want] of rows) assert.deepEqual(target(more)?.[name], want, JSON.stringify(more));
  const names = specOf({ against: 'https://one.example/other' }).targets.map(({ name }) => name);
  assert.equal(new Set(names).size, 2, 'two targets on one host are told apart');
});

test('readLoad: the second target is as the first, but for what is said of it', () => {
  const second = (more: Partial<LoadFlags>) => {
    const [, target] = specOf({ against: 'https://two.example', apiKeyEnv: 'ONE', ...more }).targets;
    return [target?.deployment, target?.dialect, target?.credential];
  };
  const key = (variable: string) => ({ kind: 'key', header: 'api-key', variable });
  const rows: ReadonlyArray<readonly [Partial<LoadFlags>, readonly unknown[]]> = [
    [{}, ['chat', 'classic', key('ONE')]],
    [{ key: false }, ['chat', 'classic', { kind: 'none' }]],
    [{ againstKeyEnv: 'TWO', againstDeployment: 'b' }, ['b', 'classic', key('TWO')]],
    [{ entra: true, againstKeyEnv: 'TWO' }, ['chat', 'classic', key('TWO')]],
    [{ againstNoKey: true, dialect: 'v1' }, ['chat', 'v1', { kind: 'none' }]],
    [{ againstEntra: true, againstDialect: 'v1' }, ['chat', 'v1', { kind: 'entra' }]],
  ];
  for (const [more, want] of rows) assert.deepEqual(second(more), want, JSON.stringify(more));
  const [first] = specOf({ against: 'https://two.example', againstKeyEnv: 'TWO', againstDeployment: 'b' }).targets;
  assert.deepEqual([first?.deployment, first?.credential], ['chat', key('OPENAI_API_KEY')]);
});

test('readLoad: what is wrong names flag, value and rule', () => {
  const rows: ReadonlyArray<readonly [Partial<LoadFlags>, RegExp]> = [
    [{ deployment: '  ' }, /--deployment/],
    [{ endpoint: 'one.example' }, /endpoint 'one\.example': is no address; it begins with https/],
    [{ against: 'two.example' }, /'two\.example': is no address/],
    [{ againstKeyEnv: 'B' }, /--against-key-env: tells of a second target, and there is none; give --against ENDPOINT/],
    [
      { againstDeployment: 'b', againstNoKey: true },
      /--against-no-key, --against-deployment: tells of a second target/,
    ],
    [
      { against: 'https://two.example', againstKeyEnv: 'B', againstEntra: true },
      /--against-key-env, --against-entra: give one of them/,
    ],
    [{ against: 'https://two.example', againstDialect: 'new' }, /--against-dialect new: is none of classic, v1, exact/],
    [{ api: 'images' }, /--api images: is none of chat, responses, embeddings/],
    [{ dialect: 'new' }, /--dialect new: is none of classic, v1, exact/],
    [{ header: ['nothing'] }, /--header: is no "name: value"/],
    [{ header: ['Api-Key: secret'] }, /--header Api-Key: a credential on the command line/],
    [{ clients: '0' }, /--clients 0: is no whole number from 1 to/],
    [{ clients: String(CLIENTS_MAX + 1) }, /--clients 100001/],
    [{ workers: String(WORKERS_MAX + 1), clients: '1000' }, /--workers 65: is no whole number from 1 to 64/],
    [{ workers: '4', clients: '2' }, /--workers 4: more than --clients 2/],
    [{ requests: '1.5' }, /--requests 1\.5: is no whole number/],
    [{ duration: '0' }, /--duration 0: is no number from 0\.1/],
    [{ duration: 'long' }, /--duration long/],
    [{ runEndConditionMode: 'xor' }, /--run-end-condition-mode xor: is none of or, and/],
    [{ rate: '-1' }, /--rate -1/],
    [{ rate: '1e9' }, /--rate 1e9/],
    [{ arrivals: 'sometimes' }, /--arrivals sometimes/],
    [{ arrivals: 'trace' }, /--arrivals trace: needs --replay-path/],
    [
      { arrivals: 'trace', contextGenerationMethod: 'replay', replayPath: 'talks.json' },
      /talks\.json: list 1 has no time/,
    ],
    [{ aggregationWindow: '0' }, /--aggregation-window 0/],
    [{ shapeProfile: 'round' }, /--shape-profile round: is none of balanced, context, generation, custom/],
    [{ shapeProfile: 'custom' }, /--shape-profile custom: needs --context-tokens/],
    [{ contextTokens: '7' }, /--context-tokens 7: shape balanced has 500/],
    [{ maxTokens: '0' }, /--max-tokens 0/],
    [{ shapeProfile: 'mix:balanced', contextTokens: '7' }, /--context-tokens 7: shape mix:balanced has 500/],
    [{ shapeProfile: 'mix:round' }, /--shape-profile mix:round: has a part that is none of balanced/],
    [{ shapeProfile: 'custom', contextTokens: 'uniform:9-1' }, /--context-tokens uniform:9-1: does not rise/],
    [{ maxTokens: '1', maxCompletionTokens: '1' }, /--max-tokens and --max-completion-tokens: give one/],
    [{ maxCompletionTokens: 'x' }, /--max-completion-tokens x/],
    [{ completions: '129' }, /--completions 129: is no whole number from 1 to 128/],
    [{ frequencyPenalty: '-2.1' }, /--frequency-penalty -2\.1: is no number from -2 to 2/],
    [{ presencePenalty: '3' }, /--presence-penalty 3/],
    [{ temperature: '2.1' }, /--temperature 2\.1: is no number from 0 to 2/],
    [{ topP: '1.1' }, /--top-p 1\.1: is no number from 0 to 1/],
    [{ retry: 'always' }, /--retry always: is none of none, exponential, retry-after, hedged/],
    [{ retry: 'hedged' }, /--retry hedged: needs --hedge-after SECONDS/],
    [{ hedgeAfter: '1' }, /--hedge-after 1: is for --retry hedged/],
    [{ retry: 'hedged', hedgeAfter: '0' }, /--hedge-after 0: is no number from 0\.001/],
    [{ retryLimit: '0' }, /--retry-limit 0/],
    [{ contextGenerationMethod: 'invent' }, /--context-generation-method invent: is none of generate, replay/],
    [{ contextGenerationMethod: 'replay' }, /replay: needs --replay-path/],
    [
      { contextGenerationMethod: 'replay', replayPath: 'a', replayOrder: 'back' },
      /--replay-order back: is none of random, file/,
    ],
    [{ replayPath: 'a' }, /--replay-path a: is not used unless/],
    [{ preventServerCaching: 'maybe' }, /--prevent-server-caching maybe: is neither true nor false/],
    [{ adjustForNetworkLatency: 'x' }, /--adjust-for-network-latency x: is neither true nor false/],
    [{ logRequestContent: 'x' }, /--log-request-content x: is neither true nor false/],
    [{ cacheShare: '2' }, /--cache-share 2: is no number from 0 to 1/],
    [{ warmUp: '-1' }, /--warm-up -1/],
    [{ drain: 'x' }, /--drain x/],
    [{ timeout: '0' }, /--timeout 0/],
    [{ maxTokensTotal: '0' }, /--max-tokens-total 0/],
  ];
  for (const [more, want] of rows) {
    const errors = errorsOf(more);
    assert.ok(
      errors.some((error) => want.test(error)),
      `${JSON.stringify(more)}: ${errors.join('; ')}`,
    );
    assert.doesNotMatch(errors.join(), /secret/);
  }
});

test('readLoad: without an end there is none, unless the arrivals have one', () => {
  const read = (more: Partial<LoadFlags>) => readLoad({ ...FLAGS, ...more }, () => []);
  for (const more of [{}, { rate: '60' }, { arrivals: 'ramp:1-2:3' }]) {
    const found = read(more);
    assert.ok(found.kind === 'errors' && /nothing ends this run/.test(found.errors.join()), JSON.stringify(more));
  }
  for (const more of [
    { duration: '1' },
    { maxTokensTotal: '9' },
    { arrivals: 'steps:60x1' },
    { arrivals: 'sweep:60:2:1' },
  ])
    assert.equal(read(more).kind, 'ok', JSON.stringify(more));
});

test('readLoad: all mistakes are told at once', () => {
  const errors = errorsOf({
    deployment: '',
    endpoint: 'x',
    clients: '0',
    timeout: '0',
    api: 'y',
    temperature: '9',
    retry: 'z',
  });
  assert.ok(errors.length >= 7, errors.join('\n'));
});
