import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../program.ts';

const KEY = 'a-key-that-is-nowhere-written';
const CONFIG = `
backends:
  - name: openai1
    url: https://openai1.openai.azure.com
    region: swedencentral
    apiKey: "\${BACKEND_KEY}"
    deployments:
      - { name: chat, model: gpt-4o, modelVersion: "2024-11-20", type: GlobalStandard, capacity: 30 }
clients: [{ name: app, key: "\${CLIENT_KEY}" }]
`;

interface Rendered {
  readonly exit: number;
  readonly told: string;
  readonly files: readonly string[];
  readonly text: string;
}

async function render(
  t: TestContext,
  kind: string,
  config = CONFIG,
  more: readonly string[] = [],
  env: Readonly<Record<string, string>> = { BACKEND_KEY: KEY, CLIENT_KEY: KEY },
): Promise<Rendered> {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-render-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'spillway.yaml');
  writeFileSync(file, config);
  const out = join(folder, 'out');
  const told: string[] = [];
  const output = { out: () => {}, err: (text: string) => void told.push(text) };
  const args = ['render', kind, '--config', file, '--out', out, ...more];
  t.mock.method(process.stdout, 'write', () => true);
  const exit = await run(args, env, output);
  t.mock.restoreAll();
  const files = exit === 0 ? filesIn(out) : [];
  return {
    exit,
    told: told.join(''),
    files,
    text: files.map((each) => readFileSync(join(out, each), 'utf8')).join('\n'),
  };
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

const KINDS: ReadonlyArray<readonly [kind: string, file: string, holds: RegExp]> = [
  ['apim', 'infra/main.json', /Microsoft\.ApiManagement\/service/],
  ['container-apps', 'gateway/infra/main.json', /Microsoft\.App\/containerApps/],
  ['helm', 'values.yaml', /openai1\.openai\.azure\.com/],
];

for (const [kind, file, holds] of KINDS) {
  test(`render ${kind}: writes its files, and no secret`, async (t) => {
    const { exit, files, text } = await render(t, kind);
    assert.equal(exit, 0);
    assert.ok(files.includes(file), files.join(' '));
    assert.match(text, holds);
    assert.ok(!text.includes(KEY));
  });
}

for (const [kind] of KINDS) {
  test(`render ${kind}: writes the same where the secrets are not, and what stands in for them is not in it`, async (t) => {
    for (const config of [CONFIG, CONFIG.replace('"${CLIENT_KEY}"', '"${file:/run/secrets/none}"')]) {
      const elsewhere = await render(t, kind, config, [], {});
      assert.equal(elsewhere.exit, 0, elsewhere.told);
      assert.doesNotMatch(elsewhere.text, /not-the-secret/);
      if (config === CONFIG) assert.equal(elsewhere.text, (await render(t, kind)).text);
    }
  });
}

test('render: an address that names a variable which is not set is refused: it would be written', async (t) => {
  const config = CONFIG.replace('https://openai1.openai.azure.com', '"${OPENAI_URL}"');
  assert.equal((await render(t, 'apim', config, [], {})).exit, 2);
  assert.equal((await render(t, 'apim', config, [], { OPENAI_URL: 'https://openai1.openai.azure.com' })).exit, 0);
});

test('render: what the configuration does not say and Azure needs is named by its place', async (t) => {
  const { exit, told } = await render(t, 'container-apps', CONFIG.replace('    region: swedencentral\n', ''));
  assert.equal(exit, 2);
  assert.match(told, /openai1\.region: is missing/);
});

test('render: a configuration with mistakes writes nothing', async (t) => {
  const { exit } = await render(t, 'apim', 'backends: 5');
  assert.equal(exit, 2);
});

test('render apim: a limit that is none is refused', async (t) => {
  const { exit, told } = await render(t, 'apim', CONFIG, ['--client-tokens-per-minute', '0']);
  assert.equal(exit, 2);
  assert.match(told, /not a whole number from 1/);
});
