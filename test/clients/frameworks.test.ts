/** LangChain, the Vercel AI SDK and the types of @azure/openai against simulator and gateway. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAzure } from '@ai-sdk/azure';
import '@azure/openai/types';
import { AzureChatOpenAI, AzureOpenAIEmbeddings } from '@langchain/openai';
import { embed, generateText, streamText, tool } from 'ai';
import { API_VERSION, CLIENT_KEY, type World, world } from '../world.ts';

function langchain(w: World): AzureChatOpenAI {
  return new AzureChatOpenAI({
    azureOpenAIApiKey: CLIENT_KEY,
    azureOpenAIEndpoint: w.gateway.url,
    azureOpenAIApiDeploymentName: 'chat',
    azureOpenAIApiVersion: API_VERSION,
    maxTokens: 30,
    maxRetries: 0,
  });
}

test('langchain: a chat answer and a stream', async (t) => {
  const model = langchain(await world(t));
  const answer = await model.invoke('Say something about spillways.');
  assert.ok(String(answer.content).length > 0);
  assert.match(JSON.stringify(answer.response_metadata), /"promptTokens":[1-9]/);
  let streamed = '';
  for await (const chunk of await model.stream('Say something about spillways.')) streamed += String(chunk.content);
  assert.ok(streamed.length > 0);
});

test('langchain: tools are bound and called', async (t) => {
  const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
  const bound = langchain(await world(t)).bindTools(
    [{ type: 'function', function: { name: 'weather', parameters: schema } }],
    {
      tool_choice: 'weather',
    },
  );
  const answer = await bound.invoke('The weather in Bern?');
  assert.equal(answer.tool_calls?.[0]?.name, 'weather');
});

test('langchain: embeddings', async (t) => {
  const w = await world(t);
  const embeddings = new AzureOpenAIEmbeddings({
    azureOpenAIApiKey: CLIENT_KEY,
    azureOpenAIBasePath: `${w.gateway.url}/openai/deployments`,
    azureOpenAIApiDeploymentName: 'embedding',
    azureOpenAIApiVersion: API_VERSION,
    maxRetries: 0,
  });
  assert.ok((await embeddings.embedQuery('a spillway')).length > 0);
});

/** `.chat()` on the v1 base; the default route `/responses` comes with a later version of the simulator. */
function vercel(w: World) {
  return createAzure({ apiKey: CLIENT_KEY, baseURL: `${w.gateway.url}/openai/v1` });
}

test('ai: a text, a stream and an embedding', async (t) => {
  const azure = vercel(await world(t));
  const model = azure.chat('chat');
  const { text, usage } = await generateText({
    model,
    prompt: 'Say something about spillways.',
    maxOutputTokens: 30,
    maxRetries: 0,
  });
  assert.ok(text.length > 0);
  assert.ok((usage.inputTokens ?? 0) > 0);
  const stream = streamText({ model, prompt: 'Say something about spillways.', maxOutputTokens: 30, maxRetries: 0 });
  let streamed = '';
  for await (const part of stream.textStream) streamed += part;
  assert.ok(streamed.length > 0);
  const { embedding } = await embed({ model: azure.embeddingModel('embedding'), value: 'a spillway', maxRetries: 0 });
  assert.ok(embedding.length > 0);
});

test('ai: tools are passed and called', async (t) => {
  const { jsonSchema } = await import('ai');
  const model = vercel(await world(t)).chat('chat');
  const weather = tool({
    description: 'The weather of a city',
    inputSchema: jsonSchema<{ city: string }>({
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
    }),
  });
  const { toolCalls } = await generateText({
    model,
    // @ts-expect-error ai's own types of tools do not hold under exactOptionalPropertyTypes
    tools: { weather },
    toolChoice: 'required',
    prompt: 'Weather?',
    maxRetries: 0,
  });
  assert.equal(toolCalls[0]?.toolName, 'weather');
});

test('@azure/openai: its types of content filters fit what arrives', async (t) => {
  const w = await world(t);
  const completion = await w
    .azure()
    .chat.completions.create({ model: 'chat', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 5 });
  assert.equal(completion.prompt_filter_results?.[0]?.content_filter_results?.hate?.severity, 'safe');
  assert.equal(completion.choices[0]?.content_filter_results?.violence?.filtered, false);
});
