import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Command, CommanderError } from 'commander';
import { UsedWrongly } from '../exit.ts';
import { NO_PAINT } from '../lines.ts';
import { addCapacity } from '../plan/capacity-flags.ts';

/** The command as it is on the command line, without a process of its own. */
async function ran(args: readonly string[]) {
  const written = { out: '', err: '', exit: -1 };
  const out = (text: string) => {
    written.out += text;
  };
  const err = (text: string) => {
    written.err += text;
  };
  const plan = new Command('plan').exitOverride().configureOutput({ writeOut: out, writeErr: err });
  const setExit = (exit: number) => {
    written.exit = exit;
  };
  addCapacity(plan, {}, setExit, { out, err, paint: NO_PAINT });
  try {
    await plan.parseAsync(['capacity', ...args], { from: 'user' });
  } catch (error) {
    if (error instanceof UsedWrongly) err(error.message);
    else if (!(error instanceof CommanderError)) throw error;
    written.exit = 2;
  }
  return written;
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'spillway-capacity-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

const SHAPE = ['--prompt-tokens', '200', '--answer-tokens', '20'];
const C20 = ['--model', 'gpt-5.2', '--calls', '1000', ...SHAPE];

test('capacity: what is missing or wrong ends with exit 2 and says the way out', async (t) => {
  const prices = join(folder(t), 'prices.yaml');
  writeFileSync(prices, 'asOf: today\n');
  const rows: ReadonlyArray<readonly [args: readonly string[], want: RegExp]> = [
    [[], /nothing says how much traffic there is.*--from.*spillway plan capacity --model gpt-5\.2 --calls 1000/s],
    [['--model', 'gpt-5.2'], /nothing says how much traffic/],
    [['--model', 'gpt-5.2', '--calls', '10'], /not given: --prompt-tokens \(.*--answer-tokens \(/],
    [['--model', 'gpt-5.2', ...SHAPE], /not given: --calls \(calls per minute/],
    [['--calls', '10', ...SHAPE], /--model is not given; for example --model gpt-5\.2/],
    [['--model', 'gpt-5.22', '--calls', '10', ...SHAPE], /did you mean gpt-5\.2/],
    [
      ['--model', 'gpt-4', '--ptus', '10', ...SHAPE],
      /--ptus is about PTUs, and of gpt-4: no PTU figures of it are published/,
    ],
    [['--model', 'gpt-4', '--calls', '10', '--try', ...SHAPE], /--try is about PTUs, .*--input-tpm-per-ptu/],
    [['--model', 'gpt-4', '--calls', '10', '--output-weight', '3', ...SHAPE], /no PTU figures of it are published/],
    [[...C20, '--calls', 'many'], /It is not a number of calls per minute above 0; write for example 1000/],
    [[...C20, '--calls', '0'], /above 0/],
    [[...C20, '--cache-rate', '120%'], /not a share from 0 to 100 %/],
    [[...C20, '--percentile', '0'], /not a percentile above 0/],
    [[...C20, '--type', 'local'], /none of global, data-zone, regional/],
    [[...C20, '--answer-tokens', 'lognormal:mean=9,p95=1'], /--answer-tokens: no lognormal distribution/],
    [[...C20, '--prompt-tokens', 'histogram:gone.csv'], /gone\.csv cannot be read/],
    [[...C20, '--workload', 'calls=5 prompt'], /--workload "calls=5 prompt": write name=…/],
    [[...C20, '--workload', 'calls=5'], /prompt, answer not given/],
    [[...C20, '--workload', 'calls=x prompt=1 answer=1'], /calls x is no number/],
    [[...C20, '--workload', 'calls=1 prompt=1 answer=1 cache=2'], /cache 2 is not a share/],
    [['--model', 'gpt-5.2', '--workload', 'calls=0 prompt=1 answer=1'], /ask for no tokens/],
    [[...C20, '--figures', '2024'], /--figures 2024 has gpt-4o and gpt-4o-mini alone/],
    [[...C20, '--prices', 'gone.yaml'], /--prices gone\.yaml cannot be read/],
    [[...C20, '--prices', prices], /is not used:\n.*asOf/s],
    [['--from', 'gone.log'], /gone\.log: cannot be read/],
    [['--from', 'x.csv', '--columns', 'When=time'], /--columns When=time: write time=…, prompt=…/],
    [['--from', prices], /no record in 1 lines\. A log is written by spillway gateway --log-format json/],
    [[...C20, '--out', join(prices, 'x')], /--out .* cannot be written .*; give a folder that can/],
  ];
  for (const [args, want] of rows) {
    const { exit, err } = await ran(args);
    assert.equal(exit, 2, `${args}: ${err}`);
    assert.match(err, want, args.join(' '));
  }
});

test('capacity: more workloads than the limit are refused', async () => {
  const many = Array.from({ length: 101 }, () => ['--workload', 'calls=1 prompt=1 answer=1']).flat();
  assert.match((await ran(['--model', 'gpt-5.2', ...many])).err, /--workload: more than 100; put like ones together/);
});

function exchange(minute: number, model: string): string {
  const second = String(minute % 60).padStart(2, '0');
  return `{"level":"info","time":"2026-11-21T04:${second}:30.000Z","event":"exchange","model":"${model}","status":200,"promptTokens":200,"completionTokens":20,"cachedTokens":0}\n`;
}

/** Thirty minutes of a log: a call a minute of one model, and in the last minute a hundred more. */
function logOf(model: string): string {
  const quiet = Array.from({ length: 30 }, (_, minute) => exchange(minute, model));
  return quiet.join('') + exchange(29, model).repeat(100);
}

test('capacity: measured traffic of several files, packed ones too, each model planned as itself or on the one that is named', async (t) => {
  const [own, packed] = [join(folder(t), 'gateway.log'), join(folder(t), 'old.log.gz')];
  writeFileSync(own, `> spillway gateway\n${logOf('gpt-5.2')}`);
  writeFileSync(packed, gzipSync(logOf('gpt-4o')));
  const json = async (...args: readonly string[]) => {
    const ended = await ran(['--from', `${own},${packed}`, '--json', ...args]);
    return { ...ended, plans: ended.exit === 0 ? JSON.parse(ended.out) : [] };
  };
  const each = await json();
  assert.match(each.err, /^260 records in 261 lines are read\n/);
  assert.deepEqual(
    each.plans.map((plan: { model: string; source: { calls: number } }) => [plan.model, plan.source.calls]),
    [
      ['gpt-5.2', 130],
      ['gpt-4o', 130],
    ],
  );
  const together = await json('--model', 'gpt-4.1', '--percentile', '100');
  assert.equal(together.plans[0].source.calls, 260);
  assert.equal(Math.round(together.plans[0].perMinute.calls), 202);
  assert.equal((await json('--only', 'gpt-4o')).plans.length, 1);
});

test('capacity: what deploy/container-apps deploys is sized though no PTU figures of it are published', async (t) => {
  const [log, out] = [join(folder(t), 'gateway.log'), join(folder(t), 'report')];
  writeFileSync(log, logOf('gpt-5.4-mini') + logOf('text-embedding-3-small') + logOf('gpt-5.2'));
  const { exit, out: printed } = await ran(['--from', log, '--json', '--out', out, '--price-input', '1']);
  assert.equal(exit, 0);
  const plans: ReadonlyArray<Readonly<Record<string, unknown>>> = JSON.parse(printed);
  assert.deepEqual(
    plans.map(({ model, raw, figures, missing }) => [model, raw === null, figures === null, missing === null]),
    [
      ['gpt-5.4-mini', true, true, false],
      ['text-embedding-3-small', true, true, false],
      ['gpt-5.2', false, false, true],
    ],
  );
  const page = readFileSync(join(out, 'report.html'), 'utf8');
  assert.equal(page.match(/PTUs cannot be told\. .*?--input-tpm-per-ptu and --output-weight/g)?.length, 2);
  assert.doesNotMatch(page, /NaN|undefined|Infinity/);
});

test('capacity: a model of the records that is not Azure’s name is told with the ways out', async (t) => {
  const log = join(folder(t), 'gateway.log');
  writeFileSync(log, logOf('chat-pool'));
  const { exit, err } = await ran(['--from', log]);
  assert.equal(exit, 2);
  assert.match(err, /records name the model chat-pool\..*--model NAME plans all records on one model, --only/s);
});

test('capacity: --out writes one report, --list-models the table, --json all figures of each model', async (t) => {
  const out = join(folder(t), 'deep', 'report');
  const written = await ran([...C20, '--out', out, '--try']);
  assert.equal(written.exit, 0);
  assert.match(written.err, /report\.html is written/);
  assert.ok(existsSync(join(out, 'report.html')));
  assert.match(written.out, /Tried on a model of Azure with 110 PTUs: 0 of/);
  const list = await ran(['--list-models']);
  assert.match(list.out, /gpt-5\.2 +3,400 +8 +15\/5 +50\/50 +2026-05-22/);
  assert.match(list.out, /gpt-oss-120b +13,500 +4\?/);
  const all = await ran([...C20, '--model', 'all', '--json']);
  assert.ok(JSON.parse(all.out).length > 20);
  for (const line of `${written.out}${list.out}`.split('\n')) assert.ok(line.length <= 80, line);
});

/** Blocks of docs/capacity.md: files by their names, and commands with what they print. */
function blocks() {
  const doc = readFileSync(new URL('../../../../docs/capacity.md', import.meta.url), 'utf8');
  const files = [...doc.matchAll(/^```(?:csv|yaml) (\S+)\n(.*?)^```$/gms)].map(([, name = '', text = '']) => ({
    name,
    text,
  }));
  const commands = [...doc.matchAll(/^```console\n\$ spillway (\S[^\n]*)\n(.*?)^```$/gms)].map(
    ([, command = '', output = '']) => ({ command, output }),
  );
  return { files, commands };
}

test('capacity: prints what docs/capacity.md shows, word for word', async (t) => {
  const { files, commands } = blocks();
  assert.deepEqual([files.length, commands.length], [2, 5]);
  const path = folder(t);
  for (const { name, text } of files) writeFileSync(join(path, name), text);
  for (const { command, output } of commands) {
    // Files stand in the folder of the test; the page shows them where the reader is.
    const args = command.split(' ').map((word) => (files.some(({ name }) => name === word) ? join(path, word) : word));
    assert.deepEqual(args.slice(0, 2), ['plan', 'capacity']);
    const { exit, out, err } = await ran(args.slice(2));
    assert.equal(exit, 0, err);
    const words = (text: string) => text.replaceAll(`${path}/`, '').split(/\s+/).join(' ').trim();
    assert.equal(words(out), words(output), command);
  }
});
