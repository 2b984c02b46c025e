import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { withSimulator } from '../testing.ts';
import { renderSelfTest, selfTestJson } from './render.ts';
import type { CheckResult, SelfTestReport } from './report.ts';
import { selfTest, UNREACHABLE_CHECKS_MAX } from './self-test.ts';

const KEY = 'key-that-must-not-show';

/** A server on loopback for as long as `run` takes. */
async function withServer(listener: RequestListener, run: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    await run(`http://127.0.0.1:${portOf(address)}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function portOf(address: AddressInfo | string | null): number {
  return address === null || typeof address === 'string' ? 0 : address.port;
}

function named(report: SelfTestReport, group: string, name: string): CheckResult {
  const found = report.checks.find((check) => check.group === group && check.name === name);
  assert.ok(found, `${group}: ${name}`);
  return found;
}

function notPassed(report: SelfTestReport): readonly string[] {
  return report.checks
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ group, name, came }) => `${group}, ${name}: ${came}`);
}

for (const dialect of ['2024', '2025', '2026'] as const) {
  test(`selfTest: the simulator passes every check, with the headers of ${dialect}`, () =>
    withSimulator(
      async ({ simulator, clock }) => {
        const { url = '', key = '' } = simulator.resources[0] ?? {};
        const report = await selfTest({ url: `${url}/openai/v1/`, key, embeddingDeployment: 'embedding', clock });
        assert.deepEqual(notPassed(report), []);
        assert.equal(report.exitCode, 0);
        assert.equal(report.url, url);
        assert.ok(report.checks.length >= 40 && report.requests < report.checks.length);
      },
      { dialect },
    ));
}

test('selfTest: a reasoning model, which takes another name for the limit and has no logprobs, passes too', () =>
  withSimulator(
    async ({ simulator, clock }) => {
      const { url = '', key = '' } = simulator.resources[0] ?? {};
      const report = await selfTest({ url, key, deployment: 'thinker', clock });
      const unexpected = report.checks.filter(({ verdict }) => verdict === 'differs' || verdict === 'failed to run');
      assert.deepEqual(unexpected, []);
    },
    { deployments: [{ name: 'thinker', model: 'o4-mini', capacity: 1000 }] },
  ));

test('selfTest: a provisioned deployment passes; it tells its utilisation in place of rate limits', () =>
  withSimulator(
    async ({ simulator, clock }) => {
      const { url = '', key = '' } = simulator.resources[0] ?? {};
      const report = await selfTest({ url, key, deployment: 'ptu', clock });
      assert.deepEqual(
        report.checks.filter(({ verdict }) => verdict === 'differs' || verdict === 'failed to run'),
        [],
      );
    },
    { deployments: [{ name: 'ptu', model: 'gpt-4o', type: 'ProvisionedManaged', capacity: 100 }] },
  ));

test('selfTest: without a deployment for embeddings those checks are not supported, and nothing fails', () =>
  withSimulator(async ({ simulator, clock }) => {
    const { url = '', key = '' } = simulator.resources[0] ?? {};
    const progress: string[] = [];
    const report = await selfTest({
      url,
      key,
      clock,
      onProgress: ({ name }, done, total) => progress.push(`${done}/${total} ${name}`),
    });
    assert.equal(report.counts['not supported'], 5);
    assert.equal(report.exitCode, 0);
    assert.equal(progress.length, report.checks.length);
    assert.match(progress[0] ?? '', /^1\/46 classic/);
  }));

test('selfTest: waits as a small deployment asks, and passes', () =>
  withSimulator(
    async ({ simulator, clock }) => {
      const { url = '', key = '' } = simulator.resources[0] ?? {};
      let waitedMs = 0;
      const sleep = async (ms: number): Promise<void> => {
        waitedMs += ms;
        clock.advance(ms);
      };
      const report = await selfTest({ url, key, deployment: 'small', clock, sleep });
      assert.deepEqual(
        report.checks.filter(({ verdict }) => verdict === 'differs' || verdict === 'failed to run'),
        [],
      );
      assert.ok(waitedMs > 0);
    },
    { deployments: [{ name: 'small', model: 'gpt-4o', capacity: 30, requestsPerMinute: 60 }] },
  ));

test('selfTest: a wrong key is a failure to run, not a difference; refusals are still judged', () =>
  withSimulator(async ({ simulator, clock }) => {
    const report = await selfTest({ url: simulator.resources[0]?.url ?? '', key: KEY, clock });
    assert.equal(named(report, 'chat completions', 'classic, in one piece').verdict, 'failed to run');
    assert.equal(named(report, 'errors', 'wrong key').verdict, 'pass');
    assert.equal(report.exitCode, 1);
    assert.ok(!selfTestJson(report).includes(KEY));
  }));

/** As another simulator answers: chunks in a form of its own, [DONE] that is no event, 500 for what it does not know. */
const wrongServer: RequestListener = (request, response) => {
  let body = '';
  request.on('data', (part) => (body += part));
  request.on('end', () => {
    if (request.headers['api-key'] !== KEY) {
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"detail":"Missing or incorrect API Key"}');
    } else if (!request.url?.startsWith('/openai/deployments/chat/chat/completions')) {
      response.writeHead(500).end(`no such path; you are ${KEY}`);
    } else if (body.includes('"stream":true')) {
      const chunk = {
        id: '1',
        object: 'chat.completion.chunk',
        choices: [{ delta: { content: 'Hi', finish_reason: 'length' } }],
      };
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`data: ${JSON.stringify(chunk)}\n\n[DONE]`);
    } else {
      const choice = { index: 0, message: { role: 'assistant', content: 'Lorem ipsum' }, finish_reason: 'length' };
      const usage = { prompt_tokens: 9, completion_tokens: 4000, total_tokens: 4009 };
      response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          id: 'chatcmpl-1',
          object: 'chat.completion',
          created: 1,
          model: 'm',
          choices: [choice],
          usage,
        }),
      );
    }
  });
};

const WRONGS: ReadonlyArray<readonly [group: string, name: string, came: RegExp]> = [
  ['chat completions', 'v1, deployment in the body', /^status 500/],
  ['chat completions', 'v1, the key as a Bearer token', /^401, though api-key is accepted/],
  ['chat completions', 'content filter results', /lacks hate\.severity.*lacks content_filter_results/],
  ['chat completions', 'the limit of tokens is kept', /^4000 completion tokens/],
  ['chat completions', 'n: several answers', /indices is "0", not "0,1"/],
  ['chat completions', 'stop: the answer ends before it', /goes on: "Lorem ipsum"; finish_reason is "length"/],
  ['streamed chat completions', 'framing', /the last event is not \[DONE\]$/],
  ['streamed chat completions', 'prompt-filter chunk', /the first chunk is/],
  ['streamed chat completions', 'order of the chunks', /finish_reason stands in 0 chunks/],
  ['streamed chat completions', 'usage chunk, asked for', /its usage is absent/],
  ['tools and JSON', 'a tool must be called', /the name is absent/],
  ['tools and JSON', 'JSON by a schema', /"Lorem ipsum" is no JSON/],
  ['Responses', 'in one piece', /^status 500/],
  ['models', 'v1', /^status 500/],
  ['headers', 'apim-request-id', /is absent/],
  ['headers', 'the quota is told', /no utilization/],
  ['errors', 'wrong key', /the body is no error object/],
  ['errors', 'unknown deployment', /^status 500: no such path; you are \(key\)/],
  ['errors', 'messages missing', /^status 200/],
];

test('selfTest: a server that gets it wrong is told where, and the key is in nothing', () =>
  withServer(wrongServer, async (url) => {
    const report = await selfTest({ url: url.replace('http://', 'http://user:pass@'), key: KEY });
    for (const [group, name, came] of WRONGS) {
      const check = named(report, group, name);
      assert.equal(check.verdict, 'differs', `${group}, ${name}: ${check.came}`);
      assert.match(check.came, came);
    }
    assert.equal(named(report, 'chat completions', 'classic, in one piece').verdict, 'pass');
    assert.equal(report.counts['failed to run'], 0);
    assert.equal(report.exitCode, 1);
    assert.match(report.summary, /^46 checks: \d+ pass, \d+ differs, 5 not supported \(\d+ requests in /);
    assert.ok(!`${selfTestJson(report)}${renderSelfTest(report)}`.includes(KEY));
    assert.ok(!selfTestJson(report).includes('pass@'));
  }));

test('selfTest: what is not there is tried a few times only', async () => {
  let asked = 0;
  const report = await selfTest({
    url: 'http://127.0.0.1:1',
    fetch: async () => {
      asked++;
      throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    },
  });
  assert.equal(asked, UNREACHABLE_CHECKS_MAX);
  assert.equal(report.counts['failed to run'], report.checks.length);
  assert.equal(report.checks[0]?.came, 'connect ECONNREFUSED');
  assert.match(report.checks.at(-1)?.came ?? '', /^not tried/);
  assert.equal(report.exitCode, 1);
});

test('selfTest: something that is no URL is refused, and not repeated', async () => {
  for (const url of ['my-resource', 'ftp://127.0.0.1', `${KEY}@x`]) {
    await assert.rejects(
      selfTest({ url }),
      (error: Error) => /give that of a resource/.test(error.message) && !error.message.includes(KEY),
    );
  }
});

test('selfTest: a refused key is asked about before the body, which may be cut off', async () => {
  const message = 'x'.repeat(1000);
  const report = await selfTest({
    url: 'http://127.0.0.1:1',
    fetch: async () => Response.json({ error: { code: '401', message } }, { status: 401 }),
  });
  assert.match(report.checks[0]?.came ?? '', /^401 \(is the key right\?\): \{/);
});
