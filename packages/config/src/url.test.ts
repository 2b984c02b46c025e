import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backendUrl, isLoopback, URL_CHARS_MAX, urlProblem } from './url.ts';

const GOOD: ReadonlyArray<readonly [given: string, want: string]> = [
  ['https://openai1.openai.azure.com', 'https://openai1.openai.azure.com'],
  [' https://openai1.openai.azure.com/ ', 'https://openai1.openai.azure.com'],
  ['HTTPS://OpenAI1.OpenAI.Azure.Com:443//', 'https://openai1.openai.azure.com'],
  ['http://localhost:80', 'http://localhost'],
  ['http://127.0.0.1:9001/', 'http://127.0.0.1:9001'],
  ['https://[2001:DB8::1]:8443/base', 'https://[2001:db8::1]:8443/base'],
  ['https://apim.example/Team-A/v2', 'https://apim.example/Team-A/v2'],
  ['https://apim.example/myopenai', 'https://apim.example/myopenai'],
  ['https://apim.example/openai/gw', 'https://apim.example/openai/gw'],
  ['http://service_name:8080', 'http://service_name:8080'],
  ['https://x.example/a%20b', 'https://x.example/a%20b'],
];

for (const [given, want] of GOOD) {
  test(`backendUrl: ${JSON.stringify(given)} becomes ${want}`, () => {
    assert.equal(urlProblem(given), null);
    assert.equal(backendUrl(given)?.url, want);
    assert.equal(backendUrl(want)?.url, want, 'the one form stays as it is');
  });
}

const BAD: ReadonlyArray<readonly [given: string, rule: string]> = [
  ['', 'is not a URL'],
  ['openai1.openai.azure.com', 'is not a URL'],
  ['https:/openai1', 'is not a URL'],
  ['ws://openai1', 'is neither https nor http'],
  ['https://key@openai1', 'holds a user name or password'],
  ['https://openai1?api-version=1', 'holds a query or fragment'],
  ['https://openai1/#', 'holds a query or fragment'],
  ['https://', 'has no usable host'],
  ['https://-openai1', 'has no usable host'],
  ['https://openai1:0', 'has no usable host'],
  ['https://openai1:65536', 'has no usable host'],
  ['https://openai1:port', 'has no usable host'],
  ['https://öffentlich.example', 'has no usable host'],
  ['https://{name}.openai.azure.com', 'has no usable host'],
  ['https://openai1/a//b', 'has a path that is not plain'],
  ['https://openai1/./b', 'has a path that is not plain'],
  ['https://openai1/a\\b', 'has a path that is not plain'],
  ['https://openai1/OpenAI/', 'ends with /OpenAI'],
  ['https://openai1/base/openai/v1', 'ends with /openai/v1'],
  ['https://openai1/openai/deployments/gpt-4o', 'ends with /openai/deployments'],
  [`https://openai1/${'a'.repeat(URL_CHARS_MAX)}`, `is longer than ${URL_CHARS_MAX} characters`],
];

for (const [given, rule] of BAD) {
  test(`urlProblem: ${JSON.stringify(given).slice(0, 60)} ${rule}`, () => {
    assert.equal(urlProblem(given)?.rule, rule);
    assert.equal(backendUrl(given), null);
  });
}

test('isLoopback: knows the addresses that stay on the machine, and no look-alikes', () => {
  for (const host of ['localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '::1'])
    assert.equal(isLoopback(host), true, host);
  for (const host of ['127.0.0.1.example', 'localhost.example', '10.0.0.1', '::2'])
    assert.equal(isLoopback(host), false, host);
});
