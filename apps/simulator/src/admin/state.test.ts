import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HELLO, withSimulator } from '../testing.ts';

const QUOTA = { subscription: 'simulated', region: 'East US', model: 'gpt-4o', type: 'Standard', capacity: 1 };

test('admin state: tells everything, and says it as the library does', () =>
  withSimulator(
    async ({ admin, simulator, clock, addFault }) => {
      await addFault({ kind: 'delay', delayMs: 5, times: null });
      const state = JSON.parse((await admin('GET', '/admin/state')).text);
      assert.deepEqual(state, JSON.parse(JSON.stringify(simulator.state())));
      assert.deepEqual(
        [state.clock, state.seed, state.recording, state.journal],
        [{ nowMs: clock.nowMs(), paused: false, speed: 1 }, 7, 'generate', { requests: 0, bodies: false }],
      );
      assert.equal(state.resources[0].deployments[0].name, 'chat');
      assert.equal(state.faults[0].spec.kind, 'delay');
      assert.deepEqual(
        [state.quotas[0].id, state.quotas[0].region, state.quotas[0].limits.tokensPerMinute],
        ['quota-1', 'East US', 1000],
      );
    },
    {},
    { seed: 7, quotas: [QUOTA] },
  ));

test('admin state: a reset empties what was counted and done, of shared quotas too, and keeps what is deployed', () =>
  withSimulator(
    async ({ admin, chat, addFault }) => {
      await chat({ ...HELLO, max_tokens: 900 });
      assert.equal((await chat({ ...HELLO, max_tokens: 900 })).status, 429);
      await addFault({ kind: 'status', times: null });
      const state = JSON.parse((await admin('POST', '/admin/reset')).text);
      assert.deepEqual([state.faults, state.journal.requests, state.quotas[0].window.tokens], [[], 0, 0]);
      assert.equal((await chat({ ...HELLO, max_tokens: 900 })).status, 200);
    },
    {},
    { quotas: [QUOTA] },
  ));

test('admin state: after the seed is set, answers are those of a simulator that started with it', () =>
  withSimulator(async ({ admin, chat }) => {
    const said = async (): Promise<string> => JSON.parse((await chat(HELLO)).text).choices[0].message.content;
    const first = await said();
    assert.deepEqual(JSON.parse((await admin('PUT', '/admin/seed', { seed: 2 })).text), { seed: 2 });
    const second = await said();
    assert.notEqual(second, first);
    await withSimulator(
      async (other) => assert.equal(JSON.parse((await other.chat(HELLO)).text).choices[0].message.content, second),
      {},
      { seed: 2 },
    );
    await admin('PUT', '/admin/seed', { seed: 1 });
    assert.equal(await said(), first);
    assert.match(
      (await admin('PUT', '/admin/seed', { seed: 1.5 })).text,
      /seed: 1\.5 is not a whole number from 0 to 4294967295/,
    );
  }));
