/** What the control plane is told to be. */
import type { DeploymentType } from '@spillway/azure-model';

/** How much a subscription may deploy. What is not named fits everything; of several that fit, the last one counts. */
export interface ControlQuota {
  readonly subscription?: string;
  /** `East US` or `eastus`. */
  readonly region?: string;
  /** Of no meaning for provisioned types, whose quota all models share (wire §7.1). */
  readonly model?: string;
  readonly type: DeploymentType;
  /** Standard types: thousands of tokens per minute; provisioned ones: units. */
  readonly limit: number;
}

export interface ControlOptions {
  /** Whether a version of a model that Azure has retired can be deployed. Default refuse, as Azure does. */
  readonly retiredModels?: 'refuse' | 'allow';
  /** How long accounts and deployments take until they are there, in simulated time. Seconds; default 0: they are there at once. */
  readonly provisioningSeconds?: number;
  /** Where they are not said: {@link STANDARD_QUOTA} and {@link UNITS_QUOTA}. */
  readonly quotas?: readonly ControlQuota[];
  /** Accounts of a subscription in one region. Default 30, as Azure has it (wire §6.1). */
  readonly accountsPerRegion?: number;
  /** Standard deployments of one account. Default 32, as Azure has it (wire §6.1). */
  readonly standardDeploymentsPerAccount?: number;
}

/** The options with nothing left open. */
export type ControlPlan = Required<ControlOptions>;

/** Of each model and Standard type where nothing else is said: thousands of tokens per minute. Azure gives less at first (wire §6.3). */
export const STANDARD_QUOTA = 100_000;
/** Of each provisioned type where nothing else is said: units. Azure gives none to most. */
export const UNITS_QUOTA = 100_000;
/** Of one deployment: units (wire §6.1). */
export const UNITS_PER_DEPLOYMENT_MAX = 100_000;
/** Wire §6.1. */
export const ACCOUNTS_PER_REGION = 30;
/** Wire §6.1. */
export const STANDARD_DEPLOYMENTS_PER_ACCOUNT = 32;

export function controlOf(options: ControlOptions = {}): ControlPlan {
  return {
    retiredModels: 'refuse',
    provisioningSeconds: 0,
    quotas: [],
    accountsPerRegion: ACCOUNTS_PER_REGION,
    standardDeploymentsPerAccount: STANDARD_DEPLOYMENTS_PER_ACCOUNT,
    ...options,
  };
}
