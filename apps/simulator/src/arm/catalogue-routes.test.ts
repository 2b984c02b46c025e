import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSimulator } from '../testing.ts';
import { SKUS_ASKED_MAX } from './catalogue-routes.ts';

const CHECK =
  '/subscriptions/simulated/providers/Microsoft.CognitiveServices/locations/eastus/checkSkuAvailability?api-version=2025-09-01';

test('arm catalogue: so many SKUs are asked about at once, each answered with what was asked beside it', () =>
  withSimulator(async (bench) => {
    const ask = (count: number) =>
      bench.admin('POST', CHECK, { kind: 'OpenAI', type: 't', skus: Array.from({ length: count }, () => 'S0') });
    const { value } = JSON.parse((await ask(SKUS_ASKED_MAX)).text);
    assert.equal(value.length, SKUS_ASKED_MAX);
    assert.deepEqual(value[0], { kind: 'OpenAI', type: 't', skuName: 'S0', skuAvailable: true });
    const refused = await ask(SKUS_ASKED_MAX + 1);
    assert.deepEqual([refused.status, JSON.parse(refused.text).error.code], [400, 'InvalidRequestContent']);
  }));
