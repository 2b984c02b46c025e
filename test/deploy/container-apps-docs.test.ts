/** docs/deploy-container-apps.md: its blocks run by a real shell, from the checkout's root, with stand-ins for azd, az and curl. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runDocumented } from './apim/fakes.ts';
import { asObject } from './arm-schemas.ts';
import { PROJECTS, templateOf } from './container-apps-fleets.ts';
import { blocksOf, commandsOf, filledIn } from './documents.ts';

const PAGE = 'docs/deploy-container-apps.md';

/** What both projects put out, and what their hooks keep. */
const VALUES: Readonly<Record<string, string>> = {
  CONTAINER_APP_URL: 'https://ca-gateway-0.example.azurecontainerapps.io',
  CONTAINER_APP_NAME: 'ca-gateway-0',
  AZURE_RESOURCE_GROUP: 'rg-balancer',
  GATEWAY_KEY: 'a-key-for-tests',
  CHAT_URL: 'https://ca-chat-0.example.azurecontainerapps.io',
  CHAT_PASSWORD: 'a-password-for-tests',
};

/** Where a block is run that does not say so: a reader is there already. */
const FOLDERS: Readonly<Record<string, string>> = { 'The chat app': 'chat' };

/** As the shell hands it to a program. */
function spoken(command: string): string {
  const inner = /^eval "\$\((.+)\)"$/.exec(command)?.[1] ?? command;
  return inner
    .replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? '')
    .replaceAll(/\$([A-Z_]+)/g, (_, name: string) => VALUES[name] ?? assert.fail(name));
}

for (const [i, block] of blocksOf(PAGE).entries()) {
  test(`${PAGE}: block ${i + 1}, ${block.heading}, runs as it is printed`, (t) => {
    const folder = block.text.startsWith('cd ')
      ? ''
      : `cd deploy/container-apps/${FOLDERS[block.heading] ?? 'gateway'}\n`;
    const shown = block.text.includes('eval') || !/"\$[A-Z]/.test(block.text) ? '' : 'eval "$(azd env get-values)"\n';
    const text = filledIn(block.text, VALUES);
    const { status, stderr, calls } = runDocumented(t, folder + shown + text, VALUES);
    assert.deepEqual([status, stderr], [0, '']);
    const wanted = commandsOf({ ...block, text }).filter((line) => !line.startsWith('cd '));
    assert.deepEqual(calls, wanted.map(spoken));
  });
}

test('deploy-container-apps.md: each value that it takes out of azd is an output, or kept by a hook', () => {
  const outputs = PROJECTS.flatMap((project) => Object.keys(asObject(templateOf(project).outputs ?? null)));
  const kept = ['GATEWAY_KEY', 'CHAT_PASSWORD'];
  for (const name of Object.keys(VALUES)) assert.ok(outputs.includes(name) || kept.includes(name), name);
});
