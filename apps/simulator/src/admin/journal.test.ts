import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, HELLO, withSimulator } from '../testing.ts';

async function requests(bench: Bench, query = '') {
  const answer = await bench.admin('GET', `/admin/journal${query}`);
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text).requests;
}

test('admin journal: shows what came, with its secrets masked', () =>
  withSimulator(async (bench) => {
    await bench.chat(HELLO, {
      headers: {
        'api-key': 'simulated-key-1',
        authorization: 'Bearer eyJhbGciOiJIUzI1NiJ9',
        cookie: 'a=b',
        'x-mine': '7',
      },
    });
    const journal = await bench.admin('GET', '/admin/journal');
    const [entry] = JSON.parse(journal.text).requests;
    assert.equal(entry.apiKey, 'sim…-1');
    assert.equal(entry.authorization, 'Bearer eyJ…J9');
    assert.equal(entry.headers['x-mine'], '7');
    assert.equal(entry.query, 'api-version=2024-10-21');
    assert.deepEqual([entry.status, entry.deployment, entry.resource], [200, 'chat', 'openai1']);
    assert.deepEqual([entry.body, entry.bodyChars], [null, JSON.stringify(HELLO).length]);
    for (const secret of ['simulated-key-1', 'eyJhbGci', 'a=b']) assert.ok(!journal.text.includes(secret));
  }));

test('admin journal: is filtered by resource, deployment and status, limited to the last, and cleared', () =>
  withSimulator(async (bench) => {
    await bench.chat({ ...HELLO, user: 'first' });
    await bench.chat(HELLO);
    await bench.chat({ ...HELLO, max_tokens: 10_000, n: 4 });
    assert.equal((await requests(bench)).length, 3);
    assert.equal((await requests(bench, '?status=429')).length, 1);
    assert.equal((await requests(bench, '?resource=openai1&deployment=chat&status=200')).length, 2);
    assert.equal((await requests(bench, '?resource=openai2')).length, 0);
    assert.equal((await requests(bench, '?deployment=embedding')).length, 0);
    const [all, last] = [await requests(bench), await requests(bench, '?limit=1')];
    assert.deepEqual(last, [all[2]]);
    assert.equal((await bench.admin('DELETE', '/admin/journal')).status, 200);
    assert.deepEqual(await requests(bench), []);
  }));

test('admin journal: keeps bodies where it is told to', () =>
  withSimulator(async (bench) => {
    assert.equal(
      (await bench.admin('PATCH', '/admin/journal', { bodies: true })).text,
      '{"requests":0,"bodies":true}\n',
    );
    await bench.chat(HELLO);
    assert.deepEqual(JSON.parse((await requests(bench))[0].body), HELLO);
    await bench.admin('PATCH', '/admin/journal', { bodies: false });
    await bench.chat(HELLO);
    assert.deepEqual(
      (await requests(bench)).map((entry: { body: unknown }) => typeof entry.body),
      ['string', 'object'],
    );
  }));

const REFUSED: ReadonlyArray<readonly [method: string, query: string, body: unknown, message: RegExp]> = [
  [
    'GET',
    '?limit=0&status=abc&colour=red',
    undefined,
    /^colour: is unknown.*; status: "abc" is not.*; limit: "0" is not/,
  ],
  ['GET', '?limit=1001', undefined, /limit: "1001" is not a whole number from 1 to 1000/],
  ['PATCH', '', { bodies: 'yes' }, /bodies: "yes" is not true or false/],
];

for (const [method, query, body, message] of REFUSED) {
  test(`admin journal: ${method} ${query}${JSON.stringify(body) ?? ''} is refused`, () =>
    withSimulator(async ({ admin }) => {
      const refused = await admin(method, `/admin/journal${query}`, body);
      assert.equal(refused.status, 400);
      assert.match(JSON.parse(refused.text).error.message, message);
    }));
}
