import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exposureProblem, isLoopback, nameOfHost } from './exposure.ts';

test('exposureProblem: without sign-in only this machine is served, unless that is said', () => {
  const proxy = { kind: 'proxy', userHeader: 'x', groupsHeader: 'y', addresses: [] } as const;
  assert.equal(exposureProblem('127.0.0.1', { kind: 'none' }, false), null);
  assert.equal(exposureProblem('::1', { kind: 'none' }, false), null);
  assert.match(exposureProblem('0.0.0.0', { kind: 'none' }, false) ?? '', /SPILLWAY_CHAT_AUTH.*--allow-anonymous/);
  assert.equal(exposureProblem('0.0.0.0', { kind: 'none' }, true), null);
  assert.equal(exposureProblem('0.0.0.0', proxy, false), null);
});

test('isLoopback: knows this machine by its addresses and its one name', () => {
  const rows: ReadonlyArray<readonly [string, boolean]> = [
    ['127.8.9.1', true],
    ['[::1]', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['127.0.0.1.example', false],
    ['localhost.example', false],
  ];
  for (const [host, want] of rows) assert.equal(isLoopback(nameOfHost(host)), want, host);
  assert.equal(nameOfHost('[::1]:3000'), '::1');
  assert.equal(nameOfHost('LOCALHOST:3000'), 'localhost');
});
