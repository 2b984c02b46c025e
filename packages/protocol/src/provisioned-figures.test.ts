import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from './models.ts';
import { PROVISIONED_FIGURES, PROVISIONED_FIGURES_OF_2024 } from './provisioned-figures.ts';

/** The published table of 2026-05-22 (wire reference §7.3): minimum and step of Global and Data Zone, then of Regional. */
const TABLE: ReadonlyArray<
  readonly [
    model: string,
    perUnit: number,
    weight: number,
    global: string,
    regional: string | null,
    tokensPerSecond: number,
  ]
> = [
  ['gpt-5.5', 1_200, 6, '15/5', '50/50', 100],
  ['gpt-5.4', 2_400, 6, '15/5', '50/50', 50],
  ['gpt-5.3-codex', 3_400, 8, '15/5', '50/50', 50],
  ['gpt-5.2', 3_400, 8, '15/5', '50/50', 50],
  ['gpt-5.2-codex', 3_400, 8, '15/5', '50/50', 50],
  ['gpt-5.1', 4_750, 8, '15/5', '50/50', 50],
  ['gpt-5.1-codex', 4_750, 8, '15/5', '50/50', 50],
  ['gpt-5', 4_750, 8, '15/5', '50/50', 50],
  ['gpt-5-mini', 23_750, 8, '15/5', '25/25', 80],
  ['gpt-4.1', 3_000, 4, '15/5', '50/50', 80],
  ['gpt-4.1-mini', 14_900, 4, '15/5', '25/25', 90],
  ['gpt-4.1-nano', 59_400, 4, '15/5', '25/25', 100],
  ['o3', 3_000, 4, '15/5', '50/50', 80],
  ['o4-mini', 5_400, 4, '15/5', '25/25', 90],
  ['gpt-4o', 2_500, 4, '15/5', '50/50', 25],
  ['gpt-4o-mini', 37_000, 4, '15/5', '25/25', 33],
  ['o3-mini', 2_500, 4, '15/5', '25/25', 66],
  ['o1', 230, 4, '15/5', '25/50', 25],
  ['Llama-3.3-70B-Instruct', 8_450, 4, '100/100', null, 50],
  ['DeepSeek-R1', 4_000, 4, '100/100', null, 50],
  ['FW-Kimi-K2-Instruct-0905', 1_250, 4, '500/275', null, 50],
  ['FW-DeepSeek-V3.2', 1_500, 4, '1200/600', null, 50],
];

test('PROVISIONED_FIGURES: are those of the published table, found by the name of the model', () => {
  for (const [model, perUnit, weight, global, regional, tokensPerSecond] of TABLE) {
    const { provisioned } = modelFacts(model);
    assert.equal(provisioned.inputTokensPerMinutePerUnit, perUnit, model);
    assert.equal(provisioned.outputWeight, weight, model);
    assert.equal(`${provisioned.global?.min}/${provisioned.global?.step}`, global, model);
    const steps = provisioned.regional;
    assert.equal(steps === null ? null : `${steps.min}/${steps.step}`, regional, model);
    assert.equal(provisioned.tokensPerSecondTarget, tokensPerSecond, model);
    assert.equal(provisioned.asOf, '2026-05-22', model);
  }
});

test('PROVISIONED_FIGURES: no row is without its model, and gpt-5.4 and gpt-4.1 are without long context', () => {
  for (const name of PROVISIONED_FIGURES.keys()) assert.equal(modelFacts(name).provisioned.asOf, '2026-05-22', name);
  const without = [...PROVISIONED_FIGURES].filter(([, { longContext }]) => !longContext).map(([name]) => name);
  assert.deepEqual(without, ['gpt-5.4', 'gpt-4.1', 'gpt-4.1-mini', 'gpt-4.1-nano']);
});

/** Rows C-24 to C-27 of the simulator reference: published examples in calls a minute and tokens, and the units they need. */
const EXAMPLES_OF_2024: ReadonlyArray<readonly [calls: number, prompt: number, answer: number, raw: number]> = [
  [30, 800, 150, 1.01],
  [1_000, 5_000, 50, 139.19],
  [500, 1_000, 300, 25.68],
];

test('PROVISIONED_FIGURES_OF_2024: give the published examples, and the published output tokens per unit', () => {
  const mini = PROVISIONED_FIGURES_OF_2024.get('gpt-4o-mini');
  const rates = ['gpt-4o', 'gpt-4o-mini'].map((name) => {
    const figures = PROVISIONED_FIGURES_OF_2024.get(name);
    return Math.floor((figures?.inputTokensPerMinutePerUnit ?? 0) / (figures?.outputWeight ?? 1));
  });
  assert.deepEqual(rates, [833, 12_333]);
  for (const [calls, prompt, answer, raw] of EXAMPLES_OF_2024) {
    const normalised = calls * (prompt + (mini?.outputWeight ?? 0) * answer);
    assert.equal(Number((normalised / (mini?.inputTokensPerMinutePerUnit ?? 1)).toFixed(2)), raw);
  }
});
