/** Answers in a form: function tools, JSON by a schema. */
import { type Check, type CheckGroup, chat, choiceChunksOf, unserved } from '../check.ts';
import { at, judged, listAt, same, text, textAt, unless } from '../finding.ts';

const CITY_SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city', 'days'],
  additionalProperties: false,
} as const;
const TOOL = {
  type: 'function',
  function: { name: 'get_weather', description: 'Forecast for a city', parameters: CITY_SCHEMA },
} as const;
const ASKED = {
  messages: [{ role: 'user', content: 'Call get_weather: the weather in Oslo for the next 3 days.' }],
  tools: [TOOL],
  max_tokens: 80,
} as const;
const NAMED = { type: 'function', function: { name: 'get_weather' } } as const;

/** @returns what is wrong with a JSON text that should fit the schema above. */
function misfit(json: string): string | null {
  try {
    const value: unknown = JSON.parse(json);
    const fits = typeof at(value, 'city') === 'string' && Number.isInteger(at(value, 'days'));
    return fits ? null : `${json} does not fit the schema`;
  } catch {
    return `${text(json)} is no JSON`;
  }
}

const required: Check = {
  name: 'a tool must be called',
  expected: 'one call with id, name and arguments that fit the schema; finish_reason tool_calls; content null',
  source: 'wire §5.1 (4)',
  run: async (subject) => {
    const came = await chat(subject, { ...ASKED, tool_choice: 'required' });
    const message = at(came.json, 'choices', 0, 'message');
    const call = at(message, 'tool_calls', 0);
    return (
      unserved(came) ??
      judged(
        [
          same('the name', at(call, 'function', 'name'), 'get_weather'),
          unless(textAt(call, 'id') !== '', 'the call has no id'),
          misfit(textAt(call, 'function', 'arguments')),
          same('finish_reason', at(came.json, 'choices', 0, 'finish_reason'), 'tool_calls'),
          same('content', at(message, 'content') ?? null, null),
        ],
        textAt(call, 'function', 'arguments'),
      )
    );
  },
};

const named: Check = {
  name: 'a tool is named',
  expected: 'that tool is called; finish_reason stop or tool_calls',
  source: 'wire §5.1 (4)',
  run: async (subject) => {
    const came = await chat(subject, { ...ASKED, tool_choice: NAMED });
    const finish = textAt(came.json, 'choices', 0, 'finish_reason');
    return (
      unserved(came) ??
      judged(
        [
          same('the name', at(came.json, 'choices', 0, 'message', 'tool_calls', 0, 'function', 'name'), 'get_weather'),
          unless(finish === 'stop' || finish === 'tool_calls', `finish_reason is ${text(finish)}`),
        ],
        finish,
      )
    );
  },
};

const streamed: Check = {
  name: 'a call, streamed',
  expected: 'id and name first, then the arguments in pieces that make one JSON text',
  source: 'wire §5.1',
  run: async (subject) => {
    const came = await chat(subject, { ...ASKED, tool_choice: 'required', stream: true });
    const deltas = choiceChunksOf(came).flatMap((chunk) => listAt(chunk, 'choices', 0, 'delta', 'tool_calls'));
    const first = deltas.filter((delta) => at(delta, 'index') === 0);
    return (
      unserved(came) ??
      judged(
        [
          unless(textAt(first[0], 'id') !== '', 'the first piece has no id'),
          same('the name in the first piece', at(first[0], 'function', 'name'), 'get_weather'),
          misfit(first.map((delta) => textAt(delta, 'function', 'arguments')).join('')),
        ],
        `${first.length} pieces`,
      )
    );
  },
};

const schema: Check = {
  name: 'JSON by a schema',
  expected: 'content that is JSON and fits the schema',
  source: 'wire §1.2',
  run: async (subject) => {
    const came = await chat(subject, {
      messages: [{ role: 'user', content: 'A trip to Oslo for 3 days, as JSON.' }],
      response_format: { type: 'json_schema', json_schema: { name: 'trip', strict: true, schema: CITY_SCHEMA } },
      max_tokens: 80,
    });
    const content = textAt(came.json, 'choices', 0, 'message', 'content');
    return unserved(came) ?? judged([misfit(content)], content);
  },
};

export const FORMS: CheckGroup = { name: 'tools and JSON', checks: [required, named, streamed, schema] };
