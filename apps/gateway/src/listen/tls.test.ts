/** The TLS listener, through the whole gateway on real sockets; its files change under a clock that is held by hand. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { FakeClock } from '@spillway/clock';
import { DEFAULT_DOORS, type TlsFiles } from '@spillway/config';
import { SETTLE_MS } from '../configure/stamp-watch.ts';
import { type Gateway, startGateway } from '../main.ts';
import { selfSigned, type TestCertificate } from '../testing/certificate.ts';
import { configFor } from '../testing/raw-backend.ts';
import { UsageError } from './listen-on.ts';
import { readTlsPair, TlsKeeper } from './tls.ts';

interface Folder {
  readonly files: TlsFiles;
  write(pair: Partial<TestCertificate>): void;
}

function folder(t: TestContext): Folder {
  const path = mkdtempSync(join(tmpdir(), 'spillway-tls-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  const files = { certFile: join(path, 'tls.crt'), keyFile: join(path, 'tls.key') };
  return {
    files,
    write({ cert, key }) {
      if (cert !== undefined) writeFileSync(files.certFile, cert);
      if (key !== undefined) writeFileSync(files.keyFile, key);
    },
  };
}

interface Started {
  readonly gateway: Gateway;
  readonly clock: FakeClock;
  /** What the operator was told. */
  readonly told: string[];
  readonly config: (tls: TlsFiles | null) => ReturnType<typeof configFor>;
}

async function started(t: TestContext, files: TlsFiles): Promise<Started> {
  const clock = new FakeClock();
  const told: string[] = [];
  const config = (tls: TlsFiles | null) => configFor(['http://127.0.0.1:9'], { doors: { ...DEFAULT_DOORS, tls } });
  const gateway = await startGateway({
    config: config(files),
    clock,
    env: { SPILLWAY_SEAL_KEY: 'for tests' },
    emit: (event) => {
      if (event.kind === 'notice' || event.kind === 'operatorProblem') told.push(event.message);
    },
    port: 0,
    adminPort: 0,
  });
  t.after(() => gateway.close());
  return { gateway, clock, told, config };
}

/** Name on the certificate that a new connection is shown. */
function shown(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const ask = request(`${url}/livez`, { ca, agent: false, checkServerIdentity: () => undefined }, (answer) => {
      const socket: TLSSocket = Object(answer.socket);
      const name = String(socket.getPeerCertificate().subject.CN);
      answer.resume();
      answer.on('end', () => resolve(`${answer.statusCode} ${name}`));
    });
    ask.on('error', reject);
    ask.end();
  });
}

const TURNS_MAX = 1_000_000;

/** Looks come in turns: time passes, the stamps are read from the disk, and so on. */
async function until(clock: FakeClock, done: () => boolean): Promise<void> {
  for (let n = 0; n < TURNS_MAX && !done(); n++) {
    if (n % 100 === 0) clock.advance(SETTLE_MS);
    await turn();
  }
  assert.ok(done());
}

test('tls: the gateway serves https with its certificate, and says so in its URL', async (t) => {
  const on = folder(t);
  const first = await selfSigned('first');
  on.write(first);
  const { gateway } = await started(t, on.files);
  assert.match(gateway.url, /^https:\/\/127\.0\.0\.1:\d+$/);
  assert.equal(await shown(gateway.url, first.cert), '200 first');
});

test('tls: a new certificate serves without a restart, and a pair that does not fit changes nothing', async (t) => {
  const on = folder(t);
  const [first, second] = await Promise.all([selfSigned('first'), selfSigned('second')]);
  on.write(first);
  const { gateway, clock, told } = await started(t, on.files);
  on.write({ cert: second.cert });
  await until(clock, () => told.length === 1);
  assert.match(
    told[0] ?? '',
    /tls: \S+tls\.crt and \S+tls\.key do not serve \(\w+\); .* The old certificate serves on\.$/,
  );
  assert.equal(await shown(gateway.url, first.cert), '200 first');
  on.write({ key: second.key });
  await until(clock, () => told.length === 2);
  assert.match(told[1] ?? '', /serves from now on/);
  assert.equal(await shown(gateway.url, second.cert), '200 second');
  assert.ok(!told.join().includes('PRIVATE'), told.join());
});

test('tls: a reload may name other files, but neither a bad pair nor another scheme', async (t) => {
  const [one, other] = [folder(t), folder(t)];
  const [first, second] = await Promise.all([selfSigned('first'), selfSigned('second')]);
  one.write(first);
  const { gateway, config } = await started(t, one.files);
  assert.match(gateway.reload(config(other.files)) ?? '', /tls\.certFile: \S+ cannot be read \(ENOENT\)/);
  assert.match(gateway.reload(config(null)) ?? '', /must be started anew/);
  assert.equal(await shown(gateway.url, first.cert), '200 first');
  other.write(second);
  assert.equal(gateway.reload(config(other.files)), null);
  assert.equal(await shown(gateway.url, second.cert), '200 second');
});

test('tls: a certificate that cannot be read ends the start, with the way out', async (t) => {
  const on = folder(t);
  await assert.rejects(started(t, on.files), (error) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.message, /^tls\.certFile: \S+ cannot be read \(ENOENT\); check the path/);
    return true;
  });
});

test('tls: nothing below TLS 1.2 is spoken', async (t) => {
  const on = folder(t);
  on.write(await selfSigned('first'));
  const { gateway } = await started(t, on.files);
  const port = Number(new URL(gateway.url).port);
  const settings = { port, host: '127.0.0.1', rejectUnauthorized: false, ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  const speak = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect({ ...settings, minVersion: version, maxVersion: version }, () => {
        resolve(socket.getProtocol() ?? 'none');
        socket.destroy();
      });
      socket.on('error', () => resolve('refused'));
    });
  assert.deepEqual(await Promise.all((['TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const).map(speak)), [
    'refused',
    'TLSv1.2',
    'TLSv1.3',
  ]);
});

test('tls: a client that speaks plain http is cut off, and one that never shakes hands does not hold up the end', async (t) => {
  const on = folder(t);
  on.write(await selfSigned('first'));
  const { gateway } = await started(t, on.files);
  const plain = await new Promise<string>((resolve) => {
    const ask = httpRequest(`${gateway.url.replace('https', 'http')}/livez`, (answer: IncomingMessage) =>
      resolve(`answered ${answer.statusCode}`),
    );
    ask.on('error', () => resolve('cut off'));
    ask.end();
  });
  assert.equal(plain, 'cut off');
  const silent = connectTcp(Number(new URL(gateway.url).port), '127.0.0.1');
  await new Promise((resolve) => silent.once('connect', resolve));
  const cut = new Promise((resolve) => silent.once('close', resolve));
  silent.on('error', () => {});
  await gateway.drain();
  await cut;
});

test('readTlsPair: says which file is bad, and nothing of what is in it', async (t) => {
  const on = folder(t);
  const { cert, key } = await selfSigned('first');
  on.write({ cert });
  assert.match(String(readTlsPair(on.files)), /^tls\.keyFile: \S+tls\.key cannot be read \(ENOENT\)/);
  for (const bad of ['canary', key.replace(/\n.{20}/, '\ncanary'), cert, (await selfSigned('other')).key]) {
    on.write({ key: bad });
    const said = readTlsPair(on.files);
    assert.match(String(said), /do not serve/);
    assert.doesNotMatch(String(said), /canary|BEGIN/);
  }
});

test('TlsKeeper: the same bad pair is told once', async (t) => {
  const on = folder(t);
  const pair = await selfSigned('first');
  on.write(pair);
  const clock = new FakeClock();
  const told: Array<string | null> = [];
  const read = readTlsPair(on.files);
  if (typeof read === 'string') assert.fail(read);
  const changes: Array<() => void> = [];
  let stamp = 0;
  let text = 'bad';
  const disk = {
    read: (file: string) => (file === on.files.certFile ? pair.cert : text),
    stamp: async () => String(stamp),
    watch: (_folder: string, onChange: () => void) => {
      changes.push(onChange);
      return () => {};
    },
  };
  const keeper = new TlsKeeper({ files: on.files, clock, onChange: (problem) => told.push(problem), disk }, read);
  const { createServer } = await import('node:http');
  keeper.keep(createServer());
  await until(clock, () => told.length === 1);
  stamp++;
  for (let n = 0; n < 1_000; n++) {
    if (n % 100 === 0) clock.advance(SETTLE_MS * 10);
    await turn();
  }
  assert.equal(told.length, 1);
  text = pair.key;
  stamp++;
  await until(clock, () => told.length === 2);
  assert.equal(told[1], null);
  keeper.close();
});
