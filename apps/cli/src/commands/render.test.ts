import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  /** Where the files are. */
  readonly out: string;
  /** What a shell has on stdout, and on stderr beside `told`. */
  readonly printed: string;
  readonly noted: string;
}

async function render(
  t: TestContext,
  kind: string,
  config = CONFIG,
  more: readonly string[] = [],
  env: Readonly<Record<string, string>> = { BACKEND_KEY: KEY, CLIENT_KEY: KEY },
  before: (out: string) => void = () => {},
): Promise<Rendered> {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-render-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'spillway.yaml');
  writeFileSync(file, config);
  const out = join(folder, 'out');
  before(out);
  const told: string[] = [];
  const output = { out: () => {}, err: (text: string) => void told.push(text) };
  const args = ['render', kind, '--config', file, '--out', out, ...more];
  const printed: string[] = [];
  const noted: string[] = [];
  t.mock.method(process.stdout, 'write', (text: string) => printed.push(text) > 0);
  t.mock.method(process.stderr, 'write', (text: string) => noted.push(text) > 0);
  const exit = await run(args, env, output);
  t.mock.restoreAll();
  const files = exit === 0 ? filesIn(out) : [];
  return {
    exit,
    told: told.join(''),
    files,
    text: files.map((each) => readFileSync(join(out, each), 'utf8')).join('\n'),
    out,
    printed: printed.join(''),
    noted: noted.join(''),
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

const NEXT: ReadonlyArray<readonly [kind: string, more: readonly string[], steps: readonly string[]]> = [
  [
    'apim',
    ['--provision'],
    ['read OUT/infra/left-out.md: what of the configuration is not in force', 'cd OUT && azd up'],
  ],
  [
    'apim',
    [],
    [
      'read OUT/infra/left-out.md: what of the configuration is not in force',
      'cd OUT && azd up',
      'give its identity (azd env get-value APIM_IDENTITY_PRINCIPAL_ID) the role Cognitive Services OpenAI User on each resource',
    ],
  ],
  [
    'apim',
    ['--front-of', 'spillway'],
    [
      'read OUT/infra/left-out.md: what of the configuration is not in force',
      'azd env set SPILLWAY_URL <CONTAINER_APP_URL>, in the azd environment of this folder',
      'cd OUT && azd up',
    ],
  ],
  [
    'container-apps',
    [],
    [
      'read OUT/gateway/infra/left-out.md: what of the configuration is not taken over',
      'in a checkout of Spillway, render to --out deploy/container-apps, beside azure.yaml and the hooks',
      'cd deploy/container-apps/gateway && azd up',
    ],
  ],
  [
    'helm',
    [],
    [
      'fill in OUT/secret.example.yaml, then kubectl apply -f OUT/secret.example.yaml',
      'helm install spillway deploy/kubernetes/spillway --values OUT/values.yaml',
    ],
  ],
];

for (const [kind, more, steps] of NEXT) {
  test(`render ${[kind, ...more].join(' ')}: prints each file that it wrote, and says what to do then`, async (t) => {
    const { printed, noted, files, out } = await render(t, kind, CONFIG, more);
    assert.deepEqual(printed.trimEnd().split('\n').sort(), files.map((file) => join(out, file)).sort());
    const told = steps.map((step, i) => `  ${i + 1}. ${step}\n`).join('');
    assert.equal(noted.replaceAll(out, 'OUT'), `Next:\n${told}`);
  });
}

test('render container-apps: beside the rest of the project, what to do then is azd up', async (t) => {
  const { noted } = await render(t, 'container-apps', CONFIG, [], undefined, (out) => {
    mkdirSync(join(out, 'gateway'), { recursive: true });
    writeFileSync(join(out, 'gateway/azure.yaml'), '');
  });
  assert.match(noted, /2\. cd \S+\/out\/gateway && azd up\n$/);
});

test('render: in a folder that is not empty it touches nothing but its own files, and names those that it replaced', async (t) => {
  const { noted, out } = await render(t, 'helm', CONFIG, [], undefined, (folder) => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'values.yaml'), 'mine: 1\n');
    writeFileSync(join(folder, 'secret.example.yaml'), 'filled: in\n');
    writeFileSync(join(folder, 'other.txt'), 'other\n');
  });
  assert.match(
    noted,
    /^Replaced what was there and differed: values\.yaml\nKept secret\.example\.yaml, which was there/,
  );
  assert.equal(readFileSync(join(out, 'other.txt'), 'utf8'), 'other\n');
  assert.equal(readFileSync(join(out, 'secret.example.yaml'), 'utf8'), 'filled: in\n');
});

test('render: a folder that cannot be written to is told by its file, with the way out', async (t) => {
  const { exit, told } = await render(t, 'helm', CONFIG, [], undefined, (out) => writeFileSync(out, ''));
  assert.equal(exit, 2);
  assert.match(told, /--out \S+: values\.yaml cannot be written \(E\w+\); name a folder that you may write to/);
});

test('render: all that Azure needs and the configuration does not say is told at once', async (t) => {
  const { exit, told } = await render(
    t,
    'container-apps',
    CONFIG.replace(', modelVersion: "2024-11-20", type: GlobalStandard', ''),
  );
  assert.equal(exit, 2);
  assert.match(
    told,
    /openai1\/chat\.modelVersion: is missing; .*\n {2}openai1\/chat\.type: is missing; add for example/,
  );
});

const THREE_LINES = 'backends:\n  - name: a\n    url: https://a.openai.azure.com\n';

test('render: a configuration without clients says what comes of it', async (t) => {
  assert.match((await render(t, 'helm', THREE_LINES)).noted, /no clients and no signIn: the gateway would not start/);
  assert.match(
    (await render(t, 'apim', THREE_LINES)).text,
    /- nobody is let in: no client of the configuration is here/,
  );
});

test('render: --help has an example, of each kind', async () => {
  for (const kind of ['apim', 'container-apps', 'helm']) {
    const said: string[] = [];
    const output = { out: (text: string) => void said.push(text), err: () => {} };
    assert.equal(await run(['render', kind, '--help'], {}, output), 0);
    assert.match(said.join(''), new RegExp(`\\nExamples?:\\n  spillway render ${kind} `));
  }
});

test('render: a folder with blanks and quotes in its name can be pasted from what to do then', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "spillway it's "));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { noted } = await render(t, 'apim', CONFIG, ['--out', folder], undefined, (out) => mkdirSync(out));
  assert.ok(noted.includes(`cd '${folder.replace("'", "'\\''")}' && azd up\n`), noted);
});
