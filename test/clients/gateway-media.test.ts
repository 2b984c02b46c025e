/** The official `openai` package through the gateway: pictures, sound, tools, structured outputs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type OpenAI from 'openai';
import { toFile } from 'openai';
import { CLIENTS, front } from './gateways.ts';

const WORDS = 'A spillway lets the water pass.';
const WEATHER = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};

for (const [name, make] of CLIENTS) {
  test(`${name}: a picture is drawn, edited from an upload, and streamed`, async (t) => {
    const { images } = make(await front(t));
    const made = await images.generate({ model: 'drawing', prompt: 'A dam' });
    const bytes = Buffer.from(made.data?.[0]?.b64_json ?? '', 'base64');
    assert.equal(bytes.toString('latin1', 1, 4), 'PNG');
    const image = await toFile(bytes, 'dam.png', { type: 'image/png' });
    const edited = await images.edit({ model: 'drawing', prompt: 'Red', image: [image, image] });
    assert.ok((edited.usage?.input_tokens_details.image_tokens ?? 0) > 0);
    const types: string[] = [];
    const asked = { model: 'drawing', prompt: 'A dam', stream: true, partial_images: 1 } as const;
    for await (const event of await images.generate(asked)) types.push(event.type);
    assert.deepEqual(types, ['image_generation.partial_image', 'image_generation.completed']);
  });

  test(`${name}: what is spoken is downloaded, uploaded, and understood`, async (t) => {
    const { audio } = make(await front(t));
    const speech = await audio.speech.create({ model: 'voice', voice: 'alloy', input: WORDS, response_format: 'wav' });
    const file = await toFile(Buffer.from(await speech.arrayBuffer()), 'speech.wav');
    assert.equal((await audio.transcriptions.create({ model: 'ear', file })).text, WORDS);
    assert.match(String(await audio.transcriptions.create({ model: 'ear', file, response_format: 'srt' })), /^1\n00:/);
    assert.equal((await audio.translations.create({ model: 'ear', file })).text, WORDS);
  });

  test(`${name}: a large upload goes whole to another backend where the first one refuses it`, async (t) => {
    const of = await front(t, { resources: 2 });
    const { files } = make(of);
    const bytes = Buffer.alloc(3 * 1024 * 1024, 'spillway ');
    await of.fleet.admin('/admin/faults', { resource: 'openai1', kind: 'status', status: 429, times: 20 });
    for (let i = 0; i < 4; i++) {
      const file = await files.create({ file: await toFile(bytes, 'large.bin'), purpose: 'assistants' });
      assert.deepEqual(Buffer.from(await (await files.content(file.id)).arrayBuffer()), bytes);
    }
  });

  test(`${name}: tools are called and answered in chat and in responses`, async (t) => {
    const client = make(await front(t));
    const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: WEATHER } }];
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'The weather in Bern?' }];
    const chat = await client.chat.completions.create({ model: 'chat', messages, tools, tool_choice: 'required' });
    const [call] = chat.choices[0]?.message.tool_calls ?? [];
    assert.ok(call?.type === 'function' && call.function.name === 'weather' && call.id.startsWith('call_'));
    const told = [chat.choices[0]?.message, { role: 'tool' as const, tool_call_id: call.id, content: 'Rain' }];
    const rest = told.filter((message) => message !== undefined);
    const answer = await client.chat.completions.create({ model: 'chat', messages: [...messages, ...rest], tools });
    assert.equal(answer.object, 'chat.completion');
    const weather = { type: 'function', name: 'weather', parameters: WEATHER, strict: true } as const;
    const asked = { model: 'chat', tools: [weather] };
    const first = await client.responses.create({ ...asked, input: 'The weather?', tool_choice: 'required' });
    const wanted = first.output.find(({ type }) => type === 'function_call');
    assert.ok(wanted?.type === 'function_call' && wanted.call_id.startsWith('call_'));
    const output = { type: 'function_call_output', call_id: wanted.call_id, output: 'Rain' } as const;
    const second = await client.responses.create({ ...asked, previous_response_id: first.id, input: [output] });
    assert.equal(second.status, 'completed');
  });

  test(`${name}: structured outputs have their shape, streamed as well`, async (t) => {
    const client = make(await front(t));
    const format = { type: 'json_schema', json_schema: { name: 'city', strict: true, schema: WEATHER } } as const;
    const messages = [{ role: 'user' as const, content: 'A city?' }];
    const asked = { model: 'chat', messages, response_format: format };
    const whole = await client.chat.completions.parse(asked);
    assert.deepEqual(Object.keys(JSON.parse(whole.choices[0]?.message.content ?? '')), ['city']);
    const streamed = await client.chat.completions.stream(asked).finalContent();
    assert.deepEqual(Object.keys(JSON.parse(streamed ?? '')), ['city']);
    const text = { format: { type: 'json_schema', name: 'city', strict: true, schema: WEATHER } } as const;
    const response = await client.responses.create({ model: 'chat', input: 'A city?', text });
    assert.deepEqual(Object.keys(JSON.parse(response.output_text)), ['city']);
  });
}
