/** What requests leave behind: logs in a workspace, tokens of language models among them, and metrics in Application Insights. */
import { API } from '../arm/azure.ts';
import { idOf, parameter, propertiesOf, text, type Value } from '../arm/expression.ts';
import { named, parentOf, type Resource } from '../arm/template.ts';
import { APIM_API, SERVICE, service, TAGS } from './service.ts';

/** The first versions that know `largeLanguageModel` are previews still. */
const LLM_LOGS_API = '2025-09-01-preview';

const workspace: Resource = {
  symbol: 'workspace',
  type: 'Microsoft.OperationalInsights/workspaces',
  apiVersion: API.workspaces,
  name: named(text`log-${parameter('resourceToken')}`),
  body: {
    location: parameter('location'),
    tags: TAGS,
    properties: { sku: { name: 'PerGB2018' }, retentionInDays: 30 },
  },
};

const insights: Resource = {
  symbol: 'insights',
  type: 'Microsoft.Insights/components',
  apiVersion: API.components,
  name: named(text`appi-${parameter('resourceToken')}`),
  body: {
    location: parameter('location'),
    tags: TAGS,
    kind: 'web',
    properties: { Application_Type: 'web', WorkspaceResourceId: idOf(workspace) },
  },
};

const insightsLogger = logger('applicationinsights', {
  loggerType: 'applicationInsights',
  resourceId: idOf(insights),
  credentials: { connectionString: propertiesOf(insights).at('ConnectionString') },
});

const monitorLogger = logger('azuremonitor', { loggerType: 'azureMonitor', isBuffered: true });

function logger(name: string, properties: { readonly [key: string]: Value }): Resource {
  return {
    symbol: `logger_${name}`,
    type: `${SERVICE}/loggers`,
    apiVersion: APIM_API,
    name: named(name),
    parent: parentOf(service),
    body: { properties },
  };
}

/** What is logged goes to tables of its own, with columns for tokens. */
const logExport: Resource = {
  symbol: 'logs',
  type: 'Microsoft.Insights/diagnosticSettings',
  apiVersion: API.diagnostics,
  name: named('spillway'),
  scope: parentOf(service),
  body: {
    properties: {
      workspaceId: idOf(workspace),
      logAnalyticsDestinationType: 'Dedicated',
      logs: ['GatewayLogs', 'GatewayLlmLogs'].map((category) => ({ category, enabled: true })),
      metrics: [{ category: 'AllMetrics', enabled: true }],
    },
  },
};

/** No bodies: they would hold back streams, and prompts are nobody's business. */
const NO_BODY: Value = { headers: [], body: { bytes: 0 } };
const NO_BODIES: Value = { request: NO_BODY, response: NO_BODY };

export function monitoringOf(api: Resource): readonly Resource[] {
  const common = { alwaysLog: 'allErrors', sampling: { samplingType: 'fixed', percentage: 100 } };
  const diagnostic = (name: string, apiVersion: string, properties: { readonly [key: string]: Value }): Resource => ({
    symbol: `diagnostic_${name}`,
    type: `${SERVICE}/apis/diagnostics`,
    apiVersion,
    name: named(name),
    parent: parentOf(api),
    body: { properties: { ...common, ...properties, frontend: NO_BODIES, backend: NO_BODIES } },
  });
  return [
    workspace,
    insights,
    insightsLogger,
    monitorLogger,
    logExport,
    // Without `metrics`, the policy that emits tokens is silent.
    diagnostic('applicationinsights', APIM_API, {
      loggerId: idOf(insightsLogger),
      metrics: true,
      httpCorrelationProtocol: 'W3C',
      verbosity: 'information',
    }),
    diagnostic('azuremonitor', LLM_LOGS_API, {
      loggerId: idOf(monitorLogger),
      largeLanguageModel: { logs: 'enabled' },
    }),
  ];
}
