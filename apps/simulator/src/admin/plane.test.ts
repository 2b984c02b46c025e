import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HELLO, send, withSimulator } from '../testing.ts';
import { ADMIN_BODY_BYTES_MAX } from './plane.ts';

test('adminPlane: says what there is, and each route is there', () =>
  withSimulator(async ({ admin }) => {
    const { routes } = JSON.parse((await admin('GET', '/admin')).text);
    assert.ok(routes.length > 30);
    for (const { method, path, does } of routes) {
      assert.ok(does.length > 5, path);
      if (method !== 'GET') continue;
      const answer = await admin(
        method,
        path.replace('{resource}', 'openai1').replace('{deployment}', 'chat').replace('{id}', 'fault-1'),
      );
      assert.ok(answer.status === 200 || path.endsWith('{id}'), `${path}: ${answer.text}`);
    }
  }));

test('adminPlane: repeated slashes and a query are no hindrance', () =>
  withSimulator(async ({ admin }) => {
    assert.equal((await admin('GET', '//admin//seed?a=b')).text, '{"seed":1}\n');
  }));

test('adminPlane: a page of another place changes nothing', () =>
  withSimulator(async ({ simulator, chat }) => {
    const origin = 'http://attacker.example';
    const stop = await send(`${simulator.adminUrl}/admin/resources/openai1/stop`, {
      method: 'POST',
      headers: { origin },
    });
    const rebound = await send(`${simulator.adminUrl}/admin/state`, { headers: { host: 'attacker.example' } });
    assert.deepEqual([stop.status, rebound.status], [403, 403]);
    assert.equal((await chat(HELLO)).status, 200);
  }));

const REFUSED: ReadonlyArray<readonly [method: string, path: string, body: unknown, status: number, message: RegExp]> =
  [
    ['GET', '/nothing', undefined, 404, /\/nothing: no such route; GET \/admin lists/],
    ['PUT', '/admin/faults', {}, 405, /takes POST, GET, DELETE, not PUT/],
    ['POST', '/admin/faults', '{"kind":', 400, /body: is not JSON/],
    ['POST', '/admin/faults', undefined, 400, /body: expected a JSON object/],
    [
      'POST',
      '/admin/faults',
      { kind: 'hang', resource: 'openai7' },
      400,
      /resource: "openai7" is no resource; there are openai1/,
    ],
    ['POST', '/admin/faults', 'x'.repeat(ADMIN_BODY_BYTES_MAX + 1), 413, /larger than/],
    ['GET', '/admin/faults/fault-9', undefined, 404, /"fault-9" does not exist/],
    ['DELETE', '/admin/faults/fault-9', undefined, 404, /"fault-9" does not exist/],
  ];

for (const [method, path, body, status, message] of REFUSED) {
  test(`adminPlane: ${method} ${path} with ${JSON.stringify(body)?.slice(0, 40) ?? 'nothing'} is refused with ${status}`, () =>
    withSimulator(async ({ admin }) => {
      const refused = await admin(method, path, body);
      assert.equal(refused.status, status, refused.errorCode ?? '');
      const { error } = JSON.parse(refused.text);
      assert.match(error.message, message);
      assert.ok(error.errors.length > 0 && error.code !== '');
    }));
}
