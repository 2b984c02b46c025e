/** The metrics of what is believed of quotas: of each deployment's own, and of the one that it shares. */
import type { DeploymentReport, ForecastReport } from '@spillway/protocol';
import type { Metric } from './metrics.ts';

/** In the label `quota`: the deployment's own. A shared one has a name; no name is like this one by chance alone. */
export const OWN = 'own';

export const QUOTA_METRICS: readonly Metric[] = [
  ofQuota(
    'spillway_quota_configured_tokens_per_minute',
    'tokens per minute',
    'Quota as configured. Absent where it is not.',
    (quota) => quota.configuredTokensPerMinute,
  ),
  ofQuota(
    'spillway_quota_usable_tokens_per_minute',
    'tokens per minute',
    'Quota that is believed to be in force, after what headers and refusals told; below the configured one while Azure grants less. Absent where nothing is known.',
    (quota) => quota.usableTokensPerMinute,
  ),
  ofQuota(
    'spillway_quota_remaining_tokens',
    'tokens',
    'What is believed to be left of the present window. Absent where nothing is known.',
    (quota) => quota.remainingTokens,
  ),
  ofQuota(
    'spillway_quota_remaining_requests',
    null,
    'Requests that are believed to be left in the present slice or minute. Absent where nothing is known, or nothing limits them.',
    (quota) => quota.remainingRequests,
  ),
  ofQuota(
    'spillway_quota_utilisation_ratio',
    'ratio',
    'Believed utilisation of a provisioned deployment; 1 is 100 %, from which on Azure refuses. Absent for others.',
    (quota) => quota.utilisation,
  ),
  ofQuota(
    'spillway_quota_forecast_error_tokens',
    'tokens',
    'How far the forecast was off lately when Azure told what was left, on average. Absent until the first comparison.',
    (quota) => quota.errorTokens,
  ),
  ofQuota(
    'spillway_quota_others_tokens_per_minute',
    'tokens per minute',
    'What others are believed to send to the same deployment, past the gateway. Absent where nothing is known of the quota.',
    (quota) => (quota.usableTokensPerMinute === null ? null : quota.othersTokensPerMinute),
  ),
  ofDeployment(
    'spillway_deployment_owed_tokens',
    'tokens',
    'Held for exchanges that wait, and for clients that were told when to come back.',
    (deployment) => deployment.owedTokens,
  ),
  ofDeployment(
    'spillway_deployment_latency_seconds',
    'seconds',
    'Usual time to the head of an answer: a running mean over answers that were good. Absent before the first.',
    ({ latencyMs }) => (latencyMs === null ? null : latencyMs / 1000),
  ),
];

function ofQuota(
  name: string,
  unit: string | null,
  help: string,
  value: (quota: ForecastReport) => number | null,
): Metric {
  return {
    name,
    type: 'gauge',
    unit,
    labels: ['deployment', 'backend', 'quota'],
    help,
    read: ({ fleet }, take) => {
      for (const { id, backend, quotas } of fleet.deployments) {
        for (const quota of quotas) {
          const figure = value(quota);
          if (figure !== null) take([id, backend, quota.name ?? OWN], figure);
        }
      }
    },
  };
}

function ofDeployment(
  name: string,
  unit: string,
  help: string,
  value: (deployment: DeploymentReport) => number | null,
): Metric {
  return {
    name,
    type: 'gauge',
    unit,
    labels: ['deployment', 'backend'],
    help,
    read: ({ fleet }, take) => {
      for (const one of fleet.deployments) {
        const figure = value(one);
        if (figure !== null) take([one.id, one.backend], figure);
      }
    },
  };
}
