import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidArgumentError, Option } from 'commander';
import { notEmpty, port, seed, twinOf, twinValue } from './flags.ts';

test('port, seed: whole numbers in range, and nothing that merely looks like one', () => {
  for (const [text, want] of [
    ['0', 0],
    [' 8080 ', 8080],
    ['65535', 65_535],
  ] as const) {
    assert.equal(port(text), want);
  }
  for (const text of ['', '-1', '65536', '99999', '1e3', '0x10', '80.5', 'http', '99999999999']) {
    assert.throws(() => port(text), InvalidArgumentError, text);
  }
  assert.equal(seed('4294967295'), 4_294_967_295);
  assert.throws(() => seed('4294967296'), /whole number from 0 to 4294967295/);
});

test('notEmpty: refuses blanks', () => {
  assert.equal(notEmpty('a'), 'a');
  assert.throws(() => notEmpty('  '), InvalidArgumentError);
});

test('twinValue: reads SPILLWAY_… as the flag would be read', () => {
  const number = new Option('--admin-port <number>').argParser(port);
  const yes = new Option('--allow-anonymous');
  const format = new Option('--log-format <format>').choices(['text', 'json']);
  const no = new Option('--no-wait');
  assert.equal(twinOf(number), 'SPILLWAY_ADMIN_PORT');
  const rows = [
    [number, { SPILLWAY_ADMIN_PORT: '99' }, 99],
    [number, {}, undefined],
    [number, { SPILLWAY_ADMIN_PORT: ' ' }, undefined],
    [yes, { SPILLWAY_ALLOW_ANONYMOUS: 'true' }, true],
    [yes, { SPILLWAY_ALLOW_ANONYMOUS: 'false' }, false],
    [yes, { SPILLWAY_ALLOW_ANONYMOUS: '0' }, false],
    [format, { SPILLWAY_LOG_FORMAT: 'json' }, 'json'],
    [no, { SPILLWAY_NO_WAIT: 'true' }, false],
    [no, { SPILLWAY_NO_WAIT: '0' }, true],
  ] as const;
  for (const [option, env, want] of rows) assert.equal(twinValue(option, env), want, JSON.stringify(env));
  assert.throws(() => twinValue(number, { SPILLWAY_ADMIN_PORT: 'x' }), InvalidArgumentError);
  assert.throws(() => twinValue(yes, { SPILLWAY_ALLOW_ANONYMOUS: 'maybe' }), /neither true nor false/);
  assert.throws(() => twinValue(format, { SPILLWAY_LOG_FORMAT: 'xml' }), InvalidArgumentError);
});

test('twinValue: passes over what Kubernetes sets for a service called spillway', () => {
  const option = new Option('--port <number>').argParser(port);
  assert.equal(twinValue(option, { SPILLWAY_PORT: 'tcp://10.96.0.5:8080' }), undefined);
});
