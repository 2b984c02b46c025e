import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_AZURE_IDS } from '@spillway/policy';
import { azureIds } from './azure-ids.ts';

test('azureIds: finds the three in any case, the first of each, and nothing else', () => {
  const headers = ['X-Request-ID', 'r', 'x-api-key-abcde', 'secret', 'set-cookie', 'c', 'APIM-Request-Id', 'a'];
  assert.deepEqual(azureIds([...headers, 'x-ms-region', 'East US', 'x-request-id', 'second']), {
    apimRequestId: 'a',
    requestId: 'r',
    region: 'East US',
  });
});

test('azureIds: without any of them, and of one that is too long to be an id, there are none', () => {
  assert.equal(azureIds(['content-type', 'application/json']), NO_AZURE_IDS);
  assert.equal(azureIds(['x-request-id', 'x'.repeat(129)]), NO_AZURE_IDS);
  assert.equal(azureIds(['x-request-id', 'x'.repeat(128)]).requestId?.length, 128);
});
