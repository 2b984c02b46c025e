/**
 * The tests of the simulator that came before this one, row by row (simulator reference §1.16): `same` passes the same assertion,
 * `azure` differs on purpose, towards the real service, and says why. Rows about windows stand beside the windows, see ELSEWHERE.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { type StartOptions, startSimulator } from '@spillway/simulator';
import { eventsIn } from '../../apps/simulator/src/testing.ts';
import { AT_ONCE, type Bench, DEPLOYMENTS, FILLED, withBench } from './parity-bench.ts';

interface Row {
  readonly group: string;
  readonly row: string;
  /** `same`, or `azure:` and why. */
  readonly ours: string;
  readonly run: (bench: Bench) => Promise<void>;
  readonly options?: Partial<StartOptions>;
}

const HELLO = { messages: [{ role: 'user', content: 'What is the meaning of life?' }], max_tokens: 50 };
const COMPLETION = { prompt: 'This is a test prompt', max_tokens: 50 };
const EMBEDDING = { input: 'This is some text to generate embeddings for' };
const ONE_RESOURCE = { name: 'openai1', latency: AT_ONCE, answers: FILLED, deployments: DEPLOYMENTS } as const;
const UNSUPPORTED =
  /operation does not work with the specified model, .+\. Please choose different model and try again/;
const WITHOUT_KEY = { headers: { 'api-key': 'wrong' } } as const;

function refusedBy(text: string): unknown {
  return JSON.parse(text).error.code;
}

function requiresAuth(group: string, deployment: string, operation: string, body: object): Row {
  return {
    group,
    row: 'test_requires_auth',
    ours: 'azure: the 401 is an error object with Azure’s sentence, not a detail',
    run: async ({ ask }) => {
      const answer = await ask(deployment, operation, body, WITHOUT_KEY);
      assert.equal(answer.status, 401);
      assert.equal(refusedBy(answer.text), '401');
      assert.match(answer.text, /Access denied due to invalid subscription key/);
    },
  };
}

function unknownDeployment(group: string, operation: string, body: object): readonly Row[] {
  return [
    {
      group,
      row: 'test_requires_known_deployment_when_config_set',
      ours: 'same, with Azure’s body',
      run: async ({ ask }) => {
        const answer = await ask('_unknown_deployment_', operation, body);
        assert.equal(answer.status, 404);
        assert.equal(refusedBy(answer.text), 'DeploymentNotFound');
      },
    },
    {
      group,
      row: 'test_allows_unknown_deployment_when_config_not_set',
      ours: 'azure: a deployment must exist, or a typing error would silently have no limits (S-07); one is added while running',
      run: async ({ ask, simulator }) => {
        const options = DEPLOYMENTS.find(
          ({ name }) => name === (operation === 'embeddings' ? 'embedding' : 'deployment1'),
        );
        assert.ok(options);
        assert.equal((await ask('new', operation, body)).status, 404);
        simulator.deploy('openai1', { ...options, name: 'new' });
        assert.equal((await ask('new', operation, body)).status, 200);
      },
    },
  ];
}

function unsupportedModel(group: string, deployment: string, operation: string, body: object): Row {
  return {
    group,
    row: `test_using_unsupported_model_for_${group}_returns_400`,
    ours: 'same',
    run: async ({ ask }) => {
      const answer = await ask(deployment, operation, body);
      assert.equal(answer.status, 400);
      assert.equal(refusedBy(answer.text), 'OperationNotSupported');
      assert.match(answer.text, UNSUPPORTED);
    },
  };
}

const CHAT: readonly Row[] = [
  requiresAuth('chat', 'deployment1', 'chat/completions', HELLO),
  {
    group: 'chat',
    row: 'test_success',
    ours: 'azure: an answer shorter than its limit ends with stop, not length (S-44)',
    options: { resources: [{ ...ONE_RESOURCE, answers: { style: 'prose', fill: false } }] },
    run: async ({ chat }) => {
      const { choices, usage } = JSON.parse((await chat({ ...HELLO, max_tokens: 1000 })).text);
      assert.equal(choices.length, 1);
      assert.equal(choices[0].message.role, 'assistant');
      assert.ok(choices[0].message.content.length > 20);
      assert.equal(choices[0].finish_reason, 'stop');
      assert.ok(usage.completion_tokens <= 1000);
    },
  },
  ...unknownDeployment('chat', 'chat/completions', HELLO),
  {
    group: 'chat',
    row: 'test_max_tokens',
    ours: 'same: 1,000 calls never exceed 50 tokens',
    run: async ({ chat }) => {
      for (let i = 0; i < 1000; i++) {
        const messages = [{ role: 'user', content: `Question ${i}` }];
        const { usage } = JSON.parse((await chat({ messages, max_tokens: 50 })).text);
        assert.ok(usage.completion_tokens <= 50, `${usage.completion_tokens}`);
      }
    },
  },
  {
    group: 'chat',
    row: 'test_stream_success',
    ours: 'azure: a prompt-filter chunk comes before the role, and finish_reason stands in the choice, not in the delta (S-82, S-86)',
    run: async ({ chat }) => {
      const chunks = eventsIn((await chat({ ...HELLO, stream: true })).text);
      assert.ok(chunks.length > 5);
      assert.deepEqual([chunks[0].choices, chunks[0].prompt_filter_results.length], [[], 1]);
      const rest = chunks.slice(1);
      assert.ok(rest.every(({ choices }) => choices.length === 1));
      assert.equal(rest[0].choices[0].delta.role, 'assistant');
      assert.deepEqual([rest.at(-1).choices[0].delta, rest.at(-1).choices[0].finish_reason], [{}, 'length']);
    },
  },
  {
    group: 'chat',
    row: 'test_custom_generator',
    ours: 'same: a rule of the script answers in place of the prose, at most 10 tokens, and ends with stop',
    options: {
      resources: [{ ...ONE_RESOURCE, answers: { script: [{ contains: 'meaning', answer: 'The answer is 42.' }] } }],
    },
    run: async ({ chat }) => {
      const { choices, usage } = JSON.parse((await chat(HELLO)).text);
      assert.equal(choices[0].message.content, 'The answer is 42.');
      assert.equal(choices[0].finish_reason, 'stop');
      assert.ok(usage.completion_tokens <= 10);
    },
  },
  unsupportedModel('chat_completion', 'embedding', 'chat/completions', HELLO),
];

const COMPLETIONS: readonly Row[] = [
  requiresAuth('completion', 'deployment1', 'completions', COMPLETION),
  {
    group: 'completion',
    row: 'test_success',
    ours: 'same',
    run: async ({ ask }) => {
      const { choices, usage } = JSON.parse((await ask('deployment1', 'completions', COMPLETION)).text);
      assert.equal(choices.length, 1);
      assert.ok(choices[0].text.length > 20);
      assert.equal(choices[0].finish_reason, 'length');
      assert.ok(usage.completion_tokens <= 50);
    },
  },
  ...unknownDeployment('completion', 'completions', COMPLETION),
  unsupportedModel('completion', 'embedding', 'completions', COMPLETION),
];

const EMBEDDINGS: readonly Row[] = [
  requiresAuth('embeddings', 'embedding', 'embeddings', EMBEDDING),
  {
    group: 'embeddings',
    row: 'test_success',
    ours: 'same: 1,536 and 768 numbers by deployment; the length is the model’s, and a model of one’s own may have any',
    options: {
      models: [{ name: 'own-embedding', kind: 'embeddings', dimensions: 768 }],
      resources: [
        { ...ONE_RESOURCE, deployments: [...DEPLOYMENTS, { name: 'short', model: 'own-embedding', capacity: 10 }] },
      ],
    },
    run: async ({ ask }) => {
      for (const [deployment, length] of [
        ['embedding', 1536],
        ['short', 768],
      ] as const) {
        const { data } = JSON.parse((await ask(deployment, 'embeddings', EMBEDDING)).text);
        assert.deepEqual([data.length, data[0].embedding.length], [1, length]);
      }
    },
  },
  ...unknownDeployment('embeddings', 'embeddings', EMBEDDING),
  unsupportedModel('embeddings', 'deployment1', 'embeddings', EMBEDDING),
  {
    group: 'embeddings',
    row: 'test_limit_reached',
    ours: 'same rule: 384 TPM let one call pass in 10 s, the next is told to retry after 10 seconds',
    run: async ({ chat, clock }) => {
      assert.equal((await chat({ ...HELLO, max_tokens: 10 }, 'low_limit')).status, 200);
      const refused = await chat({ ...HELLO, max_tokens: 10 }, 'low_limit');
      assert.equal(refused.status, 429);
      assert.equal(refused.headers['retry-after'], '10');
      assert.match(refused.text, /retry after 10 seconds/);
      clock.advance(10_000);
      assert.equal((await chat({ ...HELLO, max_tokens: 10 }, 'low_limit')).status, 200);
    },
  },
  {
    group: 'embeddings',
    row: 'test_pass_in_dimension_param_for_supported_model',
    ours: 'same',
    run: async ({ ask }) => {
      const { data } = JSON.parse((await ask('embedding-3', 'embeddings', { ...EMBEDDING, dimensions: 10 })).text);
      assert.equal(data[0].embedding.length, 10);
    },
  },
  {
    group: 'embeddings',
    row: 'test_pass_in_dimension_param_for_unsupported_model_ignored',
    ours: 'azure: the service refuses what the model cannot do, rather than to ignore it',
    run: async ({ ask }) => {
      const answer = await ask('embedding', 'embeddings', { ...EMBEDDING, dimensions: 10 });
      assert.equal(answer.status, 400);
      assert.match(answer.text, /does not support specifying dimensions/);
    },
  },
];

/** Records what one simulator answers with another before it, then lets only the recording answer. */
async function recordThenReplay(
  record: (bench: Bench) => Promise<void>,
  replay: (bench: Bench) => Promise<void>,
  options: Partial<StartOptions> = {},
): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'parity-'));
  const real = await startSimulator({ port: 0, resources: [{ ...ONE_RESOURCE, key: 'real-key' }] });
  const upstream = { url: real.resources[0]?.url ?? '', key: 'real-key' };
  const resources = [{ ...ONE_RESOURCE, upstream }];
  const file = path.join(folder, 'recording.jsonl');
  try {
    await withBench(record, { resources, recording: { mode: 'record', file } });
    await real.close();
    await withBench(replay, { resources, recording: { mode: 'replay', file, speed: 0 }, ...options });
  } finally {
    await real.close();
    rmSync(folder, { recursive: true });
  }
}

const RECORD: readonly Row[] = [
  {
    group: 'record',
    row: 'test_openai_record_replay_completion',
    ours: 'azure: the recorded answer replays with the backend gone; what is not recorded is 404 with the reason, not 500 (S-96)',
    run: () => {
      let recorded = '';
      return recordThenReplay(
        async ({ ask }) => {
          recorded = (await ask('deployment1', 'completions', COMPLETION)).text;
          assert.equal(JSON.parse(recorded).object, 'text_completion');
        },
        async ({ ask }) => {
          assert.equal((await ask('deployment1', 'completions', COMPLETION)).text, recorded);
          assert.equal((await ask('deployment1', 'completions', { prompt: 'Not recorded' })).status, 404);
        },
      );
    },
  },
  {
    group: 'record',
    row: 'test_openai_record_replay_completion_limit_reached',
    ours: 'same: limits apply to a replay, which waits 10 s',
    run: () =>
      recordThenReplay(
        async ({ ask }) => assert.equal((await ask('low_limit', 'completions', COMPLETION)).status, 200),
        async ({ ask, clock }) => {
          assert.equal((await ask('low_limit', 'completions', COMPLETION)).status, 200);
          const refused = await ask('low_limit', 'completions', COMPLETION);
          assert.deepEqual([refused.status, refused.headers['retry-after']], [429, '10']);
          clock.advance(10_000);
          assert.equal((await ask('low_limit', 'completions', COMPLETION)).status, 200);
        },
      ),
  },
];

const CONFIGURATION: readonly Row[] = [
  {
    group: 'config',
    row: 'test_config_update_latency',
    ours: 'same: one value is changed, the others stay; counters stay too (S-33)',
    options: { resources: [{ ...ONE_RESOURCE, latency: { firstTokenMs: 100, perTokenMs: 15 } }] },
    run: async ({ admin }) => {
      const patched = async (latency: object) => {
        const answer = await admin('PATCH', '/admin/resources/openai1', { latency });
        assert.equal(answer.status, 200, answer.text);
        return JSON.parse(answer.text);
      };
      const before = await patched({ firstTokenMs: 100 });
      assert.deepEqual([before.latency.firstTokenMs, before.latency.perTokenMs], [100, 15]);
      const after = await patched({ perTokenMs: 30 });
      assert.deepEqual(after, { ...before, latency: { ...before.latency, perTokenMs: 30 } });
    },
  },
  {
    group: 'config',
    row: 'test_root_message',
    ours: 'same: GET / is 200, on the admin port and on each resource',
    run: async ({ simulator, admin }) => {
      assert.equal((await admin('GET', '/')).status, 200);
      assert.equal((await fetch(`${simulator.resources[0]?.url}/`)).status, 200);
    },
  },
];

const LOREM: readonly Row[] = (
  [
    [8, 10],
    [95, 100],
    [9_993, 10_000],
  ] as const
).map(([least, most]) => ({
  group: 'lorem',
  row: `${most} tokens`,
  ours: `same range: ${least} to ${most} tokens`,
  run: async ({ chat }) => {
    const { choices, usage } = JSON.parse((await chat({ ...HELLO, max_tokens: most }, 'long')).text);
    assert.ok(usage.completion_tokens >= least && usage.completion_tokens <= most, `${usage.completion_tokens} tokens`);
    assert.ok(choices[0].message.content.length > most);
  },
  options: { resources: [{ ...ONE_RESOURCE, deployments: [{ name: 'long', model: 'gpt-4o', capacity: 1000 }] }] },
}));

/** A minute's answers of one deployment under steady load, all but at once: what was let in, refused, and what it cost. */
async function minuteOf({ chat, clock }: Bench, perSecond: number, maxTokens: number) {
  let [accepted, refused] = [0, 0];
  for (let i = 0; i < perSecond * 60; i++) {
    const { status } = await chat({ ...HELLO, max_tokens: maxTokens }, 'gpt-35-turbo-100k');
    if (status === 200) accepted++;
    else refused++;
    clock.advance(1000 / perSecond);
  }
  return { accepted, refused, cost: accepted * maxTokens };
}

const LOAD: readonly Row[] = [
  {
    group: 'load',
    row: 'added latency of 1 s',
    ours: 'same: within 0.9 and 1.1 s, in virtual time',
    options: { resources: [{ ...ONE_RESOURCE, latency: { firstTokenMs: 1000, perTokenMs: 0, spread: 0.03 } }] },
    run: async ({ chat, clock, simulator }) => {
      for (let i = 0; i < 20; i++) {
        let answered = false;
        const sent = chat({ messages: [{ role: 'user', content: `Question ${i}` }], max_tokens: 5 }).then((answer) => {
          answered = true;
          return answer;
        });
        while (simulator.journal.entries({}).length <= i || clock.pending === 0) await new Promise(setImmediate);
        clock.advance(900);
        await new Promise(setImmediate);
        assert.equal(answered, false);
        clock.advance(200);
        assert.equal((await sent).status, 200);
      }
    },
  },
  {
    group: 'load',
    row: '100k TPM with max_tokens 10',
    ours: 'same: 590 to 600 requests per minute, limited by requests, and at least 100 rejections',
    run: async (bench) => {
      const { accepted, refused } = await minuteOf(bench, 15, 10);
      assert.ok(accepted >= 590 && accepted <= 600, `${accepted} requests`);
      assert.ok(refused >= 100);
    },
  },
  {
    group: 'load',
    row: '100k TPM with max_tokens 200',
    ours: 'same: 95,000 to 105,000 tokens of cost per minute, limited by tokens, and at least 100 rejections',
    run: async (bench) => {
      const { cost, refused } = await minuteOf(bench, 15, 200);
      assert.ok(cost >= 95_000 && cost <= 105_000, `${cost} tokens`);
      assert.ok(refused >= 100);
    },
  },
];

const ROWS = [...CHAT, ...COMPLETIONS, ...EMBEDDINGS, ...RECORD, ...CONFIGURATION, ...LOREM, ...LOAD];

for (const { group, row, ours, run, options } of ROWS) {
  test(`startSimulator: ${group}, ${row} (${ours})`, () => withBench(run, options));
}

const MEDIA =
  'test/clients/media.test.ts and packages/azure-model/src/media/audio.test.ts have it, by the official client';
const WINDOWS = 'packages/azure-model/src/quota/sliding-window.test.ts has it under its name';

/** Rows that are no test here, each with its reason. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'tokens window: 7 tests, and 2 of their speed': WINDOWS,
  'requests window: 4 tests, and 2 of their speed': WINDOWS,
  'translation: test_success': MEDIA,
  'translation: test_when_response_format_is_text_returns_text': MEDIA,
  'translation: test_returns_413_when_file_too_large': MEDIA,
  'translation: test_limit_reached': MEDIA,
  'record: test_openai_record_replay_translation':
    'apps/simulator/src/record/recording.test.ts: a request is kept whatever its operation is, and forms by key.test.ts',
  'record: test_openai_record_replay_translation_limit_reached':
    'falls short: a replay asks the quota for the operations that generate text alone, see Resource.admit',
  'hashing: test_multipart_hash': 'apps/simulator/src/record/key.test.ts has it: the boundary does not count',
  'config: test_config_update_completion_via_config_endpoint':
    'azure: the mode is chosen at the start; the anchor’s test never calls its route',
  'extension: test_load_generator_from_file, _folder, _init':
    'azure: answers are scripted (see test_custom_generator), and startSimulator is a library; no code is loaded by path',
  'Document Intelligence: 3 tests': 'out of scope: another service',
  'load: base latency of at most 10 ms':
    'a matter of the machine: bench/simulator.ts reports CPU and time for an answer',
};

test('parity: every row of the reference is a test here, or elsewhere for a reason', () => {
  const names = ROWS.map(({ group, row }) => `${group}, ${row}`);
  assert.equal(new Set(names).size, names.length);
  assert.deepEqual([names.length, Object.keys(ELSEWHERE).length], [31, 13]);
  for (const { ours } of ROWS) assert.match(ours, /^(same|azure: .{20})/);
  for (const reason of Object.values(ELSEWHERE)) assert.ok(reason.length > 20);
});
