/** The pages on deploying: each block of commands, and the test that runs it. A block that is not listed is one that can rot. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { blocksOf, commandsOf, pageOf, ROOT } from './documents.ts';

/** Where a page's blocks are run; they go through all blocks of the page, or through those that are named. */
const RUN_BY: Readonly<Record<string, readonly string[]>> = {
  'docs/deploy-container-apps.md': ['container-apps-docs.test.ts', 'container-apps-hooks.test.ts'],
  'docs/deploy-api-management.md': ['apim-article.test.ts'],
  'docs/containers.md': ['containers-docs.test.ts', 'compose-docs.test.ts'],
  'docs/kubernetes.md': ['kubernetes-docs.test.ts'],
  'docs/monitoring.md': ['monitoring-docs.test.ts'],
  'docs/load-testing.md': ['monitoring-docs.test.ts'],
};

/** Heading and first command of each. */
const BLOCKS: ReadonlyArray<readonly [page: string, heading: string, first: string]> = [
  ['docs/deploy-container-apps.md', 'The gateway', 'cd deploy/container-apps/gateway'],
  ['docs/deploy-container-apps.md', 'The gateway', 'eval "$(azd env get-values)"'],
  ['docs/deploy-container-apps.md', 'The chat app', 'cd deploy/container-apps/chat'],
  ['docs/deploy-container-apps.md', 'The chat app', 'azd env get-value CHAT_URL'],
  ['docs/deploy-container-apps.md', 'The chat app', 'cd deploy/container-apps/chat'],
  ['docs/deploy-container-apps.md', 'The chat app', 'azd env set AZURE_OPENAI_API_KEY_OVERRIDE <GATEWAY_KEY>'],
  ['docs/deploy-container-apps.md', 'See it work', 'cd deploy/container-apps/gateway'],
  ['docs/deploy-container-apps.md', 'Quota and other settings', 'azd env set OPENAI_CAPACITY 50'],
  ['docs/deploy-container-apps.md', 'Quota and other settings', 'azd env set OPENAI_INSTANCES'],
  ['docs/deploy-container-apps.md', 'Clean up', 'azd down --purge --force'],
  ['docs/deploy-api-management.md', 'Deploy it', 'cd deploy/api-management'],
  ['docs/deploy-api-management.md', 'Deploy it', 'cd deploy/api-management'],
  ['docs/deploy-api-management.md', 'Point the chat app at it', 'cd deploy/container-apps/chat'],
  ['docs/deploy-api-management.md', 'Who may come in', 'cd deploy/api-management'],
  ['docs/deploy-api-management.md', 'Who may come in', 'cd deploy/api-management'],
  ['docs/deploy-api-management.md', 'Change the quota', 'cd deploy/api-management'],
  ['docs/deploy-api-management.md', 'Limit each client', 'cd deploy/api-management'],
  ['docs/deploy-api-management.md', 'Choose the tier', 'cd deploy/api-management'],
  ['docs/deploy-api-management.md', 'Clean up', 'cd deploy/api-management'],
  ['docs/deploy-api-management.md', 'Render your own', 'npx spillway render apim'],
  ['docs/deploy-api-management.md', 'In front of Spillway', 'npx spillway render apim'],
  ['docs/deploy-api-management.md', 'In front of Spillway', 'cd my-front'],
  ['docs/containers.md', 'Bundle and package', 'npm ci'],
  ['docs/containers.md', 'Bundle and package', 'npx ./spillway-'],
  ['docs/containers.md', 'Executable', 'node scripts/bundle.ts dist --executable spillway-alone'],
  ['docs/containers.md', 'Image', 'docker build'],
  ['docs/containers.md', 'Image', 'export BACKEND_1_APIKEY=KEY1'],
  ['docs/containers.md', 'Compose', '(umask 077;'],
  ['docs/containers.md', 'Compose', 'docker compose --file deploy/compose.yaml exec simulator'],
  ['docs/containers.md', 'Prometheus and Grafana', 'docker compose'],
  ['docs/containers.md', 'Without Docker', 'apt-get install'],
  ['docs/kubernetes.md', 'With Helm', 'npx spillway render helm'],
  ['docs/kubernetes.md', 'Without Helm', 'kubectl create secret'],
  ['docs/monitoring.md', 'Where it comes from', 'cd deploy/container-apps/gateway'],
  ['docs/monitoring.md', 'Deploy it', 'cd deploy/container-apps/gateway'],
  ['docs/monitoring.md', 'Deploy it', 'az deployment group create'],
  ['docs/monitoring.md', 'Queries', 'az monitor log-analytics query'],
  ['docs/load-testing.md', 'On this machine', 'LOCUST_HOST='],
  ['docs/load-testing.md', 'Azure Load Testing', 'cd deploy/container-apps/chat'],
  ['docs/load-testing.md', 'Azure Load Testing', 'cd deploy/container-apps/chat'],
  ['docs/load-testing.md', 'Azure Load Testing', 'cd deploy/container-apps/chat'],
  ['docs/load-testing.md', 'Azure Load Testing', 'az load test-run create'],
  ['docs/load-testing.md', 'The same with spillway bench', 'cd deploy/container-apps/gateway'],
  ['docs/load-testing.md', 'The same with spillway bench', 'az containerapp job execution list'],
  ['docs/load-testing.md', 'Clean up', 'az containerapp job delete'],
];

test('docs: the blocks of commands on the pages on deploying are those that are listed', () => {
  const found = Object.keys(RUN_BY).flatMap((page) =>
    blocksOf(page).map((block) => [page, block.heading, commandsOf(block)[0] ?? ''] as const),
  );
  assert.deepEqual(
    found.map(([page, heading]) => [page, heading]),
    BLOCKS.map(([page, heading]) => [page, heading]),
  );
  for (const [i, [, , first]] of BLOCKS.entries()) assert.ok(found[i]?.[2].startsWith(first), first);
});

for (const [page, files] of Object.entries(RUN_BY)) {
  test(`docs: ${page} is read by ${files.join(' and ')}`, () => {
    for (const file of files) {
      assert.ok(existsSync(join(ROOT, 'test/deploy', file)), file);
      assert.ok(pageOf(`test/deploy/${file}`).includes(page.replace('docs/', '')), file);
    }
  });
}

test('docs: every block of containers.md has a command that its tests name', () => {
  const tests = pageOf('test/deploy/containers-docs.test.ts');
  const texts = [...tests.matchAll(/block\('([^']+)'\)/g), ...tests.matchAll(/(?:\[|, )'([^']+)'(?=,|\])/g)].map(
    ([, text = '']) => text,
  );
  const unnamed = blocksOf('docs/containers.md').filter((block) => !texts.some((text) => block.text.includes(text)));
  assert.deepEqual(unnamed, []);
});
