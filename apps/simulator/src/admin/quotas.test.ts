import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HELLO, withSimulator } from '../testing.ts';

const QUOTAS = {
  quotas: [{ subscription: 'simulated', region: 'East US', model: 'gpt-4o', type: 'Standard', capacity: 60 }],
};

test('admin quotas: what deployments share is shown, and set by hand', () =>
  withSimulator(
    async ({ admin, chat, clock }) => {
      await chat({ ...HELLO, max_tokens: 998 });
      const [quota] = JSON.parse((await admin('GET', '/admin/quotas')).text).quotas;
      assert.deepEqual([quota.id, quota.window.tokens, quota.limits.tokensPerMinute], ['quota-1', 1000, 60_000]);
      assert.equal((await admin('PUT', '/admin/quotas/quota-1/counters', { tokens: 59_999 })).status, 200);
      assert.equal((await chat({ ...HELLO, max_tokens: 100 })).status, 429);
      assert.equal((await admin('POST', '/admin/quotas/quota-1/reset')).status, 200);
      assert.equal((await chat({ ...HELLO, max_tokens: 100 })).status, 200);
      const throttled = JSON.parse((await admin('POST', '/admin/quotas/quota-1/throttle', { seconds: 9 })).text);
      assert.equal(throttled.window.throttledUntilMs, clock.nowMs() + 9000);
      assert.equal((await chat(HELLO)).status, 429);
    },
    {},
    QUOTAS,
  ));

test('admin quotas: one that is not there, and a number that cannot be, are refused', () =>
  withSimulator(
    async ({ admin }) => {
      const none = await admin('POST', '/admin/quotas/quota-2/reset');
      assert.equal(none.status, 404);
      assert.match(JSON.parse(none.text).error.message, /quota: "quota-2" does not exist; there are quota-1/);
      const wrong = await admin('POST', '/admin/quotas/quota-1/throttle', {});
      assert.equal(wrong.status, 400);
    },
    {},
    QUOTAS,
  ));
