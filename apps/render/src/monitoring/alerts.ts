/**
 * When somebody is to be told. Log alerts ask the gateway's lines, metric alerts what Azure measures.
 * Source: Microsoft Learn, "Microsoft.Insights/scheduledQueryRules 2023-12-01", "… metricAlerts 2018-03-01" and "… actionGroups 2023-01-01", read
 * 2026-11-21.
 */
import { API } from '../arm/azure.ts';
import { call, copyIndex, each, idOf, lines, parameter, text, type Value, variable, when } from '../arm/expression.ts';
import { named, type Resource } from '../arm/template.ts';
import { EXCHANGES, LINES, linesOf, type Query } from './query.ts';

/** Fewer requests than these in a window, and a share of them says nothing. */
const REQUESTS_MIN = 20;

interface Rule {
  readonly symbol: string;
  readonly query: Query;
  readonly severity: 0 | 1 | 2 | 3 | 4;
  /** How far back it looks, each time. ISO 8601. */
  readonly window: 'PT5M' | 'PT15M';
  /** Column of figures, the highest of which is held against the threshold; null: rows are counted. */
  readonly column: string | null;
  readonly threshold: Value;
  /** Tells apart what is alerted on by itself. */
  readonly splitBy: string | null;
}

const shareOf = (counted: string): string => `| summarize requests = count(), counted = countif(${counted})
| where requests >= ${REQUESTS_MIN}
| project percent = round(100.0 * counted / requests, 1)
`;

/** Of the name of a rule's query; the rule's own is without. */
const PREFIX = 'alert-';

function alertQuery(name: string, title: string, source: Query['source'], body: string): Query {
  const notes = ['Asked by the alert rule of this name; the threshold is a parameter of the template.'];
  return { name: `${PREFIX}${name}`, title, notes, source, shown: null, text: body };
}

const THROTTLED: Rule = {
  symbol: 'clientsThrottled',
  query: alertQuery(
    'clients-throttled',
    'Share of requests that ended with 429 for the client. Percent.',
    'gateway',
    `${EXCHANGES}${shareOf('toint(record.status) == 429')}`,
  ),
  severity: 2,
  window: 'PT15M',
  column: 'percent',
  threshold: parameter('throttledPercent'),
  splitBy: null,
};

const FAILED: Rule = {
  symbol: 'clientsFailed',
  query: alertQuery(
    'clients-failed',
    'Share of requests that failed for the client by 5xx, or whose answer broke off. Percent.',
    'gateway',
    `${EXCHANGES}${shareOf('toint(record.status) >= 500 or tostring(record.ending) == "cut"')}`,
  ),
  severity: 1,
  window: 'PT15M',
  column: 'percent',
  threshold: parameter('failedPercent'),
  splitBy: null,
};

const NOBODY: Rule = {
  symbol: 'noHealthyDeployment',
  query: alertQuery(
    'no-healthy-deployment',
    'Requests that no deployment could answer: all broken, paused or out of reach.',
    'gateway',
    `${EXCHANGES}| where toint(record.status) == 503 and isempty(tostring(record.deployment))
| project TimeGenerated, model = tostring(record.model)
`,
  ),
  severity: 0,
  window: 'PT5M',
  column: null,
  threshold: 0,
  splitBy: 'model',
};

const OPERATOR: Rule = {
  symbol: 'operatorProblem',
  query: alertQuery(
    'operator-problem',
    'What only an operator can mend: a credential, a role, a firewall, a configuration that was not taken.',
    'gateway',
    `${LINES}${linesOf('operatorProblem')}| project TimeGenerated, subject = tostring(record.subject), message = tostring(record.msg)
`,
  ),
  severity: 2,
  window: 'PT15M',
  column: null,
  threshold: 0,
  splitBy: 'subject',
};

const APIM_THROTTLED: Rule = {
  symbol: 'apimThrottled',
  query: alertQuery(
    'apim-throttled',
    'Share of requests that API Management answered with 429. Percent.',
    'apiManagement',
    `ApiManagementGatewayLogs
${shareOf('ResponseCode == 429')}`,
  ),
  severity: 2,
  window: 'PT15M',
  column: 'percent',
  threshold: parameter('throttledPercent'),
  splitBy: null,
};

const RULES: readonly Rule[] = [THROTTLED, FAILED, NOBODY, OPERATOR, APIM_THROTTLED];
export const ALERT_QUERIES: readonly Query[] = RULES.map(({ query }) => query);

const ownGroup: Resource = {
  symbol: 'mail',
  type: 'Microsoft.Insights/actionGroups',
  apiVersion: API.actionGroups,
  name: named(text`${parameter('name')}-alerts`),
  condition: call('not', call('empty', parameter('alertEmails'))),
  body: {
    location: 'Global',
    properties: {
      groupShortName: 'spillway',
      enabled: true,
      emailReceivers: each('map', parameter('alertEmails'), 'address', (address) => ({
        name: address,
        emailAddress: address,
        useCommonAlertSchema: true,
      })),
    },
  },
};

/** Whom alerts go to: a list, empty where nobody is named; they then show in the portal alone. */
export const TOLD: Value = call(
  'concat',
  when(call('empty', parameter('alertEmails')), [], [idOf(ownGroup)]),
  parameter('actionGroupIds'),
);

function logAlert({ symbol, query, severity, window, column, threshold, splitBy }: Rule): Resource {
  const other = query.source === 'apiManagement' ? 'gateway' : 'apiManagement';
  const measured: Value =
    column === null ? { timeAggregation: 'Count' } : { timeAggregation: 'Maximum', metricMeasureColumn: column };
  const dimensions: Value = splitBy === null ? [] : [{ name: splitBy, operator: 'Include', values: ['*'] }];
  const name = query.name.slice(PREFIX.length);
  const failingPeriods = { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 };
  const condition: Value = { query: lines(query.text), ...measured, dimensions, operator: 'GreaterThan' };
  return {
    symbol,
    type: 'Microsoft.Insights/scheduledQueryRules',
    apiVersion: API.scheduledQueryRules,
    name: named(text`${parameter('name')}-${name}`),
    condition: call('not', call('equals', parameter('frontDoor'), other)),
    body: {
      location: parameter('location'),
      kind: 'LogAlert',
      properties: {
        displayName: text`${parameter('name')}: ${name.replaceAll('-', ' ')}`,
        description: query.title,
        severity,
        enabled: true,
        scopes: [parameter('workspaceId')],
        evaluationFrequency: 'PT5M',
        windowSize: window,
        criteria: { allOf: [{ ...condition, threshold, failingPeriods }] },
        autoMitigate: true,
        // A table is there only when its first line has come.
        skipQueryValidation: true,
        actions: { actionGroups: variable('told') },
      },
    },
  };
}

interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly threshold: Value;
  readonly splitBy: string;
}

function metricAlert(
  base: Omit<Resource, 'type' | 'apiVersion' | 'body'>,
  scope: Value,
  metric: Metric,
  description: string,
  severity: number,
): Resource {
  const criterion: Value = {
    name: 'first',
    criterionType: 'StaticThresholdCriterion',
    metricNamespace: metric.namespace,
    metricName: metric.name,
    timeAggregation: 'Maximum',
    operator: 'GreaterThan',
    threshold: metric.threshold,
    dimensions: [{ name: metric.splitBy, operator: 'Include', values: ['*'] }],
    // A metric is there only when its first value has come.
    skipMetricValidation: true,
  };
  return {
    ...base,
    type: 'Microsoft.Insights/metricAlerts',
    apiVersion: API.metricAlerts,
    body: {
      location: 'global',
      properties: {
        description,
        severity,
        enabled: true,
        scopes: [scope],
        evaluationFrequency: 'PT1M',
        windowSize: 'PT5M',
        criteria: { 'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria', allOf: [criterion] },
        autoMitigate: true,
        actions: each('map', variable('told'), 'group', (group) => ({ actionGroupId: group })),
      },
    },
  };
}

/** One for each resource: an alert on several at once is not offered for this metric everywhere. */
const utilisation = metricAlert(
  {
    symbol: 'utilisation',
    name: (index) => text`${parameter('name')}-utilisation-${index}`,
    copies: { count: call('length', parameter('openAiIds')), isSerial: false },
  },
  parameter('openAiIds').item(copyIndex),
  {
    namespace: 'Microsoft.CognitiveServices/accounts',
    name: 'AzureOpenAIProvisionedManagedUtilizationV2',
    threshold: parameter('utilisationPercent'),
    splitBy: 'ModelDeploymentName',
  },
  'Provisioned units are used up to this percentage; from 100 on Azure answers 429.',
  3,
);

/** Restarts of a replica are counted from its beginning, so it stays on until the replica is replaced. */
const restarts = metricAlert(
  {
    symbol: 'restarts',
    name: named(text`${parameter('name')}-restarts`),
    condition: call('not', call('empty', parameter('containerAppId'))),
  },
  parameter('containerAppId'),
  {
    namespace: 'Microsoft.App/containerApps',
    name: 'RestartCount',
    threshold: parameter('restartsMax'),
    splitBy: 'podName',
  },
  'A replica of the gateway was restarted more often than this.',
  1,
);

export const ALERTS: readonly Resource[] = [ownGroup, ...RULES.map(logAlert), utilisation, restarts];
