/** Pictures, speech and transcripts: the official `openai` package, unmodified, on classic paths and on v1. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { type Simulated, simulated } from './simulated.ts';

const DEPLOYMENTS = [
  { name: 'drawing', model: 'gpt-image-1', capacity: 100 },
  { name: 'dall-e', model: 'dall-e-3', capacity: 100 },
  { name: 'voice', model: 'tts', capacity: 100 },
  { name: 'new-voice', model: 'gpt-4o-mini-tts', capacity: 1000 },
  { name: 'ear', model: 'whisper', capacity: 100 },
  { name: 'new-ear', model: 'gpt-4o-transcribe', capacity: 1000 },
  { name: 'ears', model: 'gpt-4o-transcribe-diarize', capacity: 1000 },
  { name: 'chat', model: 'gpt-4o', capacity: 100 },
  { name: 'talk', model: 'gpt-4o-audio-preview', capacity: 1000 },
] as const;

const WORDS = 'A spillway lets the water pass. The dam behind it stays – safe, and dry.';

const CLIENTS: ReadonlyArray<readonly [name: string, make: (s: Simulated) => OpenAI]> = [
  ['AzureOpenAI', (s) => s.azure()],
  ['OpenAI with /openai/v1', (s) => s.v1()],
];

for (const [name, make] of CLIENTS) {
  test(`${name}: draws a picture of the size asked for, and says what it used`, async (t) => {
    const client = make(await simulated(t, { deployments: DEPLOYMENTS }));
    const made = await client.images.generate({ model: 'drawing', prompt: 'A dam', size: '1536x1024', n: 2 });
    assert.equal(made.data?.length, 2);
    assert.deepEqual(sizeOf(made.data?.[0]?.b64_json), [1536, 1024]);
    assert.notEqual(made.data?.[0]?.b64_json, made.data?.[1]?.b64_json);
    assert.equal(made.usage?.output_tokens, 2 * 6208);
    const again = await client.images.generate({ model: 'drawing', prompt: 'A dam', size: '1536x1024' });
    assert.equal(again.data?.[0]?.b64_json, made.data?.[0]?.b64_json);
  });

  test(`${name}: streams a picture in parts`, async (t) => {
    const client = make(await simulated(t, { deployments: DEPLOYMENTS }));
    const stream = await client.images.generate({
      model: 'drawing',
      prompt: 'A dam',
      stream: true,
      partial_images: 2,
    });
    const types: string[] = [];
    let tokens = 0;
    for await (const event of stream) {
      types.push(event.type);
      assert.deepEqual(sizeOf(event.b64_json), [1024, 1024]);
      if (event.type === 'image_generation.completed') tokens = event.usage.output_tokens;
    }
    const partial = 'image_generation.partial_image';
    assert.deepEqual(types, [partial, partial, 'image_generation.completed']);
    assert.equal(tokens, 4160 + 200);
  });

  test(`${name}: dall-e-3 gives an address and a revised prompt, or the bytes`, async (t) => {
    const client = make(await simulated(t, { deployments: DEPLOYMENTS }));
    const made = await client.images.generate({ model: 'dall-e', prompt: 'A dam', size: '1792x1024' });
    assert.match(made.data?.[0]?.url ?? '', /^http:\/\/127\.0\.0\.1:\d+\/openai\/v1\/images\/generated\/img_/);
    assert.match(made.data?.[0]?.revised_prompt ?? '', /^A dam, /);
    const bytes = await client.images.generate({ model: 'dall-e', prompt: 'A dam', response_format: 'b64_json' });
    assert.deepEqual(sizeOf(bytes.data?.[0]?.b64_json), [1024, 1024]);
  });

  test(`${name}: edits a picture that is sent along`, async (t) => {
    const client = make(await simulated(t, { deployments: DEPLOYMENTS }));
    const image = await toFile(Buffer.from('not looked at'), 'dam.png', { type: 'image/png' });
    const made = await client.images.edit({ model: 'drawing', prompt: 'Make it red', image: [image, image] });
    assert.ok((made.usage?.input_tokens_details.image_tokens ?? 0) > 0);
    assert.deepEqual(sizeOf(made.data?.[0]?.b64_json), [1024, 1024]);
  });

  for (const format of ['mp3', 'opus', 'aac', 'flac', 'wav'] as const) {
    test(`${name}: what is spoken as ${format} comes back word for word`, async (t) => {
      const client = make(await simulated(t, { deployments: DEPLOYMENTS }));
      const speech = await client.audio.speech.create({
        model: 'voice',
        voice: 'alloy',
        input: WORDS,
        response_format: format,
      });
      assert.match(speech.headers.get('content-type') ?? '', /^audio\//);
      const ending = format === 'opus' ? 'ogg' : format === 'aac' ? 'm4a' : format;
      const file = await toFile(Buffer.from(await speech.arrayBuffer()), `speech.${ending}`);
      const heard = await client.audio.transcriptions.create({ model: 'ear', file, response_format: 'verbose_json' });
      assert.equal(heard.text, WORDS);
      assert.equal(heard.segments?.length, 2);
      assert.ok(Math.abs(heard.duration - 2.4) < 1, `${heard.duration} s`);
    });
  }

  test(`${name}: a transcript in every form, as a stream, and as a translation`, async (t) => {
    const client = make(await simulated(t, { deployments: DEPLOYMENTS }));
    const speech = await client.audio.speech.create({
      model: 'new-voice',
      voice: 'cedar',
      input: WORDS,
      response_format: 'wav',
    });
    const file = await toFile(Buffer.from(await speech.arrayBuffer()), 'speech.wav');
    const create = client.audio.transcriptions.create.bind(client.audio.transcriptions);
    assert.match(String(await create({ model: 'ear', file, response_format: 'text' })), /^A spillway/);
    const subtitles = await create({ model: 'ear', file, response_format: 'srt' });
    assert.match(String(subtitles), /^1\n00:00:00,000 --> 00:00:0\d,\d{3}\nA spillway lets the water pass\.\n\n2\n/);
    assert.match(String(await create({ model: 'ear', file, response_format: 'vtt' })), /^WEBVTT\n\n00:00:00\.000 -->/);
    const timed = await create({
      model: 'ear',
      file,
      response_format: 'verbose_json',
      timestamp_granularities: ['word'],
    });
    assert.equal(timed.words?.[1]?.word, 'spillway');
    const speakers = await create({ model: 'ears', file, response_format: 'diarized_json', chunking_strategy: 'auto' });
    assert.match(JSON.stringify(speakers), /"speaker":"A"/);
    const plain = await create({ model: 'new-ear', file });
    assert.equal(plain.usage?.type, 'tokens');
    let streamed = '';
    for await (const event of await create({ model: 'new-ear', file, stream: true })) {
      if (event.type === 'transcript.text.delta') streamed += event.delta;
      if (event.type === 'transcript.text.done') assert.equal(event.text, streamed);
    }
    assert.equal(streamed, WORDS);
    assert.equal((await client.audio.translations.create({ model: 'ear', file })).text, WORDS);
  });

  test(`${name}: refuses what Azure refuses`, async (t) => {
    const client = make(await simulated(t, { deployments: DEPLOYMENTS }));
    const prompt = 'A dam';
    await rejects(client.images.generate({ model: 'chat', prompt }), 400, 'OperationNotSupported');
    await rejects(client.images.generate({ model: 'nobody', prompt }), 404, 'DeploymentNotFound');
    await rejects(client.images.generate({ model: 'drawing', prompt, size: '256x256' }), 400, 'invalid_value');
    await rejects(client.images.generate({ model: 'dall-e', prompt, n: 2 }), 400, 'invalid_value');
    const harm = 'simulate a content filter refusal';
    await rejects(client.images.generate({ model: 'dall-e', prompt: harm }), 400, 'content_policy_violation');
    await rejects(client.audio.speech.create({ model: 'voice', voice: 'nobody', input: 'Hi' }), 400, 'invalid_value');
    const file = await toFile(Buffer.alloc(26_214_401), 'long.wav');
    await rejects(client.audio.transcriptions.create({ model: 'ear', file }), 413, null);
    const text = await toFile(Buffer.from('Hi'), 'speech.txt');
    await rejects(client.audio.transcriptions.create({ model: 'ear', file: text }), 400, null);
  });
}

test('OpenAI: a stream of speech is the same speech', async (t) => {
  const client = (await simulated(t, { deployments: DEPLOYMENTS })).v1();
  const ask = { model: 'new-voice', voice: 'alloy', input: WORDS, response_format: 'pcm' } as const;
  const whole = Buffer.from(await (await client.audio.speech.create(ask)).arrayBuffer());
  const events = await (await client.audio.speech.create({ ...ask, stream_format: 'sse' })).text();
  const lines = events.split('\n\n').filter((line) => line !== '');
  const parsed = lines.map((line) => JSON.parse(line.slice(6)));
  const deltas = parsed.filter(({ type }) => type === 'speech.audio.delta');
  assert.ok(whole.equals(Buffer.concat(deltas.map(({ audio }) => Buffer.from(audio, 'base64')))));
  assert.equal(parsed.at(-1).type, 'speech.audio.done');
  assert.ok(parsed.at(-1).usage.output_tokens > 0);
});

test('OpenAI: transcripts and pictures are limited by requests', async (t) => {
  const deployments = [
    { name: 'ear', model: 'whisper', capacity: 1 },
    { name: 'drawing', model: 'gpt-image-1', capacity: 1 },
  ];
  const client = (await simulated(t, { deployments })).v1();
  const file = await toFile(Buffer.alloc(1000), 'noise.mp3');
  assert.ok((await client.audio.translations.create({ model: 'ear', file })).text.length > 0);
  await rejects(client.audio.translations.create({ model: 'ear', file }), 429, 'RateLimitReached');
  await client.images.generate({ model: 'drawing', prompt: 'A dam' });
  await rejects(client.images.generate({ model: 'drawing', prompt: 'A dam' }), 429, 'RateLimitReached');
});

for (const [name, make] of CLIENTS) {
  test(`${name}: a chat answers with sound, and hears what was said`, async (t) => {
    const client = make(await simulated(t, { deployments: DEPLOYMENTS }));
    const spoken = await client.chat.completions.create({
      model: 'talk',
      modalities: ['text', 'audio'],
      audio: { voice: 'alloy', format: 'wav' },
      messages: [{ role: 'user', content: 'Say something about dams.' }],
      max_tokens: 40,
    });
    const { content, audio } = spoken.choices[0]?.message ?? {};
    assert.equal(content, null);
    assert.ok(audio?.transcript && audio.id.startsWith('audio_'));
    assert.equal(Buffer.from(audio.data, 'base64').toString('latin1', 0, 4), 'RIFF');
    const heard = await client.chat.completions.create({
      model: 'talk',
      messages: [
        { role: 'user', content: [{ type: 'input_audio', input_audio: { data: audio.data, format: 'wav' } }] },
      ],
      max_tokens: 40,
    });
    assert.ok(heard.choices[0]?.message.content);
    assert.ok((heard.usage?.prompt_tokens ?? 0) > 20, 'the words count as a prompt');
  });

  test(`${name}: a chat streams its transcript, then its sound`, async (t) => {
    const client = make(await simulated(t, { deployments: DEPLOYMENTS }));
    const stream = await client.chat.completions.create({
      model: 'talk',
      modalities: ['text', 'audio'],
      audio: { voice: 'alloy', format: 'pcm16' },
      messages: [{ role: 'user', content: 'Say something about dams.' }],
      max_tokens: 40,
      stream: true,
    });
    let transcript = '';
    let data = '';
    for await (const { choices } of stream) {
      const delta: { readonly audio?: { readonly transcript?: string; readonly data?: string } } = {
        ...choices[0]?.delta,
      };
      transcript += delta.audio?.transcript ?? '';
      data += delta.audio?.data ?? '';
    }
    assert.match(transcript, /\w+ \w+/);
    assert.ok(Buffer.from(data, 'base64').length > 10_000);
  });
}

test('OpenAI: a picture is fetched from its address, without a key', async (t) => {
  const client = (await simulated(t, { deployments: DEPLOYMENTS })).v1();
  const made = await client.images.generate({ model: 'dall-e', prompt: 'A dam' });
  const answer = await fetch(made.data?.[0]?.url ?? '');
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'image/png');
  const stranger = await fetch(`${made.data?.[0]?.url?.replace(/img_\w{4}/, 'img_0000')}`);
  assert.notEqual(stranger.status, 200);
});

async function rejects(promise: Promise<unknown>, status: number, code: string | null): Promise<void> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof OpenAI.APIError, String(error));
  assert.deepEqual([error.status, error.code], [status, code], error.message);
}

/** Width and height from a PNG's head. */
function sizeOf(encoded: string | undefined): readonly [number, number] {
  const bytes = Buffer.from(encoded ?? '', 'base64');
  assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}
