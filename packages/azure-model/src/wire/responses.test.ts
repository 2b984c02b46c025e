import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bareResponse, failedResponse, renderResponse } from './responses.ts';
import { CALL, LIKELY, ODD, rendered, responseAsk, TEXT, TEXT_AND_CALLS } from './testing.ts';

const SAFE = { filtered: false, severity: 'safe' };
const FOUR = { hate: SAFE, self_harm: SAFE, sexual: SAFE, violence: SAFE };

test('renderResponse: has the form of the service, with the defaults of the request', () => {
  const { output, ...rest } = JSON.parse(renderResponse(responseAsk(), rendered([TEXT])));
  assert.match(output[0].id, /^msg_[0-9a-f]{48}$/);
  assert.deepEqual(
    output.map(({ id, ...item }: { id: string }) => item),
    [
      {
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', annotations: [], logprobs: [], text: 'The quota.' }],
      },
    ],
  );
  assert.deepEqual(rest, {
    id: 'chatcmpl-1',
    object: 'response',
    created_at: 1_772_304_649,
    model: 'gpt-4o-2024-11-20',
    status: 'completed',
    error: null,
    incomplete_details: null,
    content_filters: [
      {
        blocked: false,
        source_type: 'prompt',
        content_filter_results: { ...FOUR, jailbreak: { detected: false, filtered: false } },
        content_filter_offsets: { start_offset: 0, end_offset: 12, check_offset: 0 },
      },
      {
        blocked: false,
        source_type: 'completion',
        content_filter_results: FOUR,
        content_filter_offsets: { start_offset: 12, end_offset: 22, check_offset: 12 },
      },
    ],
    usage: {
      input_tokens: 14,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 3,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 17,
    },
    background: false,
    instructions: null,
    max_output_tokens: null,
    max_tool_calls: null,
    metadata: {},
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: null,
    reasoning: { effort: null, summary: null },
    safety_identifier: null,
    service_tier: 'default',
    store: true,
    temperature: 1,
    text: { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: 'auto',
    tools: [],
    top_logprobs: 0,
    top_p: 1,
    truncation: 'disabled',
    user: null,
  });
});

test('renderResponse: thoughts, message and calls are items of their own', () => {
  const ask = responseAsk({ include: ['reasoning.encrypted_content'] });
  const { output, usage } = JSON.parse(renderResponse(ask, rendered([TEXT_AND_CALLS])));
  assert.deepEqual(
    output.map((item: { type: string }) => item.type),
    ['reasoning', 'message', 'function_call', 'function_call'],
  );
  assert.match(output[0].encrypted_content, /^gAAAAAB/);
  assert.deepEqual(
    { ...output[2], id: null },
    {
      id: null,
      type: 'function_call',
      status: 'completed',
      arguments: '{"city":"Oslo"}',
      call_id: 'call_1',
      name: 'get_weather',
    },
  );
  assert.equal(usage.output_tokens_details.reasoning_tokens, 64);
  const plain = JSON.parse(renderResponse(responseAsk(), rendered([TEXT_AND_CALLS])));
  assert.equal('encrypted_content' in plain.output[0], false);
});

test('renderResponse: what was cut is incomplete and says why', () => {
  const cases = [
    ['length', 'max_output_tokens', false],
    ['content_filter', 'content_filter', true],
  ] as const;
  for (const [finish, reason, blocked] of cases) {
    const whole = JSON.parse(renderResponse(responseAsk(), rendered([{ ...TEXT, finish }])));
    assert.equal(whole.status, 'incomplete');
    assert.deepEqual(whole.incomplete_details, { reason });
    assert.equal(whole.output[0].status, 'incomplete');
    assert.equal(whole.content_filters[1].blocked, blocked);
  }
});

test('renderResponse: a model that thought until its limit said nothing', () => {
  const thought = { ...TEXT, tokens: [], reasoningTokens: 100, finish: 'length' } as const;
  const { output } = JSON.parse(renderResponse(responseAsk(), rendered([thought])));
  assert.deepEqual(
    output.map((item: { type: string }) => item.type),
    ['reasoning'],
  );
});

test('renderResponse: log probabilities and odd letters stand in the text part; a call alone has no message', () => {
  const likely = JSON.parse(renderResponse(responseAsk(), rendered([LIKELY]))).output[0].content[0];
  assert.equal(likely.logprobs[0].top_logprobs.length, 2);
  assert.deepEqual(likely.logprobs[0].bytes, [195, 169]);
  assert.equal(JSON.parse(renderResponse(responseAsk(), rendered([ODD]))).output[0].content[0].text, 'say "é\n😀');
  const { output } = JSON.parse(renderResponse(responseAsk(), rendered([CALL])));
  assert.deepEqual(
    output.map((item: { type: string }) => item.type),
    ['function_call'],
  );
});

test('renderResponse: passages of a search are shown on demand alone', () => {
  const searched = { query: 'Which?', passages: [], shown: false };
  const { output, background } = JSON.parse(renderResponse({ ...responseAsk(), searched }, rendered([TEXT])));
  assert.deepEqual([output[0].type, output[0].results, background], ['file_search_call', null, false]);
});

test('bareResponse: tells the state alone, with what the request says', () => {
  const ask = responseAsk({ background: true, metadata: { a: 'b' } });
  const bare = JSON.parse(bareResponse(ask, rendered([TEXT]), 'cancelled'));
  assert.deepEqual([bare.status, bare.output, bare.usage, bare.error], ['cancelled', [], null, null]);
  assert.deepEqual([bare.background, bare.metadata], [true, { a: 'b' }]);
});

test('failedResponse: keeps what the response was, and says what went wrong', () => {
  const failed = JSON.parse(failedResponse({ id: 'resp_1', output: ['a'], status: 'queued' }, 'Stopped.'));
  assert.deepEqual([failed.id, failed.status, failed.output], ['resp_1', 'failed', []]);
  assert.deepEqual(failed.error, { code: 'server_error', message: 'Stopped.' });
});
