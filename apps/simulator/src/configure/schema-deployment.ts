/** The schema of a model deployment, and of a quota that several share. */
import { DEPLOYMENT_TYPES, type DeploymentOptions, QUOTA_MODES, type SharedQuotaOptions } from '@spillway/azure-model';
import * as z from 'zod';
import {
  BUCKET_SECONDS_MAX,
  CAPACITY_MAX,
  DEFAULT_SUBSCRIPTION,
  REQUESTS_PER_MINUTE_MAX,
  TOKENS_MAX,
} from '../defaults.ts';
import { amount, count, line, name, type Shape } from './kinds.ts';

const requestsPerMinute = () =>
  count({ min: 1, max: REQUESTS_PER_MINUTE_MAX }, 180).describe(
    'Standard types: requests per minute. Absent: derived from the capacity, as Azure does, where it cannot be set.',
  );

const quotaMode = () =>
  z
    .enum(QUOTA_MODES)
    .meta({ default: 'documented' })
    .describe(
      'Standard types: how it counts. `documented`: prompt and longest answer, in a fixed minute. `measured-2024`: as the service was seen to count in 2024, in a sliding minute.',
    );

const deploymentShape = {
  name: name().describe('What clients call it. Unique in its resource.'),
  model: name().describe(
    'For example `gpt-4o`. One that is neither in the table nor in `models` gets stated defaults, with a warning.',
  ),
  modelVersion: name().exactOptional().describe('For example `2024-11-20`. Absent: the one of the table.'),
  type: z
    .enum(DEPLOYMENT_TYPES)
    .meta({ default: 'Standard' })
    .exactOptional()
    .describe('The `sku.name` of the deployment in Azure.'),
  capacity: amount(CAPACITY_MAX, 30).describe(
    'As in Azure (`sku.capacity`): thousands of tokens per minute for Standard types, PTUs for provisioned ones.',
  ),
  requestsPerMinute: requestsPerMinute().exactOptional(),
  quotaMode: quotaMode().exactOptional(),
  bucketSeconds: amount(BUCKET_SECONDS_MAX, 60)
    .meta({ default: 60 })
    .exactOptional()
    .describe('Provisioned types: depth of the bucket, in seconds of what drains from it. Azure does not publish it.'),
  assumedAnswerTokens: count({ min: 0, max: TOKENS_MAX }, 1000)
    .meta({ default: 1000 })
    .exactOptional()
    .describe(
      'Provisioned types: taken on arrival for the length of an answer that the request does not bound. Tokens. Azure does not publish it.',
    ),
  spilloverDeploymentName: name()
    .exactOptional()
    .describe('Provisioned types: the Standard deployment of the same resource that takes what this one refuses.'),
  contentFilter: z
    .enum(['synchronous', 'asynchronous'])
    .meta({ default: 'synchronous' })
    .exactOptional()
    .describe(
      '`asynchronous`: the text of a stream is not held back, and the verdicts of the filter come as events of their own.',
    ),
} satisfies Shape<DeploymentOptions>;

export const deployment = z.strictObject(deploymentShape).describe('A model deployment, with a quota of its own.');

const quotaShape = {
  subscription: line().meta({ default: DEFAULT_SUBSCRIPTION }).exactOptional().describe('As the resources have it.'),
  region: line().describe('As the resources have it, in any case.'),
  model: name().describe('For example `gpt-4o`.'),
  type: z
    .enum(['Standard', 'DataZoneStandard', 'GlobalStandard'])
    .meta({ default: 'Standard' })
    .exactOptional()
    .describe('The `sku.name` of the deployments.'),
  capacity: amount(CAPACITY_MAX, 30).describe('Thousands of tokens per minute, over all deployments of the key.'),
  requestsPerMinute: requestsPerMinute().exactOptional(),
  quotaMode: quotaMode().exactOptional(),
} satisfies Shape<SharedQuotaOptions>;

export const quota = z
  .strictObject(quotaShape)
  .describe(
    'What all Standard deployments of one subscription, region, model and type draw on together, besides their own. Azure gives quota so; resources that look apart may share it.',
  );
