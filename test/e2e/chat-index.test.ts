/** What `spillway chat index` shows while it works: a bar on a terminal, nothing but its waits elsewhere. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { shellWord } from '../../apps/cli/src/shell.ts';
import { Command } from '../../apps/cli/src/testing/command.ts';
import { found } from '../tool.ts';
import { CLIENT_KEY, world } from '../world.ts';

const BIN = fileURLToPath(new URL('../../apps/cli/bin/spillway.mjs', import.meta.url));
const run = promisify(execFile);

/** Gives a program a terminal; part of every Debian. Elsewhere a program of that name has other flags. */
const script =
  process.platform === 'linux'
    ? found('script', 'bsdutils', (process.env.PATH ?? '').split(delimiter), process.env.CI === 'true')
    : { path: null, skip: `script of ${process.platform} knows no -c` };

interface Folder {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Three documents, and every resource refuses the first call for their vectors. */
async function folder(t: TestContext): Promise<Folder> {
  const there = await world(t, { env: { CLIENT_1_WAIT_MS_MAX: '0' } });
  const refusal = { deployment: 'embedding', kind: 'status', status: 429, headers: { 'retry-after-ms': '900' } };
  for (const n of [1, 2, 3]) await there.fault(n, refusal);
  const path = mkdtempSync(join(tmpdir(), 'spillway-index-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  const documents = join(path, 'documents');
  mkdirSync(documents);
  for (const name of ['a.md', 'b.md', 'c.md']) writeFileSync(join(documents, name), `# ${name}\n\nText of ${name}.\n`);
  const env = {
    AZURE_OPENAI_CUSTOM_URL: there.gateway.url,
    AZURE_OPENAI_API_KEY_OVERRIDE: CLIENT_KEY,
    SPILLWAY_CHAT_FILE: join(path, 'chat.sqlite'),
  };
  return { args: ['chat', 'index', documents], env };
}

const SUMMARY = '3 indexed (3 passages), 0 unchanged, 0 failed, of 3 files';
const WAIT = /^the embedding model is busy or does not answer; going on in [01] s$/;
const ERASED = '\u001b[K';

/** What is left to read when all was drawn: `\r` goes back to the begin of the line, and what follows is drawn over what was there. */
function left(drawn: string): readonly string[] {
  return drawn.split(/\r?\n/).map((line) =>
    line.split('\r').reduce((shown, part) => {
      const isErased = part.startsWith(ERASED);
      const text = isErased ? part.slice(ERASED.length) : part;
      return text + (isErased ? '' : shown.slice(text.length));
    }, ''),
  );
}

/** At least one wait, each on a line of its own, and then this. */
function assertTold(lines: readonly string[], after: readonly string[]): void {
  const [wait = '', ...others] = lines.slice(0, -after.length);
  for (const line of [wait, ...others]) assert.match(line, WAIT);
  assert.deepEqual(lines.slice(-after.length), after);
}

test('chat index: on a terminal a bar grows to its end in one line, and leaves it to what is told for good', {
  skip: script.skip,
}, async (t) => {
  const { args, env } = await folder(t);
  const line = [process.execPath, BIN, ...args].map(shellWord).join(' ');
  const { PATH = '', HOME = '' } = process.env;
  const all = { PATH, HOME, SHELL: '/bin/sh', TERM: 'xterm', ...env };
  const { stdout } = await run(script.path ?? '', ['-qec', line, '/dev/null'], { env: all });
  const bars = [...stdout.matchAll(/\r\[(#*)(\.*)\] (\d) of ([3?]) files, (\d) embedded/g)];
  assert.ok(bars.length >= 2, JSON.stringify(stdout));
  for (const [, full = '', empty = '', done] of bars) {
    assert.equal(full.length + empty.length, 24);
    assert.equal(full.length, Number(done) * 8);
  }
  const [, , , ...first] = bars[0] ?? [];
  const [, , , ...last] = bars.at(-1) ?? [];
  assert.equal(first[0], '0');
  assert.deepEqual(last, ['3', '3', '3']);
  assertTold(left(stdout), [SUMMARY, '']);
});

test('chat index: elsewhere than on a terminal nothing is drawn, and a wait is a line of its own', async (t) => {
  const { args, env } = await folder(t);
  const { code, stdout, stderr } = await new Command(args, env).ended;
  assert.deepEqual([code, stdout], [0, `${SUMMARY}\n`]);
  assertTold(stderr.split('\n'), ['']);
});
