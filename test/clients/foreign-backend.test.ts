/** A backend that is not ours: the mock of @copilotkit/aimock, behind the gateway. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LLMock } from '@copilotkit/aimock';
import { configFromEnvironment } from '@spillway/config';
import { startGateway } from '@spillway/gateway';
import { AzureOpenAI, OpenAI } from 'openai';
import { API_VERSION, textOf } from '../world.ts';

test('aimock: chat and streams through the gateway, on classic paths and on v1', async (t) => {
  const mock = new LLMock({ port: 0 });
  mock.onMessage('hello', { content: 'Hi from elsewhere!' });
  await mock.start();
  t.after(() => mock.stop());
  const loaded = configFromEnvironment({ BACKEND_1_URL: mock.url, BACKEND_1_APIKEY: 'mock' });
  assert.ok(loaded.kind === 'ok');
  const gateway = await startGateway({ config: loaded.config, port: 0, adminPort: 0 });
  t.after(() => gateway.close());
  const classic = new AzureOpenAI({ endpoint: gateway.url, apiKey: 'x', apiVersion: API_VERSION, maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: 'hello' }];
  const answer = await classic.chat.completions.create({ model: 'gpt-4o', messages });
  assert.equal(answer.choices[0]?.message.content, 'Hi from elsewhere!');
  const stream = await classic.chat.completions.create({ model: 'gpt-4o', messages, stream: true });
  assert.equal(await textOf(stream), 'Hi from elsewhere!');
  const v1 = new OpenAI({ baseURL: `${gateway.url}/openai/v1/`, apiKey: 'x', maxRetries: 0 });
  const second = await v1.chat.completions.create({ model: 'gpt-4o', messages }).catch((error: unknown) => error);
  assert.ok(!(second instanceof OpenAI.InternalServerError), String(second));
});
