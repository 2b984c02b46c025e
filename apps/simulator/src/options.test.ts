import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_ANSWERS, DEFAULT_LATENCY } from '@spillway/azure-model';
import { planOf, type SimulatorOptions } from './options.ts';

/** The places of all errors, in order. */
function placesOf(options: SimulatorOptions): readonly string[] {
  return errorsOf(options).map((line) => line.slice(0, line.indexOf(': ')));
}

function errorsOf(options: SimulatorOptions): readonly string[] {
  try {
    planOf(options);
  } catch (error) {
    const text = error instanceof Error ? error.message : '';
    assert.match(text, /^simulator: /);
    return text.replace(/^simulator: /, '').split('\n');
  }
  return [];
}

function warningsOf(options: SimulatorOptions): readonly string[] {
  const warnings: string[] = [];
  planOf({ ...options, onWarning: (text) => warnings.push(text) });
  return warnings;
}

test('planOf: without options three resources on the ports after the admin port, each with key, region and two deployments', () => {
  const { host, port, seed, resources, recording, quotas, faults, models } = planOf({});
  assert.deepEqual([host, port, seed, quotas, faults], ['127.0.0.1', 9000, 1, [], []]);
  assert.deepEqual(recording, { mode: 'generate', file: null, storeErrors: false, speed: 1 });
  assert.deepEqual(
    resources.map(({ facts, port: own, upstream }) => [facts.name, own, facts.keys, facts.region, upstream]),
    [
      ['openai1', 9001, ['simulated-key-1'], 'East US', null],
      ['openai2', 9002, ['simulated-key-2'], 'Sweden Central', null],
      ['openai3', 9003, ['simulated-key-3'], 'Japan East', null],
    ],
  );
  const { facts } = resources[0] ?? assert.fail('no resource');
  assert.deepEqual(
    facts.deployments.map(({ name, model, capacity }) => [name, model, capacity]),
    [
      ['chat', 'gpt-4o', 30],
      ['embedding', 'text-embedding-3-small', 30],
    ],
  );
  assert.deepEqual([facts.subscription, facts.dialect, facts.spilloverFailure], ['simulated', '2026', 'standard']);
  assert.deepEqual([facts.latency, facts.answers], [DEFAULT_LATENCY, DEFAULT_ANSWERS]);
  assert.equal(models.isKnown('gpt-4o'), true);
  assert.deepEqual(warningsOf({}), []);
});

test('planOf: fills what is not given, one field at a time', () => {
  const plan = planOf({
    port: 0,
    resources: [
      {
        name: 'a',
        keys: ['k1', 'k2'],
        latency: { perTokenMs: 0 },
        answers: { fill: true, script: [{ answer: 'Yes.' }] },
      },
      { name: 'b', port: 4000, dialect: '2024' },
    ],
    quotas: [{ region: 'East US', model: 'gpt-4o', capacity: 1 }],
    models: [{ name: 'gpt-9', contextTokens: 10 }],
    faults: [{ kind: 'outage', resource: 'b', lengthMs: 1000 }],
    recording: { mode: 'replay', file: 'tape.jsonl', speed: 0 },
  });
  const [a, b] = plan.resources;
  assert.deepEqual([a?.port, b?.port, b?.facts.dialect], [0, 4000, '2024']);
  assert.deepEqual(a?.facts.keys, ['k1', 'k2']);
  assert.deepEqual(a?.facts.latency, { ...DEFAULT_LATENCY, perTokenMs: 0 });
  const everyRequest = { deployment: null, contains: null, matches: null, call: null };
  assert.deepEqual(a?.facts.answers, { ...DEFAULT_ANSWERS, fill: true, script: [{ ...everyRequest, answer: 'Yes.' }] });
  assert.deepEqual(plan.quotas, [
    { subscription: 'simulated', type: 'Standard', region: 'East US', model: 'gpt-4o', capacity: 1 },
  ]);
  assert.equal(plan.models.facts('gpt-9').contextTokens, 10);
  assert.deepEqual(
    plan.faults.map(({ kind, resource, lengthMs }) => [kind, resource, lengthMs]),
    [['outage', 'b', 1000]],
  );
  assert.deepEqual(plan.recording, { mode: 'replay', file: 'tape.jsonl', storeErrors: false, speed: 0 });
});

test('planOf: says everything that is wrong at once, by the names of resources where they tell', () => {
  const places = placesOf({
    host: 'two words',
    port: 65_534,
    seed: -1,
    faults: [{ kind: 'delay', resource: 'nobody' }],
    recording: { mode: 'record' },
    resources: [
      { name: 'one', key: '', region: 'Köln', latency: { firstTokenMs: -1, perTokenMs: Number.NaN } },
      { name: 'One', port: 70_000, keys: [] },
      { name: 'two words', deployments: [{ name: 'chat', model: 'g"4', capacity: 0, requestsPerMinute: 0.5 }] },
    ],
  });
  assert.deepEqual(places.toSorted(), [
    'faults[0].delayMs',
    'faults[0].resource',
    'host',
    'port',
    'recording.file',
    'recording.mode',
    'resources.One.keys',
    'resources.One.name',
    'resources.One.port',
    'resources.one.key',
    'resources.one.latency.firstTokenMs',
    'resources.one.latency.perTokenMs',
    'resources.one.region',
    'resources["two words"].deployments.chat.capacity',
    'resources["two words"].deployments.chat.model',
    'resources["two words"].deployments.chat.requestsPerMinute',
    'resources["two words"].name',
    'seed',
  ]);
});

test('planOf: an error names place, value, rule and way out, and no key', () => {
  const [error] = errorsOf({ resources: [{ name: 'a', deployments: [{ name: 'c', model: 'gpt-4o', capacity: -5 }] }] });
  assert.equal(
    error,
    'resources.a.deployments.c.capacity: -5 is not a number above 0 and up to 1000000000; give for example 30',
  );
  for (const options of [
    { key: 'my secret' },
    { keys: ['my secret'] },
    { upstream: { url: 'http://a', key: 'my secret' } },
  ]) {
    const errors = errorsOf({
      recording: { mode: 'passThrough' },
      resources: [{ name: 'a', upstream: { url: 'http://a', key: 'x' }, ...options }],
    });
    assert.equal(errors.length, 1);
    assert.match(errors[0] ?? '', /\*\*\* is empty, or holds blanks/);
  }
});

test('planOf: a field that is there and undefined is one that is not given', () => {
  const given: Record<string, unknown> = { name: 'a', key: undefined, latency: { firstTokenMs: undefined } };
  assert.deepEqual(placesOf({ resources: [{ name: 'a', ...given }] }), []);
});

test('planOf: a resource that is given nothing else has the key of its place', () => {
  assert.deepEqual(planOf({ resources: [{ name: 'a' }, { name: 'b' }] }).resources[1]?.facts.keys, ['simulated-key-2']);
});
