import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { type Bench, HELLO, type Received, STREAM, send, until, withSimulator } from '../testing.ts';
import { AZURE_METRICS } from './catalogue.ts';
import { BATCH_BODY_BYTES_MAX, BATCH_RESOURCES_MAX } from './monitor-door.ts';
import { POINTS_MAX } from './render.ts';
import { NINE_MS } from './testing.ts';

const ACCOUNT =
  '/subscriptions/simulated/resourceGroups/simulated/providers/Microsoft.CognitiveServices/accounts/openai1';
const INSIGHTS = `${ACCOUNT}/providers/microsoft.insights`;
const SIGNED_IN = { authorization: 'Bearer any' };
const BATCH =
  '/subscriptions/simulated/metrics:getBatch?api-version=2024-02-01&metricnamespace=microsoft.cognitiveservices/accounts&metricnames=AzureOpenAIRequests';

function get({ simulator }: Bench, path: string, headers = SIGNED_IN): Promise<Received> {
  return send(`${simulator.adminUrl}${path}`, { headers });
}

function post(
  { simulator }: Bench,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = SIGNED_IN,
) {
  return send(`${simulator.adminUrl}${path}`, { method: 'POST', headers, body });
}

/** As `az monitor metrics list` asks. */
test('monitorDoor: metrics of one account, as Azure Resource Manager answers them', () => {
  const clock = new FakeClock(NINE_MS);
  return withSimulator(
    async (bench) => {
      await bench.chat(HELLO);
      clock.advance(120_000);
      const query =
        'timespan=2026-03-02T09:00:00Z/2026-03-02T10:00:00Z&interval=PT1M&aggregation=Total&api-version=2018-01-01';
      const filter = "$filter=ModelDeploymentName%20eq%20'*'";
      const { status, text } = await get(
        bench,
        `${INSIGHTS}/metrics?${query}&metricnames=AzureOpenAIRequests&${filter}`,
      );
      assert.equal(status, 200, text);
      assert.deepEqual(JSON.parse(text), {
        cost: 0,
        timespan: '2026-03-02T09:00:00Z/2026-03-02T10:00:00Z',
        interval: 'PT1M',
        value: [
          {
            id: `${ACCOUNT}/providers/Microsoft.Insights/metrics/AzureOpenAIRequests`,
            type: 'Microsoft.Insights/metrics',
            name: { value: 'AzureOpenAIRequests', localizedValue: 'Azure OpenAI Requests' },
            displayDescription: 'Requests that a deployment served or refused.',
            unit: 'Count',
            timeseries: [
              {
                metadatavalues: [
                  { name: { value: 'modeldeploymentname', localizedValue: 'modeldeploymentname' }, value: 'chat' },
                ],
                data: [
                  { timeStamp: '2026-03-02T09:00:00Z', total: 1 },
                  { timeStamp: '2026-03-02T09:01:00Z', total: 0 },
                  // The minute that runs; those to come are not told.
                  { timeStamp: '2026-03-02T09:02:00Z', total: 0 },
                ],
              },
            ],
            errorCode: 'Success',
          },
        ],
        namespace: 'Microsoft.CognitiveServices/accounts',
        resourceregion: 'eastus',
      });
    },
    { region: 'East US' },
    { clock },
  );
});

test('monitorDoor: a stream is timed to its first content, and a mean of nothing is not told', () => {
  const clock = new FakeClock(NINE_MS);
  return withSimulator(
    async (bench) => {
      const streamed = bench.chat(STREAM);
      await until('it began', () => clock.pending > 0);
      while (clock.pending > 0) {
        clock.advance(100);
        await until('it went on', () => true);
      }
      await streamed;
      const query = 'timespan=2026-03-02T08:59:00Z/PT2M&api-version=2018-01-01&metricnames=AzureOpenAITimeToResponse';
      const { text } = await get(bench, `${INSIGHTS}/metrics?${query}`);
      const [none, first] = JSON.parse(text).value[0].timeseries[0].data;
      assert.deepEqual(none, { timeStamp: '2026-03-02T08:59:00Z' });
      assert.ok(first.average >= 300 && first.average < 900, `${first.average} ms to the first of many tokens`);
    },
    { latency: { firstTokenMs: 500, perTokenMs: 100, spread: 0, gapSpread: 0 } },
    { clock },
  );
});

test('monitorDoor: definitions say which metrics there are, namespaces which one they are of', () =>
  withSimulator(async (bench) => {
    const definitions = JSON.parse((await get(bench, `${INSIGHTS}/metricDefinitions?api-version=2018-01-01`)).text);
    assert.deepEqual(
      definitions.value.map((each: { name: { value: string } }) => each.name.value),
      AZURE_METRICS.map(({ name }) => name),
    );
    const [first] = definitions.value;
    assert.equal(first.id, `${INSIGHTS}/metricdefinitions/AzureOpenAIRequests`);
    assert.deepEqual([first.primaryAggregationType, first.supportedAggregationTypes], ['Total', ['Total']]);
    assert.deepEqual(first.metricAvailabilities[0], { timeGrain: 'PT1M', retention: 'P93D' });
    assert.deepEqual(first.dimensions[0], { value: 'ApiName', localizedValue: 'ApiName' });
    const namespaces = JSON.parse((await get(bench, `${INSIGHTS}/metricNamespaces?api-version=2024-02-01`)).text);
    assert.equal(namespaces.value[0].properties.metricNamespaceName, 'Microsoft.CognitiveServices/accounts');
  }));

test('monitorDoor: in another region than the one asked there is nothing to be found, as Azure has it', () =>
  withSimulator(
    async (bench) => {
      await bench.chat(HELLO);
      const seriesIn = async (region: string): Promise<number> => {
        const headers = { ...SIGNED_IN, host: `${region}.metrics.monitor.azure.com` };
        const { text } = await post(bench, BATCH, { resourceids: [ACCOUNT] }, headers);
        return JSON.parse(text).values[0].value[0].timeseries.length;
      };
      assert.deepEqual([await seriesIn('eastus'), await seriesIn('westus')], [1, 0]);
    },
    { region: 'East US' },
  ));

const VERSION = 'api-version=2018-01-01';

/** Path, body (of a POST) and what is refused. */
const REFUSED: ReadonlyArray<
  readonly [what: string, path: string, body: unknown, status: number, wrapped: boolean, code: string]
> = [
  ['no api-version', `${INSIGHTS}/metrics`, undefined, 400, true, 'MissingApiVersionParameter'],
  [
    'an unknown account',
    `${INSIGHTS.replace('openai1', 'x')}/metrics?${VERSION}`,
    undefined,
    404,
    true,
    'ResourceNotFound',
  ],
  [
    'another group',
    `${INSIGHTS.replace('Groups/simulated', 'Groups/x')}/metrics?${VERSION}`,
    undefined,
    404,
    true,
    'ResourceNotFound',
  ],
  [
    'something else',
    `/subscriptions/s/providers/Microsoft.Insights/metrics?${VERSION}`,
    undefined,
    404,
    true,
    'ResourceNotFound',
  ],
  [
    'an unknown metric, without wrapping',
    `${INSIGHTS}/metrics?${VERSION}&metricnames=x`,
    undefined,
    400,
    false,
    'BadRequest',
  ],
  [
    'the same in a batch, wrapped',
    BATCH.replace('AzureOpenAIRequests', 'x'),
    { resourceids: [ACCOUNT] },
    400,
    true,
    'BadRequest',
  ],
  ['a batch without names', BATCH.replace('metricnames', 'no'), { resourceids: [ACCOUNT] }, 400, true, 'BadRequest'],
  [
    'a batch without a namespace',
    BATCH.replace('metricnamespace', 'no'),
    { resourceids: [ACCOUNT] },
    400,
    true,
    'BadRequest',
  ],
  ['a batch of nothing', BATCH, {}, 400, true, 'BadRequest'],
  ['a batch that is no JSON', BATCH, '{', 400, true, 'BadRequest'],
  ['a batch of something else', BATCH, { resourceids: ['/subscriptions/simulated'] }, 400, true, 'BadRequest'],
  [
    'a batch of too many',
    BATCH,
    { resourceids: Array.from({ length: BATCH_RESOURCES_MAX + 1 }, () => ACCOUNT) },
    400,
    true,
    'BadRequest',
  ],
  [
    'a batch of another subscription',
    BATCH.replace('/simulated/', '/other/'),
    { resourceids: [ACCOUNT] },
    400,
    true,
    'BadRequest',
  ],
  ['a batch that is too large', BATCH, ' '.repeat(BATCH_BODY_BYTES_MAX + 1), 413, true, 'BadRequest'],
  ['another method', `${INSIGHTS}/metrics?${VERSION}`, {}, 405, true, 'MethodNotAllowed'],
];

for (const [what, path, body, status, wrapped, code] of REFUSED) {
  test(`monitorDoor: refuses ${what}`, () =>
    withSimulator(async (bench) => {
      const refused = body === undefined ? await get(bench, path) : await post(bench, path, body);
      assert.equal(refused.status, status, refused.text);
      const answer = JSON.parse(refused.text);
      assert.equal((wrapped ? answer.error : answer).code, code);
    }));
}

test('monitorDoor: an answer has so many points and no more, of however many resources', () =>
  withSimulator(
    async (bench) => {
      const perResource = 18 * 24 * 60;
      const fitting = Math.floor(POINTS_MAX / perResource);
      const ids = bench.simulator.resources.map(({ name }) => ACCOUNT.replace('openai1', name));
      assert.equal(ids.length, fitting + 1);
      const start = new Date(NINE_MS - perResource * 60_000).toISOString();
      const ask = (count: number): Promise<Received> =>
        post(bench, `${BATCH}&interval=PT1M&starttime=${start}`, { resourceids: ids.slice(0, count) });
      const { values } = JSON.parse((await ask(fitting)).text);
      assert.equal(values.at(-1).value[0].timeseries[0].data.length, perResource);
      const refused = await ask(fitting + 1);
      assert.equal(refused.status, 400);
      assert.match(
        refused.text,
        new RegExp(`points: ${perResource * ids.length} bigger than allowed max: ${POINTS_MAX};`),
      );
    },
    {},
    {
      clock: new FakeClock(NINE_MS),
      resources: Array.from({ length: 12 }, (_, n) => ({ name: `openai${n + 1}`, deployments: [] })),
    },
  ));

test('monitorDoor: who is not signed in, or comes by a foreign name, is not answered', () =>
  withSimulator(async (bench) => {
    const path = `${INSIGHTS}/metrics?${VERSION}`;
    const url = `${bench.simulator.adminUrl}${path}`;
    const anonymous = await send(url);
    assert.deepEqual([anonymous.status, anonymous.headers['www-authenticate']], [401, 'Bearer']);
    assert.equal(JSON.parse(anonymous.text).error.code, 'AuthenticationFailed');
    assert.equal((await send(url, { headers: { ...SIGNED_IN, host: 'attacker.example' } })).status, 403);
    assert.equal((await send(url, { headers: { ...SIGNED_IN, host: 'management.azure.com' } })).status, 200);
    const scraped = await send(`${bench.simulator.adminUrl}/metrics`, { headers: { host: 'attacker.example' } });
    assert.equal(scraped.status, 403);
  }));

test('monitorDoor: where the admin port has a key, scrapers and clients show it', () =>
  withSimulator(
    async ({ simulator }) => {
      const url = `${simulator.adminUrl}/metrics`;
      assert.equal((await send(url)).status, 401);
      assert.equal((await send(url, { headers: { authorization: 'Bearer secret' } })).status, 200);
      assert.equal((await send(url, { method: 'POST', headers: { 'api-key': 'secret' } })).status, 405);
      const metrics = `${simulator.adminUrl}${INSIGHTS}/metrics?${VERSION}`;
      const headers = { host: 'management.azure.com' };
      assert.equal((await send(metrics, { headers: { ...SIGNED_IN, ...headers } })).status, 401);
      assert.equal((await send(metrics, { headers: { authorization: 'Bearer secret', ...headers } })).status, 200);
    },
    {},
    { adminKey: 'secret' },
  ));
