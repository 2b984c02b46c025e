import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { DEPLOYMENTS_MAX, RESOURCES_MAX } from '../defaults.ts';
import { HELLO, STREAM, send, until, withSimulator } from '../testing.ts';

test('admin resources: a stopped resource refuses connections and drops those it had; started, it is back on its port with its counters', () =>
  withSimulator(
    async (bench) => {
      const stream = bench.chat(STREAM);
      await until('it is under way', () => bench.clock.pending > 0);
      const stopped = JSON.parse((await bench.admin('POST', '/admin/resources/openai1/stop')).text);
      assert.equal(stopped.running, false);
      assert.equal((await stream).whole, false);
      assert.equal(bench.lines[0]?.status, 499);
      assert.equal((await bench.chat(HELLO)).errorCode, 'ECONNREFUSED');
      assert.equal((await bench.admin('POST', '/admin/resources/openai1/stop')).status, 200);
      const started = JSON.parse((await bench.admin('POST', '/admin/resources/openai1/start')).text);
      assert.deepEqual([started.running, started.url], [true, stopped.url]);
      assert.equal((await bench.admin('POST', '/admin/resources/openai1/start')).status, 200);
      assert.equal((await bench.chat({ ...HELLO, max_tokens: 10_000, n: 4 })).status, 429);
      assert.equal(bench.simulator.state().resources[0]?.deployments[0]?.served, 1);
    },
    { latency: { firstTokenMs: 1000, perTokenMs: 10 } },
  ));

test('admin resources: a resource whose port was taken meanwhile says so and stays stopped', () =>
  withSimulator(async (bench) => {
    await bench.admin('POST', '/admin/resources/openai1/stop');
    const port = Number(new URL(bench.simulator.resources[0]?.url ?? '').port);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    const refused = await bench.admin('POST', '/admin/resources/openai1/start');
    assert.equal(refused.status, 409);
    assert.match(JSON.parse(refused.text).error.message, new RegExp(`port ${port} .* is taken`));
    await new Promise((resolve) => other.close(resolve));
    assert.equal((await bench.admin('POST', '/admin/resources/openai1/start')).status, 200);
  }));

test('admin resources: one is added, serves under a key of its own, and is removed with its connections', () =>
  withSimulator(async (bench) => {
    const added = await bench.admin('POST', '/admin/resources', {
      name: 'openai9',
      region: 'West US',
      latency: { firstTokenMs: 1000 },
    });
    assert.equal(added.status, 201, added.text);
    const { url, keys, running, region, deployments } = JSON.parse(added.text);
    assert.deepEqual([keys, running, region, deployments.length], [['simulated-key-2'], true, 'West US', 2]);
    assert.deepEqual(bench.simulator.resources[1], {
      name: 'openai9',
      url,
      httpsUrl: null,
      key: 'simulated-key-2',
    });
    const path = '/openai/deployments/chat/chat/completions?api-version=2024-10-21';
    const stream = send(`${url}${path}`, { body: STREAM, headers: { 'api-key': 'simulated-key-2' } });
    await until('it is under way', () => bench.clock.pending > 0);
    assert.equal((await bench.admin('DELETE', '/admin/resources/openai9')).status, 200);
    assert.equal((await stream).whole, false);
    assert.equal((await send(`${url}/healthz`)).errorCode, 'ECONNREFUSED');
    assert.equal((await bench.admin('GET', '/admin/resources/openai9')).status, 404);
    const again = await bench.admin('POST', '/admin/resources', { name: 'openai9' });
    assert.deepEqual(JSON.parse(again.text).keys, ['simulated-key-3']);
  }));

test('admin resources: what a resource reads at each request is changed while it runs', () =>
  withSimulator(async (bench) => {
    const changed = await bench.admin('PATCH', '/admin/resources/openai1', {
      keys: ['one', 'two'],
      dialect: '2024',
      answers: { script: [{ contains: 'hello', answer: 'By the book.' }] },
    });
    assert.equal(changed.status, 200, changed.text);
    assert.equal((await bench.chat(HELLO)).status, 401);
    const answer = await bench.chat(HELLO, { headers: { 'api-key': 'two' } });
    assert.equal(JSON.parse(answer.text).choices[0].message.content, 'By the book.');
    assert.equal(answer.headers['x-ms-deployment-name'], undefined);
    assert.ok(!changed.text.includes('"one"'));
    await bench.admin('PATCH', '/admin/resources/openai1', { latency: { firstTokenMs: 1000 }, key: 'simulated-key-1' });
    const late = bench.chat(HELLO);
    await until('it waits', () => bench.clock.pending > 0);
    bench.clock.advance(10_000);
    assert.equal(JSON.parse((await late).text).choices[0].message.content, 'By the book.');
  }));

test('admin resources: there are never more than so many', () =>
  withSimulator(async ({ simulator, admin }) => {
    for (let n = simulator.resources.length; n < RESOURCES_MAX; n++) await simulator.addResource({ name: `more${n}` });
    const refused = await admin('POST', '/admin/resources', { name: 'one-too-many' });
    assert.equal(refused.status, 409);
    assert.match(refused.text, /there are 100 already/);
  }));

test('admin resources: one never has more than so many deployments', () =>
  withSimulator(async ({ simulator, admin }) => {
    const deployments = Array.from({ length: DEPLOYMENTS_MAX }, (_, n) => ({
      name: `d${n}`,
      model: 'gpt-4o',
      capacity: 1,
    }));
    await simulator.addResource({ name: 'full', deployments });
    const more = await admin('POST', '/admin/resources/full/deployments', {
      name: 'more',
      model: 'gpt-4o',
      capacity: 1,
    });
    assert.equal(more.status, 409);
    assert.match(more.text, /there are 500 already/);
    assert.equal((await admin('PATCH', '/admin/resources/full/deployments/d7', { capacity: 2 })).status, 200);
  }));

test('admin resources: a resource on a port that is taken is not added', () =>
  withSimulator(async ({ simulator, admin }) => {
    const port = Number(new URL(simulator.adminUrl).port);
    const refused = await admin('POST', '/admin/resources', { name: 'late', port });
    assert.equal(refused.status, 409);
    assert.match(
      JSON.parse(refused.text).error.message,
      new RegExp(`port ${port} .*resource late.* is taken .*with port$`),
    );
    assert.equal(simulator.resources.length, 1);
    assert.equal((await admin('POST', '/admin/resources', { name: 'late' })).status, 201);
  }));

const REFUSED: ReadonlyArray<readonly [method: string, path: string, body: unknown, status: number, message: RegExp]> =
  [
    ['POST', '', undefined, 400, /body: is not a JSON object; send one/],
    ['POST', '', { name: 7, regoin: 'red' }, 400, /name: 7 is not .*; regoin: is not a key here; did you mean region/],
    ['POST', '', { name: 'openai1' }, 400, /"openai1" is/],
    ['POST', '', { name: 'OpenAI1' }, 400, /"OpenAI1" is/],
    [
      'POST',
      '',
      { name: 'a/b', key: '', port: 70_000 },
      400,
      /name: "a\/b" is not a name; .*; key: is empty, .*; port: 70000 is not a whole number/,
    ],
    ['POST', '', { name: 'a', deployments: [{ name: 'b' }] }, 400, /deployments\[0\]\.model: is missing; add it/],
    [
      'PATCH',
      '/openai1',
      { region: 'West US', latency: { firstTokenMs: '1' } },
      400,
      /latency\.firstTokenMs: "1" is text, not a number.*; region: is not a key here/,
    ],
    ['PATCH', '/openai1', { latency: { firstTokenMs: -1 } }, 400, /latency\.firstTokenMs: -1 is not/],
    ['PATCH', '/openai7', {}, 404, /"openai7" does not exist; there are openai1/],
    ['DELETE', '/openai7', undefined, 404, /"openai7" does not exist; there are openai1/],
    ['POST', '/openai7/stop', undefined, 404, /"openai7" does not exist; there are openai1/],
    ['POST', '/%zz/start', undefined, 404, /"%zz" does not exist/],
  ];

for (const [method, path, body, status, message] of REFUSED) {
  test(`admin resources: ${method} ${path} with ${JSON.stringify(body) ?? 'nothing'} is refused with ${status}`, () =>
    withSimulator(async ({ admin, simulator }) => {
      const refused = await admin(method, `/admin/resources${path}`, body);
      assert.equal(refused.status, status, refused.errorCode ?? '');
      assert.match(JSON.parse(refused.text).error.errors.join('; '), message);
      assert.equal(simulator.resources.length, 1);
    }));
}
