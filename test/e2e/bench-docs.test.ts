/** The commands of docs/bench.md, as they stand but for addresses, folders and how long they take. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Command } from '../../apps/cli/src/testing/command.ts';
import { CLIENT_KEY, world } from '../world.ts';

const KEY = 'simulated-key-1';
const AT_ONCE = 3;
/** As the page calls them. */
const FOLDERS = ['report', 'batches'];

const page = readFileSync(new URL('../../docs/bench.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => text);
const commands = blocks
  .flatMap((text) => text.split('\n'))
  .filter((line) => /^spillway bench /.test(line))
  .map((line) => line.replace(/^spillway /, ''));

/** As a shell takes it apart: words, and words in double quotes. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

test('docs/bench.md: each command runs as it stands', async (t) => {
  assert.equal(commands.length, 16, 'the page has as many as are meant');
  const folder = mkdtempSync(join(tmpdir(), 'spillway-bench-docs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { simulator, gateway } = await world(t, { resources: 1 });
  const { url = '' } = simulator.resources[0] ?? {};
  const [, name = '', text = ''] = /^```jsonl (\S+)\n(.*?)^```$/ms.exec(page) ?? [];
  writeFileSync(join(folder, name), text);

  const here = (line: string): readonly string[] =>
    wordsOf(
      line
        .replaceAll('http://127.0.0.1:9001', url)
        .replaceAll('http://127.0.0.1:8080', gateway.url)
        .replace(/(--duration|-d) (?:[3-9]|\d\d+)\b/, '$1 1'),
    ).map((word) => (word === name || FOLDERS.includes(word) ? join(folder, word) : word));
  const waiting = [...commands];
  const next = async (): Promise<void> => {
    for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
      const { code, stdout, stderr } = await new Command(here(line), { OPENAI_API_KEY: KEY, GATEWAY_KEY: CLIENT_KEY })
        .ended;
      // The sender may be late on a machine that has much to do; then the figures mean nothing, and that is all.
      assert.ok(code === 0 || /the sender itself was late/.test(stderr), `${line}\n${stdout}\n${stderr}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  assert.match(readFileSync(join(folder, 'report', 'report.html'), 'utf8'), /<\/html>/);
  assert.equal(
    readFileSync(join(folder, 'batches', 'runs.csv'), 'utf8')
      .trimEnd()
      .split('\n').length,
    3,
  );
});
