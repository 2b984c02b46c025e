/** The schema of models beside, or in place of, those of the table. */
import {
  CAPACITY_UNITS,
  MODEL_KINDS,
  type ModelExtension,
  type ProvisionedFigures,
  type UnitSteps,
} from '@spillway/protocol';
import * as z from 'zod';
import { TOKENS_MAX } from '../defaults.ts';
import { amount, count, day, flag, name, type Shape } from './kinds.ts';

const UNITS_MAX = 100_000;

const stepsShape = {
  min: count({ min: 1, max: UNITS_MAX }, 15).describe('The fewest units that can be bought.'),
  step: count({ min: 1, max: UNITS_MAX }, 5).describe('Units that can be added at a time.'),
} satisfies Shape<UnitSteps>;

const steps = () => z.strictObject(stepsShape).describe('Units that can be bought.').nullable().exactOptional();

const figuresShape = {
  inputTokensPerMinutePerUnit: amount(TOKENS_MAX, 2500)
    .exactOptional()
    .describe('Input tokens per minute that one unit serves.'),
  outputWeight: amount(1000, 4).exactOptional().describe('Input tokens that one output token counts for.'),
  global: steps().describe('Of Global and Data Zone deployments; `null` where they are not offered.'),
  regional: steps().describe('Of Regional deployments; `null` where they are not offered.'),
  tokensPerSecondTarget: amount(10_000, 25)
    .exactOptional()
    .describe('Output tokens per second that 99 % of requests get at least.'),
  longContext: flag().exactOptional().describe('Whether prompts above 128,000 tokens are served.'),
  asOf: day().nullable().exactOptional().describe('Date of the table that the figures are from.'),
} satisfies Shape<ProvisionedFigures>;

const REQUEST_WINDOW_RULE = 'is neither 10 nor 60; Azure counts requests in slices of 10 or 60 seconds';

const modelShape = {
  name: name().describe('As deployments name it. One that is in the table keeps what is not given here.'),
  kind: z.enum(MODEL_KINDS).exactOptional().describe('Absent for a new model: by its name.'),
  version: name().nullable().exactOptional().describe('Version that an answer names after the model.'),
  capacityUnit: z
    .enum(CAPACITY_UNITS)
    .exactOptional()
    .describe('What the capacity of a Standard deployment counts; with `requests`, tokens are not limited.'),
  requestsPerThousandTokens: amount(1000, 6)
    .exactOptional()
    .describe(
      'Requests per minute that come with each 1,000 tokens per minute of a Standard deployment, or with each unit of its capacity.',
    ),
  requestWindowSeconds: z
    .literal([10, 60], { error: REQUEST_WINDOW_RULE })
    .exactOptional()
    .describe('Length of the slices in which requests are counted. Seconds.'),
  reasoning: flag().exactOptional().describe('Whether it thinks before it answers; `max_tokens` is refused then.'),
  dimensions: count({ min: 1, max: 100_000 }, 1536)
    .nullable()
    .exactOptional()
    .describe('Length of a vector of an embeddings model.'),
  dimensionsSettable: flag().exactOptional().describe('Whether `dimensions` may ask for a shorter vector.'),
  contextTokens: count({ min: 1, max: TOKENS_MAX }, 128_000)
    .exactOptional()
    .describe('Prompt and answer together. Tokens.'),
  answerTokensMax: count({ min: 0, max: TOKENS_MAX }, 16_384)
    .exactOptional()
    .describe('The longest answer, thoughts included. Tokens.'),
  retiresOn: day().nullable().exactOptional().describe('When Azure retires the version.'),
  provisioned: z
    .strictObject(figuresShape)
    .exactOptional()
    .describe('What a provisioned throughput unit (PTU) of the model is worth.'),
} satisfies Shape<ModelExtension>;

export const model = z
  .strictObject(modelShape)
  .describe(
    'A model that is not in the table, or what is said otherwise of one that is: no release is needed for a new model.',
  );
