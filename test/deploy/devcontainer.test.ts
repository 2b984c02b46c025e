/** The dev container is built only where Docker is: here its file is read, and compared with what the checkout asks for. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { DEBIAN_PACKAGES } from '../tool.ts';

const text = readFileSync(join(import.meta.dirname, '../../.devcontainer/devcontainer.json'), 'utf8');

interface Container {
  readonly image: string;
  readonly features: Readonly<Record<string, unknown>>;
  readonly onCreateCommand: string;
  readonly postCreateCommand: string;
  readonly forwardPorts: readonly number[];
  readonly portsAttributes: Readonly<Record<string, unknown>>;
}

/** JSON with comments on lines of their own is YAML once these are written with `#`; YAML refuses a key that is there twice. */
const container: Container = parse(text.replaceAll(/^(\s*)\/\//gm, '$1#'));

test('devcontainer: has the Node that the checkout asks for, azd, az with Bicep, and Docker', () => {
  assert.match(container.image, /javascript-node:24-/);
  const features = Object.keys(container.features).map((name) => name.replace(/^.*\/|:.*$/g, ''));
  assert.deepEqual(features, ['azd', 'azure-cli', 'docker-in-docker']);
});

test('devcontainer: installs the programs that tests use', () => {
  const packages = container.onCreateCommand.replace(/^.*--no-install-recommends /, '').split(' ');
  assert.deepEqual(packages.sort(), Object.values(DEBIAN_PACKAGES).sort());
  assert.equal(container.postCreateCommand, 'npm ci');
});

test('devcontainer: names each port that it forwards', () => {
  assert.deepEqual(Object.keys(container.portsAttributes), container.forwardPorts.map(String));
});
