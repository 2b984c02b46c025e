import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { type Config, DEFAULT_DOORS, type DoorSettings } from '@spillway/config';
import { Entrance } from './entrance.ts';
import type { GatewayEvent } from './observe/events.ts';
import { testClient } from './testing/client.ts';
import { TestInbound } from './testing/kit.ts';
import { configFor } from './testing/raw-backend.ts';

function configWith(doors: Partial<DoorSettings> = {}): Config {
  return configFor(['http://127.0.0.1:9'], {
    clients: [testClient('people', 'key')],
    doors: { ...DEFAULT_DOORS, ...doors },
  });
}

function entrance(config: Config, env: Readonly<Record<string, string>> = {}) {
  const events: GatewayEvent[] = [];
  const emit = (event: GatewayEvent) => events.push(event);
  const made = new Entrance(config, { clock: new FakeClock(), emit, env, adminKey: null, allowAnonymous: false });
  made.serves(createServer());
  return { made, events };
}

test('Entrance: without a key for seals it says once what will be lost, and the random one outlives a reload', () => {
  const { made, events } = entrance(configWith());
  assert.equal(events.length, 1);
  assert.match(JSON.stringify(events), /No SPILLWAY_SEAL_KEY.*before a restart, or by another replica/);
  const sealed = made.seal.seal('resp_1', 'openai1');
  assert.equal(made.reload(configWith({ corsOrigins: ['*'] })), null);
  assert.equal(made.seal.open(sealed).kind, 'sealed');
  assert.equal(events.length, 1);
});

test('Entrance: keys for seals come from the file and the environment, and a reload rotates them', () => {
  const env = { SPILLWAY_SEAL_KEY: ' second , third,' };
  const { made, events } = entrance(configWith({ sealKeys: ['first'] }), env);
  assert.deepEqual(events, []);
  const sealed = made.seal.seal('resp_1', 'openai1');
  const only = (key: string) => entrance(configWith({ sealKeys: [key] })).made.seal;
  assert.equal(only('first').open(sealed).kind, 'sealed');
  for (const key of ['second', 'third']) {
    assert.equal(made.seal.open(only(key).seal('resp_1', 'openai1')).kind, 'sealed', key);
  }
  assert.equal(made.reload(configWith({ sealKeys: ['newest', 'first'] })), null);
  assert.equal(made.seal.open(sealed).kind, 'sealed');
  assert.equal(only('newest').open(made.seal.seal('resp_2', 'openai1')).kind, 'sealed');
  assert.equal(only('first').open(made.seal.seal('resp_2', 'openai1')).kind, 'broken');
});

test('Entrance: a reload takes effect on clients and pages', () => {
  const { made } = entrance(configWith());
  const ask = new TestInbound({ headers: { 'api-key': 'key', origin: 'https://app.example.com' } });
  assert.equal(made.cors.admit(ask), ask);
  const next = {
    ...configWith({ corsOrigins: ['https://app.example.com'] }),
    clients: [testClient('people', 'other')],
  };
  assert.equal(made.reload(next), null);
  assert.notEqual(made.cors.admit(ask), ask);
  assert.deepEqual(made.doors.identify(ask), {
    kind: 'refused',
    refusal: { kind: 'unknownKey', takesTokens: false },
  });
});
