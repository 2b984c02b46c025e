/** Bodies that a model's parser should survive: valid requests with some of their values swapped for what does not belong there. */
import type { Chance } from './chance.ts';

/** Deeper than any call stack. */
const DEPTH = 20_000;
const LONG_CHARS = 20_000;

const SCHEMA = {
  type: 'object',
  properties: {
    city: { type: 'string', enum: ['Oslo', 'Rome'] },
    days: { type: 'array', items: { type: 'integer', minimum: 1 }, minItems: 1, maxItems: 3 },
    code: { type: 'string', pattern: '^[a-z]{2,4}$' },
    next: { anyOf: [{ type: 'null' }, { $ref: '#' }] },
  },
  required: ['city', 'days', 'code', 'next'],
  additionalProperties: false,
};
const FUNCTION = { name: 'get_weather', description: 'Forecast for a city', parameters: SCHEMA, strict: true };

const CHAT = {
  model: 'chat',
  messages: [
    { role: 'system', content: 'You are brief. Cite as [1].\n[1] sea.txt: The sea is calm.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Hello' },
        { type: 'image_url', image_url: { url: 'data:,x' } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: '{"rain": true}' },
    { role: 'user', content: 'What of the sea?', name: 'me' },
  ],
  max_tokens: 40,
  n: 2,
  stop: ['\n', 'x'],
  stream: true,
  stream_options: { include_usage: true },
  temperature: 0.5,
  top_p: 1,
  logprobs: true,
  top_logprobs: 2,
  logit_bias: { 50256: -100 },
  presence_penalty: 0,
  seed: 1,
  user: 'u',
  tools: [{ type: 'function', function: FUNCTION }],
  tool_choice: { type: 'function', function: { name: 'get_weather' } },
  parallel_tool_calls: true,
  response_format: { type: 'json_schema', json_schema: { name: 'weather', strict: true, schema: SCHEMA } },
};

const COMPLETION = {
  model: 'chat',
  prompt: ['Once', 'upon'],
  max_tokens: 20,
  n: 1,
  best_of: 1,
  echo: true,
  suffix: '.',
  logprobs: 2,
  stop: 'x',
  stream: true,
};

const EMBEDDING = { model: 'embedding', input: ['a', 'b'], dimensions: 8, encoding_format: 'base64', user: 'u' };

const RESPONSE = {
  model: 'chat',
  input: [
    { role: 'user', content: [{ type: 'input_text', text: 'Hello' }] },
    { type: 'function_call', call_id: 'c1', name: 'get_weather', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c1', output: 'rain' },
  ],
  instructions: 'Be brief.',
  max_output_tokens: 40,
  store: false,
  stream: true,
  text: { format: { type: 'json_schema', name: 'weather', strict: true, schema: SCHEMA } },
  tools: [{ type: 'function', ...FUNCTION }],
  tool_choice: 'required',
  truncation: 'auto',
  metadata: { a: 'b' },
};

export const BODIES = { chat: CHAT, completions: COMPLETION, embeddings: EMBEDDING, responses: RESPONSE } as const;

/** Put in by text, after the body is written: JSON can say what no value in JavaScript prints as. */
const RAW: readonly [string, ...string[]] = [
  '1e999',
  '-1e999',
  '1e308',
  '-0',
  '9007199254740993',
  '0.1e-400',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u0000"',
  `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`,
  `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`,
  `{"type":"object","properties":${'{"a":{"type":"object","properties":'.repeat(500)}{}${'}}'.repeat(500)}}`,
  '{"$ref":"#"}',
  '{"$ref":"#/properties/absent"}',
  '{"type":"string","pattern":"(a+)+$"}',
  '{"type":"string","pattern":"("}',
  '{"type":"array","items":{"type":"string"},"minItems":1e9}',
  '{"type":"string","minLength":1e9}',
  '{"enum":[]}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
];
const MARK = '@@swapped@@';
/** Of one body, so that a list of lists of them does not take hours to write. */
const MARKS_MAX = 100;

/** What some requests may have and these may not, or not beside the others. */
const STRANGERS: readonly [object, ...object[]] = [
  { max_completion_tokens: 40 },
  { reasoning_effort: 'low' },
  { reasoning: { effort: 'low', summary: 'auto' } },
  { previous_response_id: 'resp_1' },
  { data_sources: [{ type: 'azure_search', parameters: {} }] },
  { functions: [FUNCTION], function_call: 'auto' },
  { conversation: 'conv_1', background: true },
  { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' } },
];

/** A body with up to three of its values swapped, now and then with one that it should not have. */
export function hostileBody(chance: Chance, body: object): string {
  const stranger = chance.oneIn(8) ? chance.of(STRANGERS) : {};
  const copy: unknown = JSON.parse(JSON.stringify({ ...body, ...stranger }));
  for (let swaps = chance.below(4); swaps > 0; swaps--) swap(chance, copy);
  let marks = 0;
  return JSON.stringify(copy).replaceAll(`"${MARK}"`, (mark) => (marks++ < MARKS_MAX ? chance.of(RAW) : mark));
}

/** Walks down by chance and swaps, drops or doubles what is there. */
function swap(chance: Chance, root: unknown): void {
  let here = root;
  for (;;) {
    if (typeof here !== 'object' || here === null) return;
    const keys = Object.keys(here);
    const key = keys[chance.below(keys.length)];
    if (key === undefined) return;
    const value: unknown = Reflect.get(here, key);
    const goesOn = typeof value === 'object' && value !== null && !chance.oneIn(3);
    if (!goesOn) {
      if (chance.oneIn(6)) Reflect.deleteProperty(here, key);
      else Reflect.set(here, key, hostileValue(chance, value));
      return;
    }
    here = value;
  }
}

function hostileValue(chance: Chance, value: unknown): unknown {
  switch (chance.below(10)) {
    case 0:
      return null;
    case 1:
      return chance.of<unknown>([true, false, '', [], {}, [[]], [null], 'auto', 'none']);
    case 2:
      return chance.of([0, -1, 1.5, 129, 2 ** 31, 2 ** 53, 1e9, 1e21, -1e300]);
    case 3:
      return chance.text(40);
    case 4:
      return 'x '.repeat(chance.below(LONG_CHARS));
    case 5:
      return Array.from({ length: chance.below(300) }, () => value);
    case 6:
      return typeof value === 'string' ? Number(value) || 7 : String(value);
    case 7:
      return { [chance.text(8)]: value };
    default:
      return MARK;
  }
}
