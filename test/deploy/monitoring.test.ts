/**
 * What watches a gateway on Azure, as far as a machine without Azure can try it.
 * `UPDATE=1 node --test test/deploy/monitoring.test.ts` writes deploy/monitoring; read the difference.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bicepValue } from '../../apps/render/src/arm/bicep-value.ts';
import { evaluateTemplate, type Predicted } from '../../apps/render/src/arm/evaluate.ts';
import { lines } from '../../apps/render/src/arm/expression.ts';
import { type JsonObject, textOf } from '../../apps/render/src/arm/functions.ts';
import { QUERIES, renderMonitoring } from '../../apps/render/src/monitoring/render.ts';
import { ArmSchemas, asObject, NO_SCHEMAS } from './arm-schemas.ts';
import { at, list } from './container-apps-fleets.ts';
import { serialized, shapeProblems, workbookProblems } from './monitoring-shapes.ts';

const fileAt = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const FILES = renderMonitoring();
const fileText = (path: string): string => FILES.find((file) => file.path === path)?.text ?? '';

for (const { path, text } of FILES) {
  test(`renderMonitoring: deploy/monitoring/${path} is what it renders`, () => {
    const file = fileAt(`deploy/monitoring/${path}`);
    if (process.env.UPDATE === '1') {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    assert.equal(text, readFileSync(file, 'utf8'), `${path} is not current`);
  });
}

test('renderMonitoring: nothing else is in deploy/monitoring', () => {
  const there = readdirSync(fileAt('deploy/monitoring'), { recursive: true, withFileTypes: true });
  assert.equal(there.filter((entry) => entry.isFile()).length, FILES.length);
  assert.equal(FILES.length, QUERIES.length + 4);
});

const WORKSPACE = '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/log';
const APP = '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.App/containerApps/ca-gateway';
const account = (n: number): string =>
  `/subscriptions/sub/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/openai${n}`;

function predict(more: JsonObject, template = fileText('infra/main.json')): readonly Predicted[] {
  return evaluateTemplate(asObject(JSON.parse(template)), { parameters: { workspaceId: WORKSPACE, ...more } })
    .resources;
}

const SHAPES: Readonly<Record<string, JsonObject>> = {
  least: {},
  gateway: {
    containerAppId: APP,
    openAiIds: [account(1), account(2)],
    alertEmails: ['a@example.com', 'b@example.com'],
  },
  apim: { frontDoor: 'apiManagement', actionGroupIds: ['/subscriptions/sub/resourceGroups/rg/providers/x/y/z'] },
  both: { frontDoor: 'both', containerAppId: APP, name: 'production', location: 'westeurope' },
};

const GATEWAY_RULES = ['clientsThrottled', 'clientsFailed', 'noHealthyDeployment', 'operatorProblem'];
const DEPLOYED: Readonly<Record<string, readonly string[]>> = {
  least: ['page', ...GATEWAY_RULES],
  gateway: ['page', 'mail', ...GATEWAY_RULES, 'utilisation', 'utilisation', 'restarts'],
  apim: ['page', 'apimThrottled'],
  both: ['page', ...GATEWAY_RULES, 'apimThrottled', 'restarts'],
};

for (const [shape, parameters] of Object.entries(SHAPES)) {
  test(`monitoring template: ${shape} deploys what it is asked for, each of its closed shape and of a name of its own`, () => {
    const resources = predict(parameters);
    assert.deepEqual(
      resources.map(({ symbol }) => symbol),
      DEPLOYED[shape],
    );
    for (const { resource } of resources) assert.deepEqual(shapeProblems(resource), []);
    const ids = resources.map(({ type, name }) => `${type} ${name}`);
    assert.equal(new Set(ids).size, ids.length);
    // Source: Microsoft Learn, "Naming rules and restrictions for Azure resources", microsoft.insights.
    for (const { name } of resources) assert.match(name, /^[^*#&+:<>?@%{}\\/]{1,259}[^*#&+:<>?@%{}\\/. ]$/);
  });
}

test('monitoring template: none of its types is among the official schemas; the shapes here stand in for them', {
  skip: NO_SCHEMAS,
}, (t) => {
  const schemas = new ArmSchemas();
  const types = new Map(
    predict(SHAPES.gateway ?? {}).map(({ type, resource }) => [type, textOf(resource.apiVersion ?? '')]),
  );
  const known = [...types].filter(([type, version]) => schemas.has(type, version));
  assert.deepEqual(known, [], 'a schema is there: hold the type to it');
  assert.equal(types.size, 4);
  t.diagnostic(`${types.size} types without an official schema: ${[...types.keys()].join(', ')}`);
});

test('monitoring template: whom an alert is sent to', () => {
  const told = (parameters: JsonObject): unknown =>
    at(
      predict(parameters).find(({ symbol }) => symbol === 'clientsThrottled')?.resource ?? {},
      'properties',
      'actions',
    );
  const own = '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Insights/actionGroups/spillway-alerts';
  const other = '/subscriptions/sub/resourceGroups/ops/providers/Microsoft.Insights/actionGroups/pager';
  assert.deepEqual(told({}), { actionGroups: [] });
  assert.deepEqual(told({ alertEmails: ['a@example.com'] }), { actionGroups: [own] });
  assert.deepEqual(told({ alertEmails: ['a@example.com'], actionGroupIds: [other] }), { actionGroups: [own, other] });
  const metric = predict({ containerAppId: APP, actionGroupIds: [other] }).find(({ symbol }) => symbol === 'restarts');
  assert.deepEqual(at(metric?.resource ?? {}, 'properties', 'actions'), [{ actionGroupId: other }]);
});

/** Symbol, aggregation, column, threshold by default, what it is split by, severity, window. */
const RULES: readonly (readonly [string, string, string | null, number, string | null, number, string])[] = [
  ['clientsThrottled', 'Maximum', 'percent', 5, null, 2, 'PT15M'],
  ['clientsFailed', 'Maximum', 'percent', 2, null, 1, 'PT15M'],
  ['noHealthyDeployment', 'Count', null, 0, 'model', 0, 'PT5M'],
  ['operatorProblem', 'Count', null, 0, 'subject', 2, 'PT15M'],
  ['apimThrottled', 'Maximum', 'percent', 5, null, 2, 'PT15M'],
  ['utilisation', 'Maximum', null, 95, 'ModelDeploymentName', 3, 'PT5M'],
  ['restarts', 'Maximum', null, 2, 'podName', 1, 'PT5M'],
];

test('monitoring template: what each rule measures, and from where on it says so', () => {
  const all = predict({ frontDoor: 'both', containerAppId: APP, openAiIds: [account(1)] });
  const got = all.flatMap(({ symbol, resource }) => {
    const properties = at(resource, 'properties');
    const [criterion] = list(at(properties, 'criteria') === null ? [] : at(properties, 'criteria', 'allOf'));
    if (criterion === undefined) return [];
    const [split] = list(at(criterion, 'dimensions'));
    const told = [at(criterion, 'timeAggregation'), at(criterion, 'metricMeasureColumn'), at(criterion, 'threshold')];
    return [[symbol, ...told, at(split ?? {}, 'name'), at(properties, 'severity'), at(properties, 'windowSize')]];
  });
  assert.deepEqual(got, RULES);
});

test('monitoring template: the query of a rule has the column that is measured, and those that it is split by', () => {
  const asked = predict({ frontDoor: 'both' }).flatMap(({ type, resource }) =>
    type.endsWith('/scheduledQueryRules') ? list(at(resource, 'properties', 'criteria', 'allOf')) : [],
  );
  assert.equal(asked.length, 5);
  for (const criterion of asked) {
    const query = textOf(at(criterion, 'query'));
    const column = at(criterion, 'metricMeasureColumn');
    if (column !== null) assert.match(query, new RegExp(`\\| project ${textOf(column)} = [^|]*$`));
    for (const dimension of list(at(criterion, 'dimensions')))
      assert.match(query, new RegExp(`\\b${textOf(at(dimension, 'name'))} = `));
  }
});

test('workbook: a tile for each query that is drawn, on the tab of its source, over the workspace that is given', () => {
  const page = predict({}).find(({ symbol }) => symbol === 'page');
  const workbook = serialized(page?.resource ?? {});
  assert.deepEqual(workbookProblems(workbook), []);
  assert.deepEqual(workbookProblems(JSON.parse(fileText('infra/workbook.json'))), []);
  const whole = asObject(JSON.parse(JSON.stringify(workbook)));
  assert.deepEqual(whole.fallbackResourceIds, [WORKSPACE]);
  const tiles = list(whole.items ?? []).filter((item) => at(item, 'type') === 3);
  const drawn = QUERIES.filter(({ shown }) => shown !== null);
  const got = tiles.map((tile) => [textOf(at(tile, 'name')), textOf(at(tile, 'content', 'query'))]);
  assert.deepEqual(
    new Map(got.map(([name, query]) => [name, query])),
    new Map(drawn.map(({ name, text }) => [name, text])),
  );
  assert.equal(tiles.length, 23);
  const tabs = Object.groupBy(tiles, (tile) => textOf(at(tile, 'conditionalVisibility', 'value')));
  assert.deepEqual(
    Object.entries(tabs).map(([tab, those = []]) => [tab, those.length]),
    [
      ['gateway', 15],
      ['azureOpenAi', 4],
      ['apiManagement', 4],
    ],
  );
});

test('main.parameters.json: names parameters that there are, and every one that has to be given', () => {
  const given = asObject(asObject(JSON.parse(fileText('infra/main.parameters.json'))).parameters ?? {});
  const parameters = Object.fromEntries(Object.entries(given).map(([name, entry]) => [name, at(entry, 'value')]));
  const { resources } = evaluateTemplate(asObject(JSON.parse(fileText('infra/main.json'))), { parameters });
  assert.equal(resources.length, 8);
});

/** In main.json; each has to be found. */
const SLIPS: readonly (readonly [right: string, wrong: string])[] = [
  ['"evaluationFrequency"', '"evaluationfrequency"'],
  ['"windowSize": "PT15M"', '"windowSize": "15m"'],
  ['"failingPeriods"', '"failingPeriod"'],
  ['"minFailingPeriodsToAlert"', '"minFailingPeriods"'],
  ['"metricMeasureColumn"', '"measureColumn"'],
  ['"timeAggregation": "Count"', '"timeAggregation": "count"'],
  ['"operator": "GreaterThan"', '"operator": "greaterThan"'],
  ['"actionGroups": "[variables', '"actionGroup": "[variables'],
  ['"kind": "LogAlert"', '"kind": "LogAlerts"'],
  ['"severity": 2', '"severity": "2"'],
  ['"criterionType"', '"criteriaType"'],
  ['SingleResourceMultipleMetricCriteria', 'SingleMetricCriteria'],
  ['AzureOpenAIProvisionedManagedUtilizationV2"', 'ProvisionedManagedUtilizationV2"'],
  ['"metricNamespace": "Microsoft.App/containerApps"', '"metricNamespace": "Microsoft.Web/containerApps"'],
  ["'actionGroupId'", "'actionGroup'"],
  ["'emailAddress'", "'email'"],
  ['"groupShortName": "spillway"', '"groupShortName": "spillway-alerts"'],
  ['"location": "Global"', '"location": "[parameters(\'location\')]"'],
  ['"serializedData"', '"data"'],
  ['"sourceId"', '"source"'],
  ['KqlItem/1.0', 'KqlItem/2.0'],
  ['"timeContextFromParameter"', '"timeContext"'],
  ['"conditionalVisibility"', '"conditionalVisible"'],
  ["parameters('throttledPercent')", "parameters('throttlePercent')"],
  ["variables('told')", "variables('toldTo')"],
  ['"2023-12-01"', '"2023-12-02"'],
  ['"scopes"', '"scope"'],
  ['"severity": 1', '"severity": 5'],
  ['"evaluationFrequency": "PT5M"', '"evaluationFrequency": "PT5"'],
  ['"groupShortName"', '"shortName"'],
  ['Notebook/1.0', 'Notebook/2.0'],
];

function problemsOf(template: string): readonly string[] {
  try {
    return predict(SHAPES.gateway ?? {}, template).flatMap(({ resource }) => shapeProblems(resource));
  } catch (error) {
    return [String(error)];
  }
}

for (const [right, wrong] of SLIPS) {
  test(`checks of the monitoring template: find ${wrong}`, () => {
    const template = fileText('infra/main.json');
    assert.ok(template.includes(right), 'what is right is there');
    assert.notDeepEqual(problemsOf(template.replaceAll(right, () => wrong)), []);
  });
}

test('lines: plain text in ARM, line by line in Bicep; what would end it there is refused', () => {
  const query = lines("T\n| where a == 'b'\n");
  assert.equal(bicepValue(query), "'''\nT\n| where a == 'b'\n'''");
  assert.ok(fileText('infra/bicep/main.bicep').includes("query: '''\nlet lines = union isfuzzy=true\n"));
  assert.ok(fileText('infra/main.json').includes('"query": "let lines = union isfuzzy=true\\n'));
  assert.throws(() => lines("a'''b"), /has '''/);
});
