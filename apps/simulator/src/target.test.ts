import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resourceNameIn, targetOf } from './target.ts';

const TARGETS: ReadonlyArray<readonly [url: string, path: string, query: string]> = [
  ['/openai/v1/models', '/openai/v1/models', ''],
  ['/openai/models?api-version=2024-10-21', '/openai/models', 'api-version=2024-10-21'],
  ['//openai///deployments//chat/chat/completions?a=//b', '/openai/deployments/chat/chat/completions', 'a=//b'],
  ['/', '/', ''],
  ['/a?b?c', '/a', 'b?c'],
  ['http://openai1.openai.azure.com/openai//models?x=1', '/openai/models', 'x=1'],
  ['http://openai1.openai.azure.com', '/', ''],
  ['*', '/*', ''],
];

for (const [url, path, query] of TARGETS) {
  test(`targetOf: ${url} is for ${path}`, () => assert.deepEqual(targetOf(url), { path, query }));
}

const HOSTS: ReadonlyArray<readonly [host: string | undefined, name: string | null]> = [
  ['openai2.openai.azure.com', 'openai2'],
  ['OpenAI2.OpenAI.Azure.com:9000', 'openai2'],
  ['openai2.services.ai.azure.com', 'openai2'],
  ['openai2.cognitiveservices.azure.com:443', 'openai2'],
  ['openai2.localhost:9000', 'openai2'],
  ['my.own.localhost', 'my.own'],
  ['.localhost', null],
  ['localhost:9000', null],
  ['127.0.0.1:9001', null],
  ['[::1]:9001', null],
  ['openai.azure.com', null],
  ['openai2.openai.azure.com.evil.example', null],
  ['', null],
  [undefined, null],
];

for (const [host, name] of HOSTS) {
  test(`resourceNameIn: ${host} names ${name}`, () => assert.equal(resourceNameIn(host), name));
}
