/**
 * Azure Monitor's metrics of `Microsoft.CognitiveServices/accounts` that a simulated resource has: names, units, aggregations and
 * dimensions as Azure lists them. Source: wire reference §9.1; MicrosoftDocs/azure-monitor-docs, "Supported metrics -
 * Microsoft.CognitiveServices/accounts" (2026-07-31). Left out: audio, realtime and fine-tuning, which nothing here counts yet, and
 * the metrics of other Cognitive Services.
 */
import type { Stat } from './stat.ts';
import type { Tally } from './tally.ts';

export const AGGREGATIONS = ['Average', 'Minimum', 'Maximum', 'Total', 'Count'] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

export type DimensionName =
  | 'ApiName'
  | 'OperationName'
  | 'Region'
  | 'StreamType'
  | 'ModelDeploymentName'
  | 'ModelName'
  | 'ModelVersion'
  | 'StatusCode'
  | 'IsSpillover'
  | 'ServiceTierRequest'
  | 'ServiceTierResponse'
  | 'FeatureName'
  | 'UsageChannel';

export interface AzureMetric {
  readonly name: string;
  /** As the portal shows it. */
  readonly displayName: string;
  /** In our words. */
  readonly description: string;
  readonly category: 'Azure OpenAI - HTTP Requests' | 'Azure OpenAI - Latency' | 'Azure OpenAI - Usage';
  readonly unit: 'Count' | 'Percent' | 'MilliSeconds';
  /** The default one. */
  readonly primary: Aggregation;
  readonly supported: readonly Aggregation[];
  readonly dimensions: readonly DimensionName[];
  /** Which samples of a tally it shows; null: of what provisioned deployments are used, which is no matter of requests alone. */
  readonly samples: ((tally: Tally) => Stat) | null;
}

const MODEL: readonly DimensionName[] = ['Region', 'ModelDeploymentName', 'ModelName', 'ModelVersion'];
const CALL: readonly DimensionName[] = [
  'ApiName',
  'OperationName',
  'Region',
  'StreamType',
  'ModelDeploymentName',
  'ModelName',
  'ModelVersion',
];
const TOKEN: readonly DimensionName[] = [
  'ApiName',
  'ModelDeploymentName',
  'FeatureName',
  'UsageChannel',
  'Region',
  'ModelVersion',
];
const UTILISATION: readonly DimensionName[] = [
  'Region',
  'StreamType',
  'ModelDeploymentName',
  'ModelName',
  'ModelVersion',
];

/** Percentages and latencies; a sum of them says nothing. */
const MEAN = { primary: 'Average', supported: ['Minimum', 'Maximum', 'Average'] } as const;
const SUM = { primary: 'Total', supported: ['Total'] } as const;

const REQUESTS: readonly AzureMetric[] = [
  {
    name: 'AzureOpenAIRequests',
    displayName: 'Azure OpenAI Requests',
    description: 'Requests that a deployment served or refused.',
    category: 'Azure OpenAI - HTTP Requests',
    unit: 'Count',
    ...SUM,
    dimensions: [...CALL, 'StatusCode', 'IsSpillover', 'ServiceTierRequest', 'ServiceTierResponse'],
    samples: (tally) => tally.requests,
  },
  {
    name: 'AzureOpenAIAvailabilityRate',
    displayName: 'Azure OpenAI AvailabilityRate',
    description: 'Share of the requests that did not end with a status of 500 or above.',
    category: 'Azure OpenAI - HTTP Requests',
    unit: 'Percent',
    ...MEAN,
    dimensions: CALL,
    samples: (tally) => tally.availability,
  },
];

const LATENCY: readonly AzureMetric[] = [
  {
    ...latency(
      'AzureOpenAITimeToResponse',
      'Time to Response',
      'Until the first content of a stream, or the whole of another answer.',
    ),
    dimensions: [...CALL, 'StatusCode'],
    samples: (tally) => tally.timeToResponseMs,
  },
  {
    ...latency(
      'AzureOpenAINormalizedTTFTInMS',
      'Normalized Time to First Byte',
      'Until the first content, divided by the tokens of the prompt.',
    ),
    samples: (tally) => tally.firstByteMsPerToken,
  },
  {
    ...latency(
      'AzureOpenAINormalizedTBTInMS',
      'Time Between Token',
      'Of streams: from the first content to the end, divided by the tokens after the first.',
    ),
    samples: (tally) => tally.betweenTokensMs,
  },
  {
    ...latency('AzureOpenAITTLTInMS', 'Time to Last Byte', 'Until the answer was whole.'),
    samples: (tally) => tally.lastByteMs,
  },
  {
    ...latency(
      'AzureOpenAITokenPerSecond',
      'Tokens Per Second',
      'Tokens of an answer, divided by the time in which they were generated.',
    ),
    unit: 'Count',
    samples: (tally) => tally.tokensPerSecond,
  },
];

const USAGE: readonly AzureMetric[] = [
  {
    name: 'ActiveTokens',
    displayName: 'Active Tokens',
    description: 'Tokens of prompts and answers without those that the prompt cache held; provisioned deployments.',
    category: 'Azure OpenAI - Usage',
    unit: 'Count',
    primary: 'Total',
    supported: ['Minimum', 'Maximum', 'Average', 'Total'],
    dimensions: MODEL,
    samples: (tally) => tally.activeTokens,
  },
  {
    name: 'AzureOpenAIContextTokensCacheMatchRate',
    displayName: 'Prompt Token Cache Match Rate',
    description: "Share of the prompts' tokens that the cache held; provisioned deployments.",
    category: 'Azure OpenAI - Usage',
    unit: 'Percent',
    ...MEAN,
    dimensions: MODEL,
    samples: (tally) => tally.cacheMatch,
  },
  utilisation('AzureOpenAIProvisionedManagedUtilization', 'Provisioned-managed Utilization (deprecated)'),
  utilisation('AzureOpenAIProvisionedManagedUtilizationV2', 'Provisioned-managed Utilization V2'),
  tokens('GeneratedTokens', 'Generated Completion Tokens', 'Tokens of answers.', (tally) => tally.completionTokens),
  tokens('ProcessedPromptTokens', 'Processed Prompt Tokens', 'Tokens of prompts.', (tally) => tally.promptTokens),
  tokens('TokenTransaction', 'Processed Inference Tokens', 'Tokens of prompts and answers.', (tally) => tally.tokens),
];

export const AZURE_METRICS: readonly AzureMetric[] = [...REQUESTS, ...LATENCY, ...USAGE];

function latency(name: string, displayName: string, description: string) {
  const common = { category: 'Azure OpenAI - Latency', unit: 'MilliSeconds', dimensions: MODEL, ...MEAN } as const;
  return { name, displayName, description, ...common };
}

function utilisation(name: string, displayName: string): AzureMetric {
  return {
    name,
    displayName,
    description:
      'Units that answers took up, divided by the units deployed. The maximum also knows how full the deployment was when it refused.',
    category: 'Azure OpenAI - Usage',
    unit: 'Percent',
    ...MEAN,
    dimensions: UTILISATION,
    samples: null,
  };
}

function tokens(name: string, displayName: string, description: string, samples: (tally: Tally) => Stat): AzureMetric {
  const common = { category: 'Azure OpenAI - Usage', unit: 'Count', dimensions: TOKEN, ...SUM } as const;
  return { name, displayName, description: `${description} Of answers that were given.`, ...common, samples };
}
