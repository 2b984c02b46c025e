import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { freePorts } from './ports.ts';

const HOST = '127.0.0.1';
const busy = createServer();
let port = 0;

before(async () => {
  await new Promise<void>((resolve) => busy.listen(0, HOST, resolve));
  const address = busy.address();
  port = address !== null && typeof address === 'object' ? address.port : 0;
});
after(() => busy.close());

test('freePorts: moves on from a busy port', async () => {
  const found = await freePorts(HOST, port, 1, []);
  assert.ok(found > port || found === 0, `${found} for ${port}`);
});

test('freePorts: every port of the row must be free, and none of those taken', async () => {
  const row = await freePorts(HOST, port - 1, 2, []);
  assert.ok(row > port || row === 0, `${row} for ${port - 1}`);
  const beside = await freePorts(HOST, port + 1, 1, [port + 1]);
  assert.notEqual(beside, port + 1);
});

test('freePorts: 0 leaves the choice to the system, and so does a search without end', async () => {
  assert.equal(await freePorts(HOST, 0, 4, []), 0);
  const all = Array.from({ length: 60 }, (_, i) => 50_000 + i);
  assert.equal(await freePorts(HOST, 50_000, 1, all), 0);
});
