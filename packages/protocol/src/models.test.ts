import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ASSUMED_PROVISIONED,
  buyableUnits,
  knownModel,
  MODEL_NAMES,
  ModelTable,
  modelFacts,
  requestsPerMinuteOf,
  unknownModel,
} from './models.ts';

/** From the quota tables and captures in the wire reference, §6.3 and §4.2. */
const RATES: ReadonlyArray<
  readonly [model: string, tokensPerMinute: number, requestsPerMinute: number, windowSeconds: number]
> = [
  ['gpt-4o', 30_000, 180, 10],
  ['gpt-4o-mini', 2_000_000, 20_000, 60],
  ['gpt-4.1', 1_000_000, 1000, 60],
  ['gpt-4.1-mini', 5_000_000, 5000, 60],
  ['gpt-5', 1_000_000, 10_000, 60],
  ['gpt-5.4', 1_000_000, 10_000, 60],
  ['gpt-5.5', 1_000_000, 1000, 60],
  ['o1', 3_000_000, 500, 60],
  ['o3-mini', 5_000_000, 500, 60],
  ['o3-pro', 1_600_000, 160, 60],
  ['text-embedding-3-small', 1_000_000, 6000, 10],
  ['a-model-of-tomorrow', 30_000, 180, 60],
  ['gpt-realtime', 100_000, 200, 60],
  ['gpt-4o-realtime-preview', 6_000, 36, 60],
  ['dall-e-3', 2_000, 6, 60],
  ['whisper', 3_000, 3, 60],
  ['gpt-4.1', 100, 1, 60],
];

for (const [model, tokensPerMinute, requestsPerMinute, windowSeconds] of RATES) {
  test(`requestsPerMinuteOf: ${model} with ${tokensPerMinute} TPM has ${requestsPerMinute} RPM, counted in ${windowSeconds} s`, () => {
    const facts = modelFacts(model);
    assert.equal(requestsPerMinuteOf(facts, tokensPerMinute), requestsPerMinute);
    assert.equal(facts.requestWindowSeconds, windowSeconds);
  });
}

test('knownModel: finds a model in any case, with the date of its version, and in the spelling of OpenAI', () => {
  assert.equal(knownModel('GPT-4')?.name, 'gpt-4');
  assert.equal(knownModel('gpt-4o-2024-08-06')?.name, 'gpt-4o');
  assert.equal(knownModel('gpt-3.5-turbo')?.name, 'gpt-35-turbo');
});

test('knownModel: does not take a longer name for a shorter one', () => {
  assert.equal(knownModel('gpt-4o-observe'), null);
  assert.equal(knownModel('gpt-4.1-mini')?.name, 'gpt-4.1-mini');
});

test('unknownModel: takes a name with "embedding" for a model that embeds', () => {
  assert.equal(unknownModel('text-embedding-9').kind, 'embeddings');
  assert.equal(unknownModel('gpt-9').kind, 'chat');
  assert.equal(unknownModel('gpt-9', 'embeddings').dimensions, 1536);
});

const KINDS = [
  ['my-embedding', 'embeddings', 'thousandTokens'],
  ['gpt-realtime-9', 'realtime', 'thousandTokens'],
  ['whisper-9', 'transcription', 'thousandTokens'],
  ['gpt-9-tts', 'speech', 'thousandTokens'],
  ['gpt-image-9', 'images', 'requests'],
  ['uttsala', 'chat', 'thousandTokens'],
] as const;

for (const [name, kind, capacityUnit] of KINDS) {
  test(`unknownModel: takes ${name} for ${kind}, whose capacity counts ${capacityUnit}`, () => {
    const facts = unknownModel(name);
    assert.deepEqual([facts.kind, facts.capacityUnit], [kind, capacityUnit]);
  });
}

test('unknownModel: has the limits and the provisioned figures of gpt-4o, marked as assumed', () => {
  const { contextTokens, answerTokensMax, provisioned } = unknownModel('gpt-9');
  assert.deepEqual([contextTokens, answerTokensMax], [128_000, 16_384]);
  const { asOf, ...figures } = provisioned;
  const { asOf: published, ...ofGpt4o } = modelFacts('gpt-4o').provisioned;
  assert.deepEqual([asOf, figures], [null, ofGpt4o]);
  assert.notEqual(published, null);
});

/** From Microsoft's model page of 2026-06-11 and its retirement schedule of 2026-09-02. */
const LIMITS: ReadonlyArray<
  readonly [model: string, contextTokens: number, answerTokensMax: number, retiresOn: string | null]
> = [
  ['gpt-4o', 128_000, 16_384, '2027-04-14'],
  ['gpt-4.1-mini', 1_047_576, 32_768, '2027-04-14'],
  ['o3', 200_000, 100_000, '2026-10-21'],
  ['gpt-5', 400_000, 128_000, '2027-02-09'],
  ['gpt-5.1-chat', 128_000, 16_384, '2026-06-29'],
  ['gpt-5.4', 1_050_000, 128_000, '2027-09-02'],
  ['text-embedding-3-large', 8_192, 0, '2028-02-09'],
  ['gpt-image-1', 8_000, 0, '2026-10-23'],
  ['gpt-realtime', 32_768, 4_096, '2027-02-28'],
  ['gpt-4o-realtime-preview', 128_000, 4_096, null],
];

for (const [model, contextTokens, answerTokensMax, retiresOn] of LIMITS) {
  test(`modelFacts: ${model} takes ${contextTokens} tokens, answers at most ${answerTokensMax}, and is retired on ${retiresOn}`, () => {
    const facts = modelFacts(model);
    assert.deepEqual(
      [facts.contextTokens, facts.answerTokensMax, facts.retiresOn],
      [contextTokens, answerTokensMax, retiresOn],
    );
  });
}

test('MODEL_NAMES: each name leads to its own row, and only models that embed have dimensions', () => {
  assert.ok(MODEL_NAMES.length > 40);
  for (const name of MODEL_NAMES) {
    const facts = knownModel(name);
    assert.equal(facts?.name, name);
    assert.equal(facts?.dimensions !== null, facts?.kind === 'embeddings');
    assert.ok((facts?.requestsPerThousandTokens ?? 0) > 0);
    assert.ok((facts?.contextTokens ?? 0) >= (facts?.answerTokensMax ?? 0));
    assert.match(facts?.retiresOn ?? '2026-01-01', /^20\d\d-[01]\d-[0-3]\d$/);
  }
});

test('ModelTable: without extensions knows what the built-in table knows', () => {
  const table = new ModelTable();
  assert.deepEqual(table.names, MODEL_NAMES);
  assert.equal(table.facts('GPT-4o-2024-08-06'), modelFacts('gpt-4o'));
  assert.deepEqual([table.isKnown('gpt-4o'), table.isKnown('gpt-9')], [true, false]);
  assert.deepEqual(table.facts('gpt-9'), unknownModel('gpt-9'));
});

test('ModelTable: an extension overrides single figures of a known model, found in any spelling, and leaves the built-in one', () => {
  const table = new ModelTable([
    { name: 'GPT-4o', contextTokens: 64_000, provisioned: { outputWeight: 3, asOf: '2024-11-01' } },
  ]);
  const facts = table.facts('gpt-4o-2024-11-20');
  assert.deepEqual([facts.name, facts.contextTokens, facts.answerTokensMax], ['gpt-4o', 64_000, 16_384]);
  assert.deepEqual([facts.provisioned.outputWeight, facts.provisioned.inputTokensPerMinutePerUnit], [3, 2500]);
  assert.equal(modelFacts('gpt-4o').contextTokens, 128_000);
  assert.deepEqual(table.names, MODEL_NAMES);
});

test('ModelTable: an extension adds a model, with the defaults of an unknown one for what it does not say', () => {
  const table = new ModelTable([{ name: 'gpt-9', version: '2027-01-01', reasoning: true }]);
  assert.equal(table.isKnown('GPT-9'), true);
  assert.deepEqual(table.facts('gpt-9'), { ...unknownModel('gpt-9'), version: '2027-01-01', reasoning: true });
  assert.deepEqual(table.names.slice(-1), ['gpt-9']);
});

test('ModelTable: a model that is said to embed has a vector, whatever its name', () => {
  const table = new ModelTable([
    { name: 'vectors-1', kind: 'embeddings', dimensions: 256 },
    { name: 'vectors-2', kind: 'embeddings' },
  ]);
  assert.deepEqual([table.facts('vectors-1').dimensions, table.facts('vectors-2').dimensions], [256, 1536]);
  assert.deepEqual(table.facts('vectors-1').provisioned, ASSUMED_PROVISIONED);
});

test('ModelTable: of a name given twice each adds to what was said before', () => {
  const table = new ModelTable([
    { name: 'gpt-9', contextTokens: 1000 },
    { name: 'gpt-9', answerTokensMax: 10 },
  ]);
  assert.deepEqual([table.facts('gpt-9').contextTokens, table.facts('gpt-9').answerTokensMax], [1000, 10]);
});

test('buyableUnits: rounds up to the minimum, then by steps that are counted from it', () => {
  const rows: ReadonlyArray<readonly [min: number, step: number, units: number, want: number]> = [
    [15, 5, 1, 15],
    [15, 5, 15, 15],
    [15, 5, 16, 20],
    [25, 50, 50, 75],
    [500, 275, 501, 775],
    [50, 50, 147.06, 150],
  ];
  for (const [min, step, units, want] of rows) assert.equal(buyableUnits({ min, step }, units), want, `${units}`);
});
