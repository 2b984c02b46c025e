/** `spillway bench load` as somebody runs it: a process of its own, against the simulator and a gateway in front of it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Command, type Ended } from '../../apps/cli/src/testing/command.ts';
import { world } from '../world.ts';

/** Found nowhere but where a key is sent. */
const KEY = 'canary-9d2f61c07ab84e35';
const WITH_KEY = { OPENAI_API_KEY: KEY };
const CLIENT = { CLIENT_2_NAME: 'bench', CLIENT_2_KEY: KEY };

/** Small calls, so that a second of load is enough. */
const SMALL = ['-e', 'chat', '-s', 'custom', '-p', '60', '-m', '8'];

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'spillway-bench-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function bench(endpoint: string, args: readonly string[], env: Readonly<Record<string, string>> = WITH_KEY): Command {
  return new Command(['bench', 'load', endpoint, ...args], env);
}

function all({ stdout, stderr }: Ended): string {
  return stdout + stderr;
}

/** In open loop: the sender itself may be late on a machine that has much to do, which ends with 1 and says so. */
function assertSent(ended: Ended): void {
  assert.ok(ended.code === 0 || /the sender itself was late/.test(ended.stderr), all(ended));
}

/** What is under `path` of a parsed report. */
function at(value: unknown, ...path: ReadonlyArray<string | number>): unknown {
  let found = value;
  for (const key of path) {
    assert.ok(typeof found === 'object' && found !== null, `nothing at ${path.join('.')}`);
    found = Reflect.get(found, key);
  }
  return found;
}

test('bench load: through the gateway, for people: mode first, a line each second, the report, and files of it', async (t) => {
  const { gateway } = await world(t, { env: CLIENT });
  const out = join(folder(t), 'report');
  const ended = await bench(gateway.url, [...SMALL, '--rate', '600', '--duration', '2', '--out', out]).ended;
  assertSent(ended);
  assert.match(ended.stderr, /^open loop: 600 per minute/);
  assert.match(ended.stdout, /rpm: \d+(?:\.\d+)? .*completed: \d+ .*ttft_avg: \d/);
  assert.match(ended.stderr, /20 answers in \d(?:\.\d)? s: \d+(?:\.\d)? per minute/);

  const report: unknown = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'));
  assert.deepEqual([at(report, 'format'), at(report, 'stopped')], ['spillway-bench/1', 'ended']);
  assert.equal(
    Number(at(report, 'targets', 0, 'calls', 'ok')) + Number(at(report, 'targets', 0, 'calls', 'length')),
    20,
  );
  assert.deepEqual(at(report, 'targets', 0, 'servedBy'), { 'openai1/chat': 20 });
  assert.deepEqual(at(report, 'targets', 0, 'tokensFrom'), { usage: 20 });
  assert.match(readFileSync(join(out, 'report.html'), 'utf8'), /^<!doctype html>[\s\S]*<\/html>\s*$/i);
  // A heading, and a row for each call.
  assert.equal(readFileSync(join(out, 'calls.csv'), 'utf8').trimEnd().split('\n').length, 21);
});

test("bench load: jsonl has the ancestor's names in each line, numbers or null, and only JSON on standard output", async (t) => {
  const { gateway } = await world(t, { env: CLIENT });
  const ended = await bench(gateway.url, [...SMALL, '-r', '300', '-d', '2', '-f', 'jsonl']).ended;
  assertSent(ended);
  const lines = ended.stdout.trimEnd().split('\n').map(parsed);
  assert.ok(lines.length >= 2, ended.stdout);
  const names = 'run_seconds timestamp rpm processing completed failures throttled requests tpm e2e ttft tbt util';
  for (const line of lines) for (const name of names.split(' ')) assert.notEqual(at(line, name), undefined, name);
  const last = lines.at(-1);
  assert.equal(at(last, 'completed'), 10);
  for (const [name, field] of [
    ['tpm', 'context'],
    ['tpm', 'gen'],
    ['tpm', 'total'],
    ['e2e', 'avg'],
    ['e2e', '95th'],
    ['ttft', '95th'],
    ['gen_tpr', '10th'],
  ] as const) {
    assert.equal(typeof at(last, name, field), 'number', `${name}.${field}`);
  }
  // The simulator's Standard deployments tell no utilisation.
  assert.deepEqual(at(last, 'util'), { avg: null, '95th': null });
  assert.match(String(at(last, 'timestamp')), /^\d{4}-\d\d-\d\dT.*Z$/);
});

function parsed(text: string): unknown {
  return JSON.parse(text);
}

test('bench load: a key is sent, and is in nothing that is printed or written', async (t) => {
  const { gateway } = await world(t, { env: CLIENT });
  const path = folder(t);
  const files = ['--out', join(path, 'out'), '--log-save-dir', join(path, 'log')];
  const [good, wrong] = await Promise.all([
    bench(gateway.url, [...SMALL, '-n', '5', '-c', '2', '--json', ...files]).ended,
    bench(gateway.url, [...SMALL, '-n', '2'], { OPENAI_API_KEY: `${KEY}x` }).ended,
  ]);
  assert.equal(good.code, 0, all(good));
  assert.equal(at(parsed(good.stdout), 'targets', 0, 'calls', 'refused'), 0, 'the key was sent');
  assert.equal(wrong.code, 1, all(wrong));
  const written = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  assert.ok(written.length > 0);
  const texts = written.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  for (const text of [all(good), all(wrong), ...texts]) assert.ok(!text.includes(KEY), text);
});

test('bench load: two targets are asked in turns, and each has its own figures', async (t) => {
  // A simulated resource knows its own key alone, so the gateway is given that one too.
  const key = 'simulated-key-2';
  const both = await world(t, { env: { CLIENT_2_NAME: 'bench', CLIENT_2_KEY: key } });
  const url = both.simulator.resources[1]?.url ?? '';
  const args = [...SMALL, '-n', '20', '-c', '2', '--json', '--against', both.gateway.url];
  const ended = await bench(url, args, { OPENAI_API_KEY: key }).ended;
  assert.equal(ended.code, 0, all(ended));
  const report = parsed(ended.stdout);
  const calls = [0, 1].map((i) => Number(at(report, 'targets', i, 'e2e', 'count')));
  assert.deepEqual(calls, [20, 20]);
  assert.deepEqual(at(report, 'targets', 1, 'servedBy'), { 'openai1/chat': 20 });
});

test('bench load: --fail-if that holds ends with exit 1 and says the figure; one that does not, with 0', async (t) => {
  const { gateway } = await world(t, { env: CLIENT });
  const run = [...SMALL, '-n', '3', '-c', '1'];
  const [good, bad] = await Promise.all([
    bench(gateway.url, [...run, '--fail-if', 'ttft.p95>30', '--fail-if', 'failedShare>1%']).ended,
    bench(gateway.url, [...run, '--fail-if', 'e2e.max<1000']).ended,
  ]);
  assert.equal(good.code, 0, all(good));
  assert.equal(bad.code, 1, all(bad));
  assert.match(bad.stderr, /--fail-if e2e\.max<1000: it is \d/);
});

const WRONG: ReadonlyArray<readonly [args: readonly string[], env: Record<string, string>, want: RegExp]> = [
  [
    ['http://127.0.0.1:9'],
    WITH_KEY,
    /--deployment NAME is missing[\s\S]*nothing ends this run: give --duration SECONDS/,
  ],
  [['http://127.0.0.1:9', ...SMALL, '-n', '1'], {}, /no key: OPENAI_API_KEY is not set; export it/],
  [['127.0.0.1:9', ...SMALL, '-n', '1'], WITH_KEY, /'127\.0\.0\.1:9': is no address; it begins with https:\/\//],
  [['http://127.0.0.1:9', ...SMALL, '-n', '1', '--fail-if', 'speed>1'], WITH_KEY, /there is no figure 'speed'/],
  [
    ['http://127.0.0.1:9', ...SMALL, '-n', '1', '--header', `api-key: ${KEY}`],
    WITH_KEY,
    /--header api-key: .*--api-key-env/,
  ],
];

test('bench load: what is wrong on the command line ends with exit 2 before anything is sent, and says the way out', async () => {
  const runs = WRONG.map(([args, env]) => new Command(['bench', 'load', ...args], env).ended);
  for (const [i, [, , want]] of WRONG.entries()) {
    const ended = await runs[i];
    assert.ok(ended !== undefined);
    assert.equal(ended.code, 2, all(ended));
    assert.match(ended.stderr, want);
    assert.equal(ended.stdout, '');
    assert.ok(!all(ended).includes(KEY));
  }
});

test('bench load: where nothing answers, exit 1', async () => {
  const ended = await bench('http://127.0.0.1:9', [...SMALL, '-n', '2']).ended;
  assert.equal(ended.code, 1, all(ended));
  assert.match(all(ended), /2 without an answer/);
});

test('bench load: Ctrl-C ends it with a report of what was measured until then', async (t) => {
  const { gateway } = await world(t, { env: CLIENT });
  const out = folder(t);
  const command = bench(gateway.url, [...SMALL, '--rate', '1200', '--duration', '600', '--out', out]);
  await command.sees(/completed: [1-9]/);
  command.kill('SIGINT');
  const ended = await command.ended;
  assertSent(ended);
  assert.match(ended.stderr, /ended early: interrupted/);
  const report = parsed(readFileSync(join(out, 'report.json'), 'utf8'));
  assert.equal(at(report, 'stopped'), 'interrupted');
  assert.ok(Number(at(report, 'targets', 0, 'e2e', 'count')) > 0);
});
