import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HELLO, withSimulator } from '../../testing.ts';
import { isPageState, isRequests, type PageState, type RequestView } from './shapes.ts';

test('isPageState: the simulator’s own state is one, as type and as JSON', () =>
  withSimulator(async ({ simulator, admin, addFault }) => {
    await addFault({ kind: 'delay', delayMs: 5, times: null });
    // The compiler checks each field here, which the page cannot: it has no types of Node.
    const state: PageState = simulator.state();
    assert.equal(isPageState(JSON.parse(JSON.stringify(state))), true);
    assert.equal(isPageState(JSON.parse((await admin('GET', '/admin/state')).text)), true);
  }));

test('isRequests: what the journal answers is read', () =>
  withSimulator(async ({ simulator, admin, chat }) => {
    await chat(HELLO);
    const entries: readonly RequestView[] = simulator.journal.entries();
    assert.equal(entries[0]?.deployment, 'chat');
    assert.equal(isRequests(JSON.parse((await admin('GET', '/admin/journal')).text)), true);
  }));

for (const value of [null, [], 'text', {}, { clock: {}, resources: {}, quotas: [], faults: [] }]) {
  test(`isPageState: ${JSON.stringify(value)} is none`, () => assert.equal(isPageState(value), false));
}
