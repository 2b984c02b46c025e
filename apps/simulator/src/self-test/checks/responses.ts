/** Responses on v1, and the list of models. */
import { type Check, type CheckGroup, chunksOf, REASONING_ANSWER_TOKENS, type Subject, unserved } from '../check.ts';
import { at, judged, listAt, numberAt, same, text, textAt, unless } from '../finding.ts';
import type { Came } from '../session.ts';

const PATH = '/openai/v1/responses';
/** The least that the service takes is 16. */
const OUTPUT_TOKENS = 64;
const TERMINALS = ['response.completed', 'response.incomplete'];
const TOOL = {
  type: 'function',
  name: 'get_weather',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
  strict: true,
} as const;

function ask({ session, deployment }: Subject, fields: object): Promise<Came> {
  const input = 'Write one short sentence about the sea.';
  const body = { model: deployment, input, max_output_tokens: OUTPUT_TOKENS, store: false, ...fields };
  return session.send({ path: PATH, body });
}

/** @returns what is wrong with a finished response. */
function problemsOf(response: unknown): ReadonlyArray<string | null> {
  const usage = at(response, 'usage');
  const sum = numberAt(usage, 'input_tokens') + numberAt(usage, 'output_tokens');
  return [
    same('object', at(response, 'object'), 'response'),
    unless(textAt(response, 'id').startsWith('resp_'), `id is ${text(at(response, 'id'))}`),
    unless(
      ['completed', 'incomplete'].includes(textAt(response, 'status')),
      `status is ${text(at(response, 'status'))}`,
    ),
    unless(sum > 0 && numberAt(usage, 'total_tokens') === sum, `usage is ${text(usage)}`),
  ];
}

const whole: Check = {
  name: 'in one piece',
  expected: 'a response resp_…, with an assistant message of output_text, and usage that adds up',
  source: 'wire §1.4, §5.5',
  run: async (subject) => {
    const came = await ask(subject, {});
    const output = listAt(came.json, 'output');
    const message = output.find((item) => at(item, 'type') === 'message');
    const thinkingTookAll = message === undefined && at(came.json, 'status') === 'incomplete' && output.length > 0;
    const content = textAt(message, 'content', 0, 'text');
    return (
      unserved(came) ??
      judged([...problemsOf(came.json), unless(content !== '' || thinkingTookAll, 'no output_text has text')], content)
    );
  },
};

const streamed: Check = {
  name: 'streamed',
  expected:
    'named events with rising sequence_number, from response.created to response.completed; deltas make the text',
  source: 'wire §5.5',
  run: async (subject) => {
    const came = await ask(subject, { stream: true });
    const types = chunksOf(came).map((event) => textAt(event, 'type'));
    const numbers = chunksOf(came).map((event) => numberAt(event, 'sequence_number'));
    const misnamed = came.events.find(({ name, json }) => json !== undefined && name !== at(json, 'type'));
    const last = chunksOf(came).at(-1);
    const deltas = chunksOf(came).filter((event) => at(event, 'type') === 'response.output_text.delta');
    const done = chunksOf(came).find((event) => at(event, 'type') === 'response.output_text.done');
    const text = deltas.map((event) => textAt(event, 'delta')).join('');
    return (
      unserved(came) ??
      judged(
        [
          unless(misnamed === undefined, `an event named ${misnamed?.name} is another in its data`),
          unless(
            numbers.every((number, i) => i === 0 || number > (numbers[i - 1] ?? 0)),
            'sequence_number does not rise',
          ),
          same('the first event', types[0] ?? null, 'response.created'),
          unless(TERMINALS.includes(types.at(-1) ?? ''), `the last event is ${types.at(-1)}`),
          done === undefined ? null : same('the text of the deltas', text, textAt(done, 'text')),
          ...problemsOf(at(last, 'response')),
        ],
        `${types.length} events`,
      )
    );
  },
};

const tool: Check = {
  name: 'a tool must be called',
  expected: 'an item function_call with call_id, name and JSON arguments',
  source: 'wire §5.5',
  run: async (subject) => {
    const came = await ask(subject, {
      input: 'The weather in Oslo?',
      tools: [TOOL],
      tool_choice: 'required',
      max_output_tokens: REASONING_ANSWER_TOKENS,
    });
    const call = listAt(came.json, 'output').find((item) => at(item, 'type') === 'function_call');
    return (
      unserved(came) ??
      judged(
        [
          unless(call !== undefined, 'there is no function_call'),
          same('the name', at(call, 'name'), 'get_weather'),
          unless(textAt(call, 'call_id') !== '', 'it has no call_id'),
          unless(textAt(call, 'arguments').startsWith('{'), `its arguments are ${text(at(call, 'arguments'))}`),
        ],
        textAt(call, 'arguments'),
      )
    );
  },
};

export const RESPONSES: CheckGroup = { name: 'Responses', checks: [whole, streamed, tool] };

function listCheck(name: string, source: string, path: (subject: Subject) => string): Check {
  return {
    name,
    expected: 'object list, with models that have an id',
    source,
    run: async (subject) => {
      const came = await subject.session.send({ method: 'GET', path: path(subject) });
      const models = listAt(came.json, 'data');
      return (
        unserved(came) ??
        judged(
          [
            same('object', at(came.json, 'object'), 'list'),
            unless(models.length > 0, 'it is empty'),
            unless(
              models.every((model) => textAt(model, 'id') !== ''),
              'a model has no id',
            ),
          ],
          `${models.length} models`,
        )
      );
    },
  };
}

export const MODELS: CheckGroup = {
  name: 'models',
  checks: [
    listCheck(
      'classic',
      'wire §1.3',
      ({ apiVersion }) => `/openai/models?api-version=${encodeURIComponent(apiVersion)}`,
    ),
    listCheck('v1', 'wire §1.4', () => '/openai/v1/models'),
  ],
};
