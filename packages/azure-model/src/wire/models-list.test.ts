import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import { Deployment } from '../deployment.ts';
import { renderModels } from './models-list.ts';

const DEPLOYMENTS = [
  ['chat', 'gpt-4o'],
  ['chat-2', 'gpt-4o'],
  ['embedding', 'text-embedding-3-small'],
  ['old', 'gpt-35-turbo'],
].map(([name = '', model = '']) => new Deployment({ name, model, capacity: 10 }, modelFacts(model)));

const seconds = (day: string): number => Date.parse(day) / 1000;

test('renderModels: lists each model once, with the day of its version', () => {
  const { object, data } = JSON.parse(renderModels(DEPLOYMENTS, { dialect: 'v1', id: null }) ?? '');
  assert.equal(object, 'list');
  assert.deepEqual(data[0], {
    id: 'gpt-4o-2024-11-20',
    object: 'model',
    created: seconds('2024-11-20'),
    owned_by: 'azure',
  });
  assert.equal(data.length, 3);
});

test('renderModels: the classic list says what a model can do, and when it retires', () => {
  const { data } = JSON.parse(renderModels(DEPLOYMENTS, { dialect: 'resource', id: null }) ?? '');
  const can = data.map(({ capabilities }: { capabilities: Record<string, boolean> }) => [
    capabilities.chat_completion,
    capabilities.completion,
    capabilities.embeddings,
  ]);
  assert.deepEqual(can, [
    [true, false, false],
    [false, false, true],
    [true, true, false],
  ]);
  const { retiresOn } = modelFacts('gpt-4o');
  assert.deepEqual(data[0].deprecation, retiresOn === null ? undefined : { inference: seconds(retiresOn) });
});

test('renderModels: one model by its id; null for another', () => {
  const asked = (id: string): string | null => renderModels(DEPLOYMENTS, { dialect: 'v1', id });
  assert.equal(JSON.parse(asked('gpt-4o-2024-11-20') ?? '').object, 'model');
  assert.equal(asked('chat'), null);
});

test('renderModels: days are counted right over leap years', () => {
  for (const day of ['2024-02-29', '2024-03-01', '2000-12-31', '2026-01-01', '2027-04-14']) {
    const deployment = new Deployment(
      { name: 'a', model: 'gpt-4o', modelVersion: day, capacity: 1 },
      modelFacts('gpt-4o'),
    );
    const { data } = JSON.parse(renderModels([deployment], { dialect: 'v1', id: null }) ?? '');
    assert.equal(data[0].created, seconds(day), day);
  }
});
