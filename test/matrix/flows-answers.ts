/** Operations that answer and keep nothing (wire §1.2): chat, completions, embeddings, pictures, sound. */
import type { Flow, Form, Step } from './step.ts';

const MESSAGES = [{ role: 'user', content: 'Say something in 12 words.' }];
const TOOL = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};
const SHAPE = {
  type: 'json_schema',
  json_schema: {
    name: 'city',
    strict: true,
    schema: {
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
      additionalProperties: false,
    },
  },
};

function chat(does: string, fields: object, way: Step['way'] = 'plain'): Step {
  return { does, at: 'chat/completions', body: { model: '<model>', messages: MESSAGES, ...fields }, way };
}

const CHAT: Flow = {
  name: 'chat/completions',
  scope: 'deployment',
  model: 'chat',
  steps: [
    chat('chat', { max_tokens: 20 }),
    chat('chat, streamed', { max_tokens: 20, stream: true }, 'stream'),
    chat('chat, streamed with usage', { stream: true, stream_options: { include_usage: true } }, 'stream'),
    chat('chat with a tool', { tools: [TOOL], tool_choice: 'required' }),
    chat('chat with a tool, streamed', { tools: [TOOL], tool_choice: 'required', stream: true }, 'stream'),
    chat('chat in a shape', { response_format: SHAPE }),
    chat('chat with what nobody knows', { future_field: { é: [1.5, null] } }),
    chat('chat refused: no such parameter', { temperature: 9 }),
    chat('chat refused: the content filter', {
      messages: [{ role: 'user', content: 'simulate a content filter refusal' }],
    }),
    { does: 'chat refused: PUT', at: 'chat/completions', method: 'PUT' },
  ],
};

const TEXT: Flow = {
  name: 'completions',
  scope: 'deployment',
  model: 'text',
  steps: [
    { does: 'completion', at: 'completions', body: { model: '<model>', prompt: 'Once', max_tokens: 12, n: 2 } },
    {
      does: 'completion, streamed',
      at: 'completions',
      body: { model: '<model>', prompt: 'Once', max_tokens: 12, stream: true },
      way: 'stream',
    },
  ],
};

const EMBEDDINGS: Flow = {
  name: 'embeddings',
  scope: 'deployment',
  model: 'embedding',
  steps: [
    { does: 'embeddings', at: 'embeddings', body: { model: '<model>', input: ['one', 'two'] } },
    {
      does: 'embeddings, base64',
      at: 'embeddings',
      body: { model: '<model>', input: [[1, 2, 3]], encoding_format: 'base64' },
    },
  ],
};

const PNG: Form['file'] = { field: 'image', name: 'dam.png', type: 'image/png', bytes: 'not looked at' };

const IMAGES: Flow = {
  name: 'images',
  scope: 'deployment',
  model: 'drawing',
  steps: [
    { does: 'image', at: 'images/generations', body: { model: '<model>', prompt: 'A dam', size: '1024x1024' } },
    {
      does: 'image, streamed',
      at: 'images/generations',
      body: { model: '<model>', prompt: 'A dam', stream: true, partial_images: 1 },
      way: 'stream',
    },
    {
      does: 'image edited',
      at: 'images/edits',
      form: { fields: { prompt: 'Red', model: '<model>' }, file: PNG },
    },
  ],
};

/** Half a second of silence as WAV, 8 kHz, 16 bits. */
function silence(): Buffer {
  const data = Buffer.alloc(8_000);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(16_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

const WAV: Form['file'] = { field: 'file', name: 'dam.wav', type: 'audio/wav', bytes: silence() };

function heard(does: string, at: string, fields: Readonly<Record<string, string>>, way?: Step['way']): Step {
  return { does, at, form: { fields: { model: '<model>', ...fields }, file: WAV }, ...(way && { way }) };
}

const SPEECH: Flow = {
  name: 'audio/speech',
  scope: 'deployment',
  model: 'voice',
  steps: [
    {
      does: 'speech',
      at: 'audio/speech',
      body: { model: '<model>', voice: 'alloy', input: 'The gates are open.' },
      way: 'binary',
    },
    {
      does: 'speech, streamed',
      at: 'audio/speech',
      body: { model: '<model>', voice: 'alloy', input: 'The gates are open.', stream_format: 'sse' },
      way: 'stream',
    },
  ],
};

const TRANSCRIPTS: Flow = {
  name: 'audio/transcriptions',
  scope: 'deployment',
  model: 'ear',
  steps: [
    heard('transcript', 'audio/transcriptions', {}),
    heard('transcript as text', 'audio/transcriptions', { response_format: 'text' }),
    heard('transcript, streamed', 'audio/transcriptions', { stream: 'true' }, 'stream'),
    heard('translation', 'audio/translations', {}),
  ],
};

const OLD: Flow = {
  name: 'obsolete',
  scope: 'deployment',
  model: 'chat',
  steps: [
    { does: 'chat with extensions', at: 'extensions/chat/completions', body: { messages: MESSAGES } },
    { does: 'a path of the future', at: 'dreams/interpretations', body: { model: '<model>' } },
  ],
};

export const ANSWERS: readonly Flow[] = [CHAT, TEXT, EMBEDDINGS, IMAGES, SPEECH, TRANSCRIPTS, OLD];
