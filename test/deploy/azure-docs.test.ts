/** docs/to-run-with-azure.md cannot be run here; so each of its commands is one that is run elsewhere, and each name in it is held to what there is. */
import assert from 'node:assert/strict';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import { configOf } from './apim/fleets.ts';
import { fileOf, rendered } from './apim/rendered.ts';
import { asObject } from './arm-schemas.ts';
import { AZD_PROJECTS, type AzdProject, FakeMachine } from './container-apps-azd.ts';
import { PROJECTS, templateOf } from './container-apps-fleets.ts';
import { blocksOf, commandsOf, filledIn, pageOf, ROOT } from './documents.ts';

const PATH = 'docs/to-run-with-azure.md';
const PAGE = pageOf(PATH);
const COMMANDS = blocksOf(PATH).flatMap(commandsOf);
const OTHERS = globSync('docs/*.md', { cwd: ROOT }).filter((path) => path !== PATH);
const OTHER_COMMANDS = new Set(
  OTHERS.flatMap((path) => [...blocksOf(path).flatMap(commandsOf), ...inlineIn(path)].map(general)),
);

function inlineIn(path: string): readonly string[] {
  return [...pageOf(path).matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);
}

/** What is set may differ; that it is set, and how, may not. */
function general(command: string): string {
  return command.replace(/^(azd env set \w+) .+$/, '$1');
}

/** On no other page: it is of use to whoever checks, not to whoever deploys. */
const ONLY_HERE: readonly RegExp[] = [
  /^azd (?:env new gateway|provision --preview|hooks run preprovision|version)$/,
  /^az (?:version|keyvault list-deleted|apim deletedservice list|cognitiveservices account list-deleted)$/,
  /^az bicep build(?:-params)? --file \S+ --stdout$/,
  /^curl -si? .*"\$(?:CONTAINER_APP_URL|APIM_GATEWAY_URL)\/openai\//,
  /^curl -i "\$APIM_GATEWAY_URL\/openai\//,
  /^docker (?:image ls|compose --file deploy\/compose\.yaml ps|run --rm ghcr\.io\/\S+ --version)$/,
  /^helm (?:lint deploy\/kubernetes\/spillway|install spillway deploy\/kubernetes\/spillway .*--wait|uninstall spillway)$/,
  /^kubectl (?:get pods|port-forward service\/spillway 8080:80|rollout restart deployment\/spillway)$/,
  /^kubectl apply --dry-run=server --filename deploy\/kubernetes\/gateway\.yaml$/,
  /^npm (?:run demo -- --once|test)$/,
  /^git (?:push origin (?:main|v[\d.]+)|tag v[\d.]+)$/,
  /^gh (?:run watch|release (?:view|download) v[\d.]+( --pattern 'spillway-\*\.tgz')?)$/,
];

for (const command of new Set(COMMANDS)) {
  test(`${PATH}: ${command.slice(0, 90)}: is spelt as on its own page`, () => {
    const isHere = ONLY_HERE.some((pattern) => pattern.test(command));
    assert.ok(isHere || OTHER_COMMANDS.has(general(command)), command);
  });
}

test(`${PATH}: what is said to be on no other page is used here`, () => {
  assert.ok(COMMANDS.length > 50, `${COMMANDS.length} commands`);
  for (const pattern of ONLY_HERE)
    assert.ok(
      COMMANDS.some((command) => pattern.test(command)),
      String(pattern),
    );
});

test(`${PATH}: each file that it names is there`, () => {
  const named = [...PAGE.matchAll(/`((?:deploy|test|apps|docs|infra)\/[\w./-]+)`|--(?:file|filename|config) (\w\S+)/g)];
  const paths = named.map(([, quoted, given]) => quoted ?? given ?? '');
  assert.ok(paths.length > 10, `${paths.length} paths`);
  for (const path of paths) {
    const inProject = path.startsWith('infra/') ? `deploy/container-apps/gateway/${path}` : path;
    assert.ok(existsSync(join(ROOT, inProject)), path);
  }
  for (const [, folder = ''] of PAGE.matchAll(/^cd (deploy\S+)$/gm)) assert.ok(existsSync(join(ROOT, folder)), folder);
});

/** What azd, or whoever deploys, brings along. */
const GIVEN = ['AZURE_ENV_NAME', 'AZURE_LOCATION', 'NAME', 'OWNER', 'REPOSITORY', 'SPILLWAY_URL', 'POOL_IS_CLOSED'];

test(`${PATH}: each variable that it names is an output, a parameter, or kept by a hook`, () => {
  const templates = [...PROJECTS.map((project) => asObject(templateOf(project).outputs ?? null)), apimOutputs()];
  const outputs = templates.flatMap((each) => Object.keys(each));
  const files = globSync('deploy/**/{main.bicepparam,hooks/*.ts}', { cwd: ROOT }).map(pageOf).join('\n');
  const others = [
    'deploy/compose.yaml',
    'deploy/kubernetes/gateway.yaml',
    'docs/chat-settings.md',
    'deploy/load-testing/locustfile.py',
  ];
  const known = others.map(pageOf).join('\n');
  const names = [...PAGE.matchAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g)].map(([name]) => name);
  assert.ok(new Set(names).size > 15);
  for (const name of new Set(names)) {
    const isKnown = outputs.includes(name) || GIVEN.includes(name) || new RegExp(`\\b${name}\\b`).test(files + known);
    assert.ok(isKnown || name === 'SPILLWAY_SEAL_KEY', name);
  }
});

function apimOutputs(): Readonly<Record<string, unknown>> {
  return asObject(asObject(JSON.parse(pageOf('deploy/api-management/infra/main.json'))).outputs ?? null);
}

/** Checks 1 to 4, without what is cleaned up; then that. Other programs' commands are left out. */
const AZD_BLOCKS = blocksOf(PATH)
  .filter(({ heading }) => /^[1-4]\. /.test(heading))
  .map((block) => commandsOf(block).filter((line) => /^(?:cd|azd) /.test(line)));
const isCleaning = (lines: readonly string[]): boolean => lines.some((line) => line.startsWith('azd down'));

/** As check 4 has it rendered. */
const FRONT = frontOf('deploy/api-management/spillway.yaml', 'my-front');

function frontOf(config: string, folder: string): AzdProject {
  const files = rendered(configOf(pageOf(config)), { frontOf: 'spillway' });
  const template = asObject(JSON.parse(fileOf(files, 'infra/main.json')));
  return { folder, template, parameters: fileOf(files, 'infra/main.bicepparam'), hooks: null, service: null };
}

test(`${PATH}: azd's commands of checks 1 to 4 do what they should, one after the other, and leave nothing`, async () => {
  const machine = new FakeMachine();
  const azds = [...Object.values(AZD_PROJECTS), FRONT].map((project) => machine.azd(project));
  const values: Record<string, string> = {};
  let here = azds[0] ?? assert.fail();
  const run = async (line: string): Promise<void> => {
    if (line.startsWith('cd ')) here = azds.find(({ folder }) => line === `cd ${folder}`) ?? assert.fail(line);
    else await here.command(filledIn(line.replace(/ \|.*$/, ''), values));
    Object.assign(values, parseEnv(await here.command('azd env get-values')));
  };
  const lines = AZD_BLOCKS.filter((block) => !isCleaning(block)).flat();
  for (const line of lines) await run(line);
  assert.ok(lines.length >= 30, `${lines.length} lines`);
  assert.deepEqual(azds[0]?.letsIn().slice(1), ['chat-principal-id', 'apim-identity-principal-id']);
  for (const line of AZD_BLOCKS.filter(isCleaning).reverse().flat()) await run(line);
  for (const line of ['cd my-front', 'azd down --purge --force']) await run(line);
  assert.deepEqual(machine.azure.left(), []);
});

/** Said by a hook, or by a program of ours. */
const SAID: ReadonlyArray<readonly [what: string, where: string]> = [
  ['The gateway will answer at ', 'deploy/container-apps/gateway/hooks/postprovision.ts'],
  ['Making this app known to ', 'deploy/container-apps/chat/hooks/postprovision.ts'],
  ['This app knows no gateway yet', 'apps/chat/src/models/failure.ts'],
  ['{"status":"ok"}', 'apps/gateway/src/route/health.ts'],
  ['Proxying to ', 'apps/gateway/src/observe/lines.ts'],
  ['POOL_IS_CLOSED', 'apps/render/src/apim/expressions.ts'],
];

for (const [what, where] of SAID) {
  test(`${PATH}: '${what.trim()}' is what ${where} says`, () => {
    assert.ok(PAGE.includes(what), what);
    assert.ok(pageOf(where).includes(what), where);
  });
}

test(`${PATH}: counts and names of the manifest and the workflows are theirs`, () => {
  assert.equal([...pageOf('deploy/kubernetes/gateway.yaml').matchAll(/^kind: /gm)].length, 5);
  assert.match(PAGE, /five lines, `configmap\/spillway created/);
  const jobs = (file: string): readonly string[] =>
    Object.keys(asObject(parse(pageOf(`.github/workflows/${file}`)).jobs));
  assert.equal(jobs('check.yaml').length + jobs('browser.yaml').length, 5);
  assert.match(PAGE, /`check` and `browser`, five green jobs in all/);
  assert.deepEqual(jobs('release.yaml'), ['package', 'executable', 'image']);
  for (const job of jobs('release.yaml')) assert.ok(PAGE.includes(`\`${job}\``), job);
  const { version } = asObject(JSON.parse(pageOf('apps/cli/package.json')));
  for (const [, found] of PAGE.matchAll(/\bv?(\d+\.\d+\.\d+)(?:\.tgz)?`/g)) {
    if (found !== '1.23.15') assert.equal(found, version);
  }
});

test(`${PATH}: is where the pages on deploying lead, and none of them names a price`, () => {
  const pages = ['deploy-container-apps', 'deploy-api-management', 'containers', 'kubernetes'];
  for (const page of pages) assert.ok(pageOf(`docs/${page}.md`).includes('](to-run-with-azure.md#'), page);
  for (const page of [...pages, 'to-run-with-azure']) {
    const prose = pageOf(`docs/${page}.md`).replaceAll(/^```.*?^```$/gms, '');
    assert.doesNotMatch(prose, /[$€] ?\d|\d ?(?:US\$|USD|dollars|euros)|US\$/, page);
  }
});
