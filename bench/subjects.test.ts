import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gatewayEnvironment, isSubjectName, nginxConf } from './subjects.ts';

test('gatewayEnvironment: numbers the backends from 1, all of the same priority', () => {
  const env = gatewayEnvironment([9101, 9102]);
  assert.equal(env.BACKEND_1_URL, 'http://127.0.0.1:9101');
  assert.equal(env.BACKEND_2_URL, 'http://127.0.0.1:9102');
  assert.deepEqual([env.BACKEND_1_PRIORITY, env.BACKEND_2_PRIORITY], ['1', '1']);
  assert.ok(env.BACKEND_1_APIKEY);
  assert.equal(Object.keys(env).length, 6);
});

test('nginxConf: fills in every word of our own nginx.conf', () => {
  const template = readFileSync(new URL('nginx.conf', import.meta.url), 'utf8');
  const conf = nginxConf(template, 18100, '/tmp/x', [9101, 9102]);
  assert.doesNotMatch(conf.replace(/^#.*$/gm, ''), /\{\{/);
  assert.match(conf, /listen 127\.0\.0\.1:18100 /);
  assert.match(conf, /server 127\.0\.0\.1:9101 max_fails=0; server 127\.0\.0\.1:9102 max_fails=0;/);
});

test('isSubjectName: knows its names', () => {
  assert.ok(isSubjectName('gateway-logged'));
  assert.ok(!isSubjectName('haproxy'));
});
