/**
 * Closed shapes of what deploy/monitoring deploys. The official schemas among the test data have none of these types, so each is written down here
 * from its page: what we use of it, and nothing else passes.
 * Source: Microsoft Learn, template references of Microsoft.Insights: scheduledQueryRules 2023-12-01, metricAlerts 2018-03-01, actionGroups
 * 2023-01-01, workbooks 2023-06-01; microsoft/Application-Insights-Workbooks, `schema/workbook.json`; read 2026-11-21.
 */
import { Ajv } from 'ajv';
import type { JsonObject } from '../../apps/render/src/arm/functions.ts';
import { at } from './container-apps-fleets.ts';

type Schema = { readonly [key: string]: unknown };

const text: Schema = { type: 'string', minLength: 1 };
const flag: Schema = { type: 'boolean' };
const severity: Schema = { type: 'integer', minimum: 0, maximum: 4 };
const one = (...values: readonly (string | number)[]): Schema => ({ enum: values });
const list = (items: Schema, minItems = 0): Schema => ({ type: 'array', items, minItems });
/** An id of a resource, or what the evaluator has in its place. */
const id: Schema = { type: 'string', pattern: '^(/subscriptions/|<)' };

/** Every property is needed but for those that begin with `?`; none beside them. */
function closed(properties: Readonly<Record<string, Schema>>): Schema {
  const names = Object.keys(properties);
  const own = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name.replace(/^\?/, ''), schema]));
  return {
    type: 'object',
    properties: own,
    required: names.filter((name) => !name.startsWith('?')),
    additionalProperties: false,
  };
}

const dimension = closed({ name: text, operator: one('Include', 'Exclude'), values: list(text, 1) });
const AGGREGATIONS = ['Average', 'Count', 'Maximum', 'Minimum', 'Total'];
const OPERATORS = ['Equals', 'GreaterThan', 'GreaterThanOrEqual', 'LessThan', 'LessThanOrEqual'];

const logCriterion = closed({
  query: text,
  timeAggregation: one(...AGGREGATIONS),
  '?metricMeasureColumn': text,
  dimensions: list(dimension),
  operator: one(...OPERATORS),
  threshold: { type: 'number' },
  failingPeriods: closed({
    numberOfEvaluationPeriods: { type: 'integer', minimum: 1, maximum: 6 },
    minFailingPeriodsToAlert: { type: 'integer', minimum: 1, maximum: 6 },
  }),
});

const scheduledQueryRule = closed({
  displayName: text,
  description: text,
  severity,
  enabled: flag,
  scopes: list(id, 1),
  evaluationFrequency: one('PT5M', 'PT10M', 'PT15M', 'PT30M', 'PT1H'),
  windowSize: one('PT5M', 'PT10M', 'PT15M', 'PT30M', 'PT1H'),
  criteria: closed({ allOf: { ...list(logCriterion, 1), maxItems: 1 } }),
  autoMitigate: flag,
  skipQueryValidation: flag,
  actions: closed({ actionGroups: list(id) }),
});

const metricCriterion = closed({
  name: text,
  criterionType: one('StaticThresholdCriterion'),
  metricNamespace: one('Microsoft.CognitiveServices/accounts', 'Microsoft.App/containerApps'),
  metricName: one('AzureOpenAIProvisionedManagedUtilizationV2', 'RestartCount'),
  timeAggregation: one(...AGGREGATIONS),
  operator: one(...OPERATORS),
  threshold: { type: 'number' },
  dimensions: list(dimension),
  skipMetricValidation: flag,
});

const metricAlert = closed({
  description: text,
  severity,
  enabled: flag,
  scopes: { ...list(id, 1), maxItems: 1 },
  evaluationFrequency: one('PT1M', 'PT5M', 'PT15M', 'PT30M', 'PT1H'),
  windowSize: one('PT1M', 'PT5M', 'PT15M', 'PT30M', 'PT1H', 'PT6H', 'PT12H', 'P1D'),
  criteria: closed({
    'odata.type': one('Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'),
    allOf: list(metricCriterion, 1),
  }),
  autoMitigate: flag,
  actions: list(closed({ actionGroupId: id })),
});

const actionGroup = closed({
  groupShortName: { type: 'string', minLength: 1, maxLength: 12 },
  enabled: flag,
  emailReceivers: list(closed({ name: text, emailAddress: text, useCommonAlertSchema: flag }), 1),
});

const workbook = closed({
  displayName: text,
  category: one('workbook'),
  version: one('Notebook/1.0'),
  sourceId: id,
  serializedData: text,
});

const whole = (properties: Schema, more: Readonly<Record<string, Schema>>): Schema =>
  closed({ type: text, apiVersion: text, name: text, location: text, properties, '?dependsOn': list(text), ...more });

const SHAPES: Readonly<Record<string, Schema>> = {
  'Microsoft.Insights/scheduledQueryRules@2023-12-01': whole(scheduledQueryRule, { kind: one('LogAlert') }),
  'Microsoft.Insights/metricAlerts@2018-03-01': whole(metricAlert, { location: one('global') }),
  'Microsoft.Insights/actionGroups@2023-01-01': whole(actionGroup, { location: one('Global') }),
  'Microsoft.Insights/workbooks@2023-06-01': whole(workbook, { kind: one('shared') }),
};

const onTab = closed({
  parameterName: one('tab'),
  comparison: one('isEqualTo'),
  value: one('gateway', 'azureOpenAi', 'apiManagement'),
});

const timeParameter = closed({
  id: text,
  version: one('KqlParameterItem/1.0'),
  name: text,
  label: text,
  type: one(4),
  isRequired: flag,
  value: closed({ durationMs: { type: 'integer' } }),
  typeSettings: closed({ selectableValues: list(closed({ durationMs: { type: 'integer' } }), 1), allowCustom: flag }),
});
const common = { queryType: one(0), resourceType: one('microsoft.operationalinsights/workspaces') };
const parametersItem = closed({
  version: one('KqlParameterItem/1.0'),
  parameters: list(timeParameter, 1),
  style: one('pills'),
  ...common,
});
const link = closed({
  id: text,
  cellValue: one('tab'),
  linkTarget: one('parameter'),
  linkLabel: text,
  subTarget: one('gateway', 'azureOpenAi', 'apiManagement'),
  style: one('link'),
});
const queryItem = closed({
  version: one('KqlItem/1.0'),
  query: text,
  size: one(0, 1, 2, 3, 4),
  title: text,
  '?noDataMessage': text,
  timeContextFromParameter: one('TimeRange'),
  ...common,
  visualization: one('timechart', 'table'),
});

const WORKBOOK: Schema = closed({
  version: one('Notebook/1.0'),
  items: list({
    oneOf: [
      closed({ type: one(9), content: parametersItem, name: text }),
      closed({
        type: one(11),
        content: closed({ version: one('LinkItem/1.0'), style: one('tabs'), links: list(link, 1) }),
        name: text,
      }),
      closed({ type: one(1), content: closed({ json: text }), conditionalVisibility: onTab, name: text }),
      closed({ type: one(3), content: queryItem, conditionalVisibility: onTab, name: text }),
    ],
  }),
  isLocked: flag,
  '?fallbackResourceIds': list(id, 1),
});

const ajv = new Ajv({ strict: false, allErrors: true });
const validators = new Map(Object.entries(SHAPES).map(([key, schema]) => [key, ajv.compile(schema)] as const));
const ofWorkbook = ajv.compile(WORKBOOK);

/** @returns what is wrong, in words; nothing where it is good. */
export function shapeProblems(resource: JsonObject): readonly string[] {
  const key = `${String(resource.type)}@${String(resource.apiVersion)}`;
  const validate = validators.get(key);
  if (validate === undefined) return [`no shape of ${key}`];
  const own = validate(resource) ? [] : said(validate.errors ?? []);
  const inside = resource.type === 'Microsoft.Insights/workbooks' ? workbookProblems(serialized(resource)) : [];
  return [...own, ...inside];
}

export function workbookProblems(workbook: unknown): readonly string[] {
  return ofWorkbook(workbook) ? [] : said(ofWorkbook.errors ?? []);
}

/** What a workbook holds as text. */
export function serialized(workbook: JsonObject): unknown {
  return JSON.parse(String(at(workbook, 'properties', 'serializedData') ?? '{}'));
}

const said = (errors: NonNullable<(typeof ofWorkbook)['errors']>): readonly string[] =>
  errors.map(({ instancePath, message, params }) => `${instancePath}: ${message} ${JSON.stringify(params)}`);
