/**
 * What a provisioned throughput unit (PTU) of each model is worth. The figures have changed several times (o3: 600, later 3,000
 * input tokens), so each set is dated, and a user's file may say otherwise. Source: wire reference §7.3, simulator reference §3.3.
 */
import { ASSUMED_PROVISIONED, type ProvisionedFigures, type UnitSteps } from './model-facts.ts';

/** Date of the table on Microsoft Learn, "Provisioned throughput sizing". */
const AS_OF = '2026-05-22';

const BY_FIVE: UnitSteps = { min: 15, step: 5 };
const BY_FIFTY: UnitSteps = { min: 50, step: 50 };
const BY_TWENTY_FIVE: UnitSteps = { min: 25, step: 25 };

type Row = readonly [
  models: readonly string[],
  inputTokensPerMinutePerUnit: number,
  outputWeight: number,
  regional: UnitSteps,
  tokensPerSecondTarget: number,
];

const AZURE_OPENAI: readonly Row[] = [
  [['gpt-5.5'], 1_200, 6, BY_FIFTY, 100],
  [['gpt-5.4'], 2_400, 6, BY_FIFTY, 50],
  [['gpt-5.3-codex', 'gpt-5.2', 'gpt-5.2-codex'], 3_400, 8, BY_FIFTY, 50],
  [['gpt-5.1', 'gpt-5.1-codex', 'gpt-5'], 4_750, 8, BY_FIFTY, 50],
  [['gpt-5-mini'], 23_750, 8, BY_TWENTY_FIVE, 80],
  [['gpt-4.1'], 3_000, 4, BY_FIFTY, 80],
  [['gpt-4.1-mini'], 14_900, 4, BY_TWENTY_FIVE, 90],
  [['gpt-4.1-nano'], 59_400, 4, BY_TWENTY_FIVE, 100],
  [['o3'], 3_000, 4, BY_FIFTY, 80],
  [['o4-mini'], 5_400, 4, BY_TWENTY_FIVE, 90],
  [['gpt-4o'], 2_500, 4, BY_FIFTY, 25],
  [['gpt-4o-mini'], 37_000, 4, BY_TWENTY_FIVE, 33],
  [['o3-mini'], 2_500, 4, BY_TWENTY_FIVE, 66],
  [['o1'], 230, 4, { min: 25, step: 50 }, 25],
];

type OtherRow = readonly [models: readonly string[], inputTokensPerMinutePerUnit: number, global: UnitSteps];

/** Not offered as Regional, all at 50 tokens per second. The weight of the Fireworks models (`FW-`, Global only) is not given: 4 is assumed. */
const OTHERS: readonly OtherRow[] = [
  [['Llama-3.3-70B-Instruct'], 8_450, { min: 100, step: 100 }],
  [['DeepSeek-R1', 'DeepSeek-R1-0528', 'DeepSeek-V3-0324'], 4_000, { min: 100, step: 100 }],
  [['FW-GPT-OSS-120B', 'gpt-oss-120b'], 13_500, { min: 80, step: 40 }],
  [['FW-Kimi-K2-Instruct-0905'], 1_250, { min: 500, step: 275 }],
  [['FW-Kimi-K2-Thinking'], 700, { min: 500, step: 275 }],
  [['FW-Kimi-K2.5'], 530, { min: 800, step: 400 }],
  [['FW-Kimi-K2.6'], 2_000, { min: 800, step: 400 }],
  [['FW-DeepSeek-V3.1'], 1_050, { min: 800, step: 400 }],
  [['FW-DeepSeek-V3.2'], 1_500, { min: 1_200, step: 600 }],
  [['FW-Qwen3-14B'], 4_800, { min: 80, step: 40 }],
  [['FW-MiniMax-M2.5'], 3_000, { min: 400, step: 200 }],
  [['FW-GLM-5'], 3_500, { min: 700, step: 350 }],
  [['FW-GLM-4.7'], 3_000, { min: 800, step: 400 }],
];

/** Models whose table gives no weight of output; the weight of their figures is a guess (wire reference §7.3). */
export const OUTPUT_WEIGHT_ASSUMED: ReadonlySet<string> = new Set(
  OTHERS.flatMap(([models]) => models).filter((name) => /^FW-|^gpt-oss/.test(name)),
);

/** Prompts above 128,000 tokens are refused on provisioned deployments (wire reference §7.3, notes). */
const WITHOUT_LONG_CONTEXT: ReadonlySet<string> = new Set(['gpt-5.4', 'gpt-4.1', 'gpt-4.1-mini', 'gpt-4.1-nano']);

export const PROVISIONED_FIGURES: ReadonlyMap<string, ProvisionedFigures> = new Map(
  [...AZURE_OPENAI.flatMap(figuresOfRow), ...OTHERS.flatMap(figuresOfOthers)].map(([name, figures]) => [
    name,
    { ...figures, longContext: !WITHOUT_LONG_CONTEXT.has(name), asOf: AS_OF },
  ]),
);

type Named = readonly [name: string, figures: ProvisionedFigures];

function figuresOfRow([models, perUnit, outputWeight, regional, tokensPerSecondTarget]: Row): readonly Named[] {
  const own = { inputTokensPerMinutePerUnit: perUnit, outputWeight, regional, tokensPerSecondTarget };
  return models.map((name) => [name, { ...ASSUMED_PROVISIONED, ...own, global: BY_FIVE }]);
}

function figuresOfOthers([models, inputTokensPerMinutePerUnit, global]: OtherRow): readonly Named[] {
  const own = { inputTokensPerMinutePerUnit, global, regional: null, tokensPerSecondTarget: 50 };
  return models.map((name) => [name, { ...ASSUMED_PROVISIONED, ...own }]);
}

/**
 * The set of 2024, whose output tokens weighed 3 (2,500 input or 833 output tokens per unit; 37,000 or 12,333). Examples that
 * Microsoft still publishes fit only this one. As `provisioned` of a user's model, it takes the place of today's.
 */
export const PROVISIONED_FIGURES_OF_2024: ReadonlyMap<string, ProvisionedFigures> = new Map(
  ['gpt-4o', 'gpt-4o-mini'].map((name) => {
    const today = PROVISIONED_FIGURES.get(name) ?? ASSUMED_PROVISIONED;
    return [name, { ...today, outputWeight: 3, asOf: '2024-11-01' }];
  }),
);
