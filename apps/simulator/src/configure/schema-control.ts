/** Keys of the control plane. */
import { DEPLOYMENT_TYPES } from '@spillway/azure-model';
import * as z from 'zod';
import {
  ACCOUNTS_PER_REGION,
  type ControlOptions,
  type ControlQuota,
  STANDARD_DEPLOYMENTS_PER_ACCOUNT,
  STANDARD_QUOTA,
  UNITS_QUOTA,
} from '../arm/control-options.ts';
import { CAPACITY_MAX, DEPLOYMENTS_MAX, QUOTAS_MAX, RESOURCES_MAX } from '../defaults.ts';
import { count, line, list, name, quantity, type Shape } from './kinds.ts';

/** A day: longer waits have no use in a simulation. */
const PROVISIONING_SECONDS_MAX = 86_400;

const controlQuotaShape = {
  subscription: line().exactOptional().describe('As the resources have it. Absent: each.'),
  region: line().exactOptional().describe('`East US` or `eastus`. Absent: each.'),
  model: name()
    .exactOptional()
    .describe('Standard types: for example `gpt-4o`. Absent: each. Provisioned types have one quota for all models.'),
  type: z.enum(DEPLOYMENT_TYPES).describe('The `sku.name` of the deployments.'),
  limit: quantity(CAPACITY_MAX, 240).describe(
    'What all deployments together may have: thousands of tokens per minute for Standard types, PTUs for provisioned ones.',
  ),
} satisfies Shape<ControlQuota>;

export const controlQuota = z
  .strictObject(controlQuotaShape)
  .describe('How much can be deployed; of several that fit, the last one counts.');

const controlShape = {
  retiredModels: z
    .enum(['refuse', 'allow'])
    .meta({ default: 'refuse' })
    .exactOptional()
    .describe('Whether versions of models that Azure has retired can be deployed through the control plane.'),
  provisioningSeconds: quantity(PROVISIONING_SECONDS_MAX, 30)
    .meta({ default: 0 })
    .exactOptional()
    .describe(
      'How long accounts and deployments take until they are there, in simulated time. Seconds; 0: they are there at once.',
    ),
  quotas: list(controlQuota, QUOTAS_MAX, 'quotas')
    .exactOptional()
    .describe(
      `Quota per subscription, region, model and type. Where none is said: ${STANDARD_QUOTA} (100 million tokens per minute) of each model and Standard type, ${UNITS_QUOTA} PTUs of each provisioned type. What the file itself deploys is counted, and never refused.`,
    ),
  accountsPerRegion: count({ min: 1, max: RESOURCES_MAX }, ACCOUNTS_PER_REGION)
    .meta({ default: ACCOUNTS_PER_REGION })
    .exactOptional()
    .describe('Accounts of one subscription in one region.'),
  standardDeploymentsPerAccount: count({ min: 1, max: DEPLOYMENTS_MAX }, STANDARD_DEPLOYMENTS_PER_ACCOUNT)
    .meta({ default: STANDARD_DEPLOYMENTS_PER_ACCOUNT })
    .exactOptional()
    .describe('Standard deployments of one account.'),
} satisfies Shape<ControlOptions>;

export const control = z.strictObject(controlShape).describe('What the control plane (ARM) allows.');
