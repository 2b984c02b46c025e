/**
 * What Azure tells by itself: of Azure OpenAI resources, of API Management, of replicas. Each table is filled only where a diagnostic setting
 * sends it there.
 * Source: Microsoft Learn, "Azure OpenAI monitoring data reference", and the Azure Monitor Logs references of the tables, read 2026-11-21.
 */
import type { Query } from './query.ts';

const OPENAI_METRICS = `AzureMetrics
| where ResourceProvider == "MICROSOFT.COGNITIVESERVICES"
`;

const openAi: readonly Query[] = [
  {
    name: 'openai-utilisation',
    title:
      'Utilisation of provisioned units, by resource: highest in each minute. Percent; from 100 on Azure answers 429.',
    notes: [
      'Metrics in the workspace have no dimensions: of several deployments on a resource it is the highest one. By deployment: Metrics in the portal,',
      'Provisioned-managed Utilization V2, split by ModelDeploymentName; or spillway_quota_utilisation_ratio of the gateway.',
    ],
    source: 'azureOpenAi',
    shown: 'timechart',
    text: `${OPENAI_METRICS}| where MetricName == "AzureOpenAIProvisionedManagedUtilizationV2"
| summarize utilisation = max(Maximum) by bin(TimeGenerated, 1m), Resource
| order by TimeGenerated asc
`,
  },
  {
    name: 'openai-tokens',
    title: 'Tokens per minute that each resource processed, as Azure itself counts.',
    notes: ['More than the gateway logs: somebody else uses the resource too, or answers did not tell their usage.'],
    source: 'azureOpenAi',
    shown: 'timechart',
    text: `${OPENAI_METRICS}| where MetricName in ("ProcessedPromptTokens", "GeneratedTokens")
| summarize tokens = sum(Total) by bin(TimeGenerated, 1m), Resource
| order by TimeGenerated asc
`,
  },
  {
    name: 'openai-throttling',
    title: '429s by resource, as Azure logged them, with their share of all requests.',
    notes: ['Needs the log category RequestResponse. Callers beside the gateway are counted too.'],
    source: 'azureOpenAi',
    shown: 'table',
    text: `AzureDiagnostics
| where ResourceProvider == "MICROSOFT.COGNITIVESERVICES" and Category == "RequestResponse"
| summarize requests = count(), refusals = countif(ResultSignature == "429") by bin(TimeGenerated, 1m), Resource
| where refusals > 0
| extend refusedPercent = round(100.0 * refusals / requests, 1)
| order by TimeGenerated desc
`,
  },
  {
    name: 'openai-latency',
    title: 'How long requests took within Azure, by resource and deployment. Milliseconds.',
    notes: ['Needs the log category RequestResponse. The whole answer, streams included.'],
    source: 'azureOpenAi',
    shown: 'table',
    text: `AzureDiagnostics
| where ResourceProvider == "MICROSOFT.COGNITIVESERVICES" and Category == "RequestResponse" and ResultSignature == "200"
| extend properties = parse_json(properties_s)
| summarize requests = count(), wholeP50 = percentile(DurationMs, 50), wholeP95 = percentile(DurationMs, 95), wholeP99 = percentile(DurationMs, 99)
    by Resource, deployment = tostring(properties.modelDeploymentName)
| order by requests desc
`,
  },
];

const apiManagement: readonly Query[] = [
  {
    name: 'apim-tokens',
    title: 'Tokens by subscription of API Management and deployment.',
    notes: ['Needs the log categories GatewayLogs and GatewayLlmLogs, as deploy/api-management sets them.'],
    source: 'apiManagement',
    shown: 'table',
    text: `ApiManagementGatewayLlmLog
| summarize promptTokens = max(PromptTokens), completionTokens = max(CompletionTokens), deployment = max(DeploymentName), model = max(ModelName) by CorrelationId
| join kind=inner (ApiManagementGatewayLogs | project CorrelationId, ApimSubscriptionId) on CorrelationId
| summarize requests = count(), promptTokens = sum(promptTokens), completionTokens = sum(completionTokens) by subscription = ApimSubscriptionId, deployment, model
| order by promptTokens + completionTokens desc
`,
  },
  {
    name: 'apim-throttling',
    title: '429s that callers of API Management saw, and those that backends answered last, by minute.',
    notes: ['A log line has the last backend alone: what a retry hid from the caller is not in it.'],
    source: 'apiManagement',
    shown: 'timechart',
    text: `ApiManagementGatewayLogs
| summarize seenByCallers = countif(ResponseCode == 429), answeredByBackends = countif(BackendResponseCode == 429) by bin(TimeGenerated, 1m)
| order by TimeGenerated asc
`,
  },
  {
    name: 'apim-backends',
    title: 'Which backend answered last, with status and time. Milliseconds.',
    notes: ['gatewayP95: what API Management itself took.'],
    source: 'apiManagement',
    shown: 'table',
    text: `ApiManagementGatewayLogs
| where isnotempty(BackendUrl)
| extend host = tostring(parse_url(BackendUrl).Host)
| summarize requests = count(), backendP50 = percentile(BackendTime, 50), backendP95 = percentile(BackendTime, 95), gatewayP95 = percentile(TotalTime - BackendTime, 95)
    by host, BackendResponseCode
| order by requests desc
`,
  },
  {
    name: 'apim-failures',
    title: 'What callers of API Management got that was no good answer, with the reason that it gives.',
    notes: [],
    source: 'apiManagement',
    shown: 'table',
    text: `ApiManagementGatewayLogs
| where ResponseCode >= 400
| summarize requests = count(), lastSeen = max(TimeGenerated), example = take_any(CorrelationId) by ResponseCode, LastErrorSource, LastErrorReason, ApimSubscriptionId
| order by requests desc
`,
  },
];

const platform: readonly Query[] = [
  {
    name: 'replicas',
    title: 'What Container Apps did to replicas: started, ended, found unhealthy.',
    notes: [
      'The log of the platform, not of the gateway. For environments that log by azure-monitor, as our template has it.',
    ],
    source: 'platform',
    shown: 'table',
    text: `ContainerAppSystemLogs
| where isnotempty(ReplicaName)
| summarize times = count(), (lastSeen, message) = arg_max(TimeGenerated, Log) by app = ContainerAppName, RevisionName, ReplicaName, Reason
| order by lastSeen desc
`,
  },
];

export const AZURE_QUERIES: readonly Query[] = [...openAi, ...apiManagement, ...platform];
