import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HELLO, withSimulator } from '../testing.ts';

test('admin faults: are added, shown, and removed one by one or all', () =>
  withSimulator(async (bench) => {
    const first = JSON.parse((await bench.admin('POST', '/admin/faults', { kind: 'status', status: 503 })).text);
    const second = JSON.parse((await bench.admin('POST', '/admin/faults', { kind: 'hang', times: null })).text);
    assert.deepEqual([first.hits, first.spec.status, second.spec.times], [0, 503, null]);
    assert.equal((await bench.chat(HELLO)).status, 503);
    assert.equal(JSON.parse((await bench.admin('GET', `/admin/faults/${first.id}`)).text).hits, 1);
    assert.equal((await bench.admin('DELETE', `/admin/faults/${second.id}`)).status, 200);
    assert.equal((await bench.admin('GET', `/admin/faults/${second.id}`)).status, 404);
    assert.equal((await bench.chat(HELLO)).status, 200);
    assert.equal(JSON.parse((await bench.admin('GET', '/admin/faults')).text).faults.length, 1);
    assert.deepEqual(JSON.parse((await bench.admin('DELETE', '/admin/faults')).text), { removed: [first.id] });
    assert.deepEqual(JSON.parse((await bench.admin('GET', '/admin/faults')).text), { faults: [] });
  }));

test('admin faults: may name what was added while running', () =>
  withSimulator(async ({ admin }) => {
    const fault = { kind: 'status', resource: 'openai1', deployment: 'new' };
    assert.equal((await admin('POST', '/admin/faults', fault)).status, 400);
    await admin('POST', '/admin/resources/openai1/deployments', { name: 'new', model: 'gpt-4o', capacity: 1 });
    assert.equal((await admin('POST', '/admin/faults', fault)).status, 201);
  }));
