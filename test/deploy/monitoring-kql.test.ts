/** The queries of deploy/monitoring: their language as far as a closed list knows it, their fields against lines that a gateway really wrote. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { startSimulator } from '@spillway/simulator';
import { QUERIES } from '../../apps/render/src/monitoring/render.ts';
import { gatewayProcess } from './gateway-process.ts';
import { fieldsAsked, kqlProblems, TABLES } from './monitoring-kql.ts';

const KEY = 'key-of-the-tests-0123456789';

/** In order: nobody listens there; a key that is refused; two that answer. */
function configuration(resources: readonly { readonly url: string; readonly key: string }[]): string {
  const [first, second, third] = resources;
  const deployment = (priority: number): string =>
    `[{ name: chat, model: gpt-4o, type: Standard, capacity: 30, priority: ${priority} }]`;
  return `backends:
  - { name: gone, url: "http://127.0.0.1:9", apiKey: "\${KEY_1}", deployments: ${deployment(1)} }
  - { name: stranger, url: "${third?.url}", apiKey: "\${WRONG_KEY}", deployments: ${deployment(2)} }
  - { name: openai1, url: "${first?.url}", apiKey: "\${KEY_1}", deployments: ${deployment(3)} }
  - { name: openai2, url: "${second?.url}", apiKey: "\${KEY_2}", deployments: ${deployment(4)} }
clients: [{ name: tests, key: "\${CLIENT_KEY}" }]
`;
}

/** What a gateway writes that meets all that there is to write of: answers, a refused key, a breaker, a 429. */
async function linesOfGateway(t: TestContext): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const latency = { firstTokenMs: 0, perTokenMs: 0 };
  const resources = ['openai1', 'openai2', 'stranger'].map((name) => ({ name, latency }));
  const simulator = await startSimulator({ port: 0, resources });
  t.after(() => simulator.close());
  const [KEY_1 = '', KEY_2 = ''] = simulator.resources.map(({ key }) => key);
  const env = { KEY_1, KEY_2, WRONG_KEY: 'wrong', CLIENT_KEY: KEY };
  const gateway = await gatewayProcess(t, configuration(simulator.resources), env);
  const ask = async (): Promise<number> => {
    const body = JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 20 });
    const headers = { 'api-key': KEY, 'content-type': 'application/json' };
    const answer = await fetch(`${gateway.url}/openai/v1/chat/completions`, { method: 'POST', headers, body });
    await answer.arrayBuffer();
    return answer.status;
  };
  for (let n = 0; n < 6; n++) assert.equal(await ask(), 200);
  const throttle = '/admin/resources/openai1/deployments/chat/throttle';
  await fetch(simulator.adminUrl + throttle, { method: 'POST', body: '{"seconds":60}' });
  assert.equal(await ask(), 200);
  await gateway.end();
  const written = gateway.written().split('\n');
  return written.filter((line) => line.startsWith('{')).map((line) => ({ ...JSON.parse(line), line }));
}

test('queries: every field that they ask of a line is in lines that a gateway really wrote', async (t) => {
  const lines = await linesOfGateway(t);
  const fields = new Map<string, Set<string>>();
  for (const { line, event, ...rest } of lines) {
    assert.ok(String(line).includes(`"event":"${event}"`), 'lines are found by this text');
    fields.set(String(event), new Set([...(fields.get(String(event)) ?? []), ...Object.keys(rest)]));
  }
  const asked = QUERIES.flatMap(({ name, text }) => fieldsAsked(text).map((one) => ({ name, ...one })));
  const events = new Set(asked.map(({ event }) => event));
  assert.deepEqual([...events].sort(), ['', 'attempt', 'breaker', 'exchange', 'operatorProblem', 'throttled']);
  // Of one request all lines are shown, whatever they tell: with what is in each of them.
  const inAll = [...(fields.get('exchange') ?? [])].filter((field) =>
    [...fields.values()].every((of) => of.has(field)),
  );
  fields.set('', new Set(inAll));
  assert.deepEqual(
    asked.filter(({ event, field }) => !fields.get(event)?.has(field)),
    [],
  );
  assert.ok(asked.length > 60, `${asked.length}`);
});

test('queries: nothing is wrong that shows without a workspace', () => {
  for (const { name, text } of QUERIES) assert.deepEqual(kqlProblems(text), [], name);
  assert.equal(QUERIES.length, 29);
  assert.equal(new Set(QUERIES.map(({ name }) => name)).size, QUERIES.length);
});

/** Each a slip in the query of that name. */
const SLIPS: readonly (readonly [query: string, right: string, wrong: string])[] = [
  ['tokens-per-minute', 'ContainerAppConsoleLogs |', 'ContainerAppConsoleLog |'],
  ['tokens-per-minute', 'project TimeGenerated, Line = Log_s', 'project TimeGenerated, Line = Log_d'],
  ['tokens-per-minute', '| summarize', '| summarise'],
  ['tokens-per-minute', 'sum(tokens)', 'sum(token)'],
  ['tokens-per-minute', 'bin(TimeGenerated, 1m)', 'bin(Timestamp, 1m)'],
  ['tokens-per-minute', 'tolong(record.promptTokens)', 'tolong(record.promptTokens'],
  ['tokens-by-client', 'countif(', 'countIf('],
  ['tokens-by-client', '"event":"exchange"\'', '"event":"exchange"'],
  ['waits', 'percentile(onlyWaitsMs', 'percentileif(onlyWaitsMs'],
  ['operator-problems', 'lastSeen', 'latest'],
  ['openai-utilisation', 'max(Maximum)', 'max(Max)'],
  ['openai-latency', 'properties_s', 'Properties'],
  ['apim-tokens', 'PromptTokens', 'InputTokens'],
  ['apim-tokens', 'ApiManagementGatewayLlmLog', 'ApiManagementGatewayLlmLogs'],
  ['apim-backends', 'BackendTime', 'BackendDuration'],
  ['throttling-share', '(record.deployment);\nlet', '(record.deployment)\nlet'],
];

for (const [name, right, wrong] of SLIPS) {
  test(`kqlProblems: finds ${JSON.stringify(wrong)} in ${name}`, () => {
    const text = QUERIES.find((query) => query.name === name)?.text ?? '';
    const slip = text.replaceAll(right, () => wrong);
    assert.notEqual(slip, text, 'what is right is there');
    assert.notDeepEqual(kqlProblems(slip), []);
  });
}

test('fieldsAsked: a field belongs to the event that was filtered last', () => {
  const text = `lines | where Line has '"event":"a"' | extend x = record.one; lines | where Line has '"event":"b"' | extend y = record.two`;
  assert.deepEqual(fieldsAsked(text), [
    { event: 'a', field: 'one' },
    { event: 'b', field: 'two' },
  ]);
});

/**
 * Microsoft's own language service for KQL is 31 MB and needed for nothing else, so it is no dependency: `npm install
 * @kusto/language-service-next` in any folder, and KUSTO_LANGUAGE_SERVICE names that folder.
 */
const SERVICE = process.env.KUSTO_LANGUAGE_SERVICE;
const noService =
  SERVICE === undefined ? 'KUSTO_LANGUAGE_SERVICE names no folder with @kusto/language-service-next' : false;

/** Given the queries on standard input; prints what it finds. */
const ANALYSE = `
const { createRequire } = require('node:module');
const service = createRequire(process.argv[1] + '/package.json');
service('@kusto/language-service-next/bridge.js');
service('@kusto/language-service-next/Kusto.Language.Bridge.js');
const { tables, queries } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const { Symbols, GlobalState, KustoCode } = Kusto.Language;
const symbols = Object.entries(tables).map(([name, columns]) => Symbols.TableSymbol.From(columns).WithName(name));
const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor('workspace', symbols));
const found = queries.flatMap(({ name, text }) => {
  const all = KustoCode.ParseAndAnalyze(text, globals).GetDiagnostics();
  return Array.from({ length: all.Count }, (_, at) => name + ': ' + all.getItem(at).Message);
});
console.log(JSON.stringify(found));
`;

test("queries: Microsoft's language service finds nothing in them, and finds a slip", { skip: noService }, () => {
  const analysed = (queries: readonly { readonly name: string; readonly text: string }[]): readonly string[] => {
    const input = JSON.stringify({ tables: TABLES, queries });
    const options = { input, encoding: 'utf8', timeout: 60_000 } as const;
    return JSON.parse(execFileSync(process.execPath, ['-e', ANALYSE, SERVICE ?? ''], options));
  };
  assert.deepEqual(analysed(QUERIES), []);
  const slip = { name: 'slip', text: 'AzureMetrics | summarize latest = max(Maximu) by Resource | order by latest' };
  assert.ok(analysed([slip]).length >= 2);
});
