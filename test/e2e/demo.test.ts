/** The demo as a newcomer starts it: one bounded round, in real time, with the chat app's users behind it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Figures } from '../../apps/cli/src/demo/figures.ts';
import { Command } from '../../apps/cli/src/testing/command.ts';

test('spillway demo --once --json: answers every request through the gateway, while one resource alone refuses many; then every question in the chat app', async () => {
  const demo = new Command(['demo', '--once', '--json', '--port', '0']);
  const { code, stdout, stderr } = await demo.ended;
  assert.equal(code, 0, stderr);
  const figures: Figures = JSON.parse(stdout);
  assert.equal(figures.verdict, 'passed');
  assert.deepEqual(figures.failures, []);
  const { load, direct, spillway, throttles, deployments, chat } = figures;
  assert.equal(spillway.answered, load.requests);
  assert.ok(throttles < direct.refused429, 'a refusal that is foreseen is none');
  assert.ok(direct.refused429 >= 10, 'one resource alone must not do');
  assert.equal(direct.answered + direct.refused429, load.requests, direct.failures.join('; '));
  assert.equal(
    deployments.reduce((sum, { served }) => sum + served, 0),
    load.requests,
  );
  assert.ok(chat.documents >= 20 && chat.passages > chat.documents, `${chat.documents} with ${chat.passages} passages`);
  assert.ok(
    chat.notIndexed.every((each) => each.startsWith('scanned-inventory.pdf: ')),
    chat.notIndexed.join(),
  );
  assert.deepEqual(chat.throttledResources, ['openai1', 'openai2']);
  assert.deepEqual([chat.users, chat.asked, chat.answered], [10, 30, 30], chat.reasons.join('; '));
  assert.equal(chat.errors, 0);
  assert.equal(chat.movedElsewhere, chat.answered, 'two of three refuse, so the third answers');
  assert.ok(chat.cited >= 20, `${chat.cited} answers cite a document`);
  assert.match(stderr, /Chat app, 2 of 3 resources throttled: 10 users asked 30, all answered\./);
  assert.match(stderr, /\(openai1\): 429, asks to wait 1[12]\d s/);
  assert.match(stderr, /Proxying to http:\/\/127\.0\.0\.1:\d+ \(openai2\): 200/);
});
