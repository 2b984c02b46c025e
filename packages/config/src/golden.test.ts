/** Goldens: one file in, one file out. `UPDATE=1 node --test packages/config/src/golden.test.ts` writes what came out; read the difference. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { configFromEnvironment, configFromYaml, describeConfig, type Loaded, printError } from './index.ts';

const FOLDER = new URL('../golden/', import.meta.url);

const ENV = {
  OPENAI1_KEY: 'secret-of-openai1',
  OPENAI2_KEY: 'secret-of-openai2',
  CHAT_APP_KEY: 'secret-of-chat-app',
  BATCH_KEY: 'secret-of-batch',
  EMPTY_KEY: ' ',
  KEY_WITH_LINE_END: 'secret-of-two\nlines',
  OPENAI1_URL: 'https://openai1.openai.azure.com/',
  URL_WITH_PASSWORD: 'https://me:hunter2@openai1.openai.azure.com',
};

const FILES = new Map([
  ['/run/secrets/openai3', 'secret-of-openai3\r\n'],
  ['/run/secrets/unreadable', null],
  ['/run/secrets/empty', '\n'],
]);

/** What no printing may show: values of secrets, and the literals that the bad files hold. */
const SECRETS = ['secret-of', 'secret-in', 'secret with', 'hunter2', 'my-own-little-secret', '0123456789', '123456'];

function outcome(loaded: Loaded): string {
  if (loaded.kind === 'errors') return `${loaded.errors.map(printError).join('\n')}\n`;
  const warnings = loaded.warnings.map((warning) => `warning: ${printError(warning)}\n`);
  return describeConfig(loaded.config) + warnings.join('');
}

function load(name: string, text: string): Loaded {
  if (name.endsWith('.yaml')) return configFromYaml({ text, file: name, env: ENV, secrets: FILES });
  const lines = text.split('\n').filter((line) => line.includes('=') && !line.startsWith('#'));
  return configFromEnvironment(Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2))));
}

const names = readdirSync(FOLDER).filter((name) => /\.(?:yaml|env)$/.test(name));

test('goldens: there are at least 25 kinds of bad configuration', () => {
  assert.ok(names.filter((name) => name.startsWith('bad-')).length >= 25, `only ${names.length} files`);
});

for (const name of names) {
  test(`golden: ${name}`, () => {
    const loaded = load(name, readFileSync(new URL(name, FOLDER), 'utf8'));
    const got = outcome(loaded);
    const wantedFile = new URL(name.replace(/\.(?:yaml|env)$/, '.txt'), FOLDER);
    if (process.env.UPDATE === '1') writeFileSync(wantedFile, got);
    assert.equal(got, readFileSync(wantedFile, 'utf8'));
    assert.equal(loaded.kind, /^(?:bad-|env-bad|env-none)/.test(name) ? 'errors' : 'ok');
    for (const secret of SECRETS) assert.ok(!got.includes(secret), `shows ${secret}`);
  });
}
