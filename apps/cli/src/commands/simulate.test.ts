import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Command } from '../testing/command.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'spillway-simulate-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function statusOver(url: string, ca: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { ca, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

test('simulate: --ca-file turns TLS on, writes what to trust there and says so; --state keeps state', async (t) => {
  const path = folder(t);
  const caFile = join(path, 'ca.pem');
  const stateFile = join(path, 'state.sqlite');
  const simulate = new Command(['simulate', '--ca-file', caFile, '--state', stateFile], { SPILLWAY_PORT: '0' });
  const [, url = ''] = await simulate.sees(/Entra ID at (https:\/\/127\.0\.0\.1:\d+)\./);
  await simulate.sees(
    /\nexport NODE_EXTRA_CA_CERTS=\S+ca\.pem\nexport AZURE_AUTHORITY_HOST=https:\S+ AZURE_TENANT_ID=/,
  );
  assert.equal(await statusOver(`${url}/healthz`, readFileSync(caFile, 'utf8')), 200);
  assert.ok(existsSync(stateFile));
  simulate.kill('SIGINT');
  assert.equal((await simulate.ended).code, 0);
});

test('simulate: --tls of its twin keeps what the file says of the CA; secrets of the file are not shown', async (t) => {
  const path = folder(t);
  const file = join(path, 'simulator.yaml');
  const identity = 'identity: { applications: [{ clientId: app, secret: canary-secret }] }';
  writeFileSync(file, `tls: { folder: ${JSON.stringify(join(path, 'kept'))} }\n${identity}\n`);
  const simulate = new Command(['simulate', '--config', file, '--json'], { SPILLWAY_PORT: '0', SPILLWAY_TLS: 'true' });
  await simulate.sees(/"caFile": "[^"]+kept[^"]+spillway-simulator-ca\.pem"/);
  await simulate.sees(/Ctrl-C ends/);
  simulate.kill('SIGINT');
  const { code, stdout, stderr } = await simulate.ended;
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stdout + stderr, /canary-secret/);
  assert.match(stdout, /"signIn": null.*"httpsUrl": "https:/s);
});

test('simulate: a file that is not its own is not written over; exit 2', async (t) => {
  const notes = join(folder(t), 'notes.txt');
  writeFileSync(notes, 'precious');
  const simulate = new Command(['simulate', '--ca-file', notes], { SPILLWAY_PORT: '0' });
  const { code, stderr } = await simulate.ended;
  assert.equal(code, 2);
  assert.equal(stderr.match(/is no certificate of a simulator; name another file/g)?.length, 1, stderr);
  assert.equal(readFileSync(notes, 'utf8'), 'precious');
});
