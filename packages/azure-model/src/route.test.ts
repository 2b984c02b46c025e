import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routeOf } from './route.ts';

test('routeOf: a name of the prototype is no operation', () => {
  for (const operation of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    assert.equal(routeOf('POST', `/openai/v1/${operation}`, '').kind, 'service', operation);
  }
  assert.equal(routeOf('POST', '/openai/v1/responses', '').kind, 'responses');
});
