import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderTextCompletion, TextCompletionEvents } from './completions.ts';
import { completionAsk, dataOf, isSameWhereverCut, LIKELY, ODD, rendered, streamed, TEXT } from './testing.ts';

test('renderTextCompletion: has the form of the service', () => {
  const { choices, prompt_filter_results, usage, ...rest } = JSON.parse(
    renderTextCompletion(completionAsk(), rendered([TEXT])),
  );
  assert.deepEqual(rest, {
    created: 1_772_304_649,
    id: 'chatcmpl-1',
    model: 'gpt-4o-2024-11-20',
    object: 'text_completion',
  });
  const { content_filter_results, ...choice } = choices[0];
  assert.deepEqual(choice, { finish_reason: 'stop', index: 0, logprobs: null, text: 'The quota.' });
  assert.equal(content_filter_results.hate.severity, 'safe');
  assert.equal(prompt_filter_results.length, 1);
  assert.equal(usage.total_tokens, 17);
});

test('renderTextCompletion: each prompt has its verdict, and its echo before its choices', () => {
  const ask = completionAsk({ prompt: ['One', 'Two'], n: 2, echo: true });
  const { choices, prompt_filter_results } = JSON.parse(renderTextCompletion(ask, rendered([TEXT, TEXT, ODD, TEXT])));
  assert.deepEqual(
    choices.map((choice: { text: string }) => choice.text),
    ['OneThe quota.', 'OneThe quota.', 'Twosay "é\n😀', 'TwoThe quota.'],
  );
  assert.deepEqual(
    prompt_filter_results.map((each: { prompt_index: number }) => each.prompt_index),
    [0, 1],
  );
});

test('renderTextCompletion: log probabilities are lists side by side', () => {
  const ask = completionAsk({ logprobs: 2, echo: true });
  const { choices } = JSON.parse(renderTextCompletion(ask, rendered([LIKELY])));
  assert.deepEqual(choices[0].logprobs, {
    text_offset: [0, 4],
    token_logprobs: [null, -0.25],
    tokens: ['Once', 'é'],
    top_logprobs: [null, { é: -0.25, e: -1.5 }],
  });
});

test('TextCompletionEvents: the verdict on the prompt, text by text, the end, the usage, the end mark', () => {
  const ask = completionAsk({ stream: true, stream_options: { include_usage: true }, echo: true });
  const events = new TextCompletionEvents(ask, rendered([TEXT]));
  const stream = streamed(events);
  const [verdict, ...chunks] = dataOf(stream);
  assert.deepEqual(verdict.choices, []);
  assert.equal(verdict.prompt_filter_results.length, 1);
  const usage = chunks.pop();
  assert.deepEqual(usage.choices, []);
  assert.equal(usage.usage.completion_tokens, 3);
  assert.deepEqual(
    chunks.map((chunk) => [chunk.object, chunk.usage, chunk.choices[0].text, chunk.choices[0].finish_reason]),
    [
      ['text_completion', null, 'Once', null],
      ['text_completion', null, 'The', null],
      ['text_completion', null, ' quota', null],
      ['text_completion', null, '.', null],
      ['text_completion', null, '', 'stop'],
    ],
  );
  assert.ok(stream.endsWith('data: [DONE]\n\n'));
  assert.ok(isSameWhereverCut(events));
});

test('TextCompletionEvents: several choices, log probabilities, and a filter that strikes', () => {
  const struck = { ...LIKELY, finish: 'content_filter' } as const;
  const chunks = dataOf(
    streamed(new TextCompletionEvents(completionAsk({ n: 2, logprobs: 2 }), rendered([TEXT, struck]))),
  );
  assert.deepEqual(
    chunks.slice(1).map((chunk) => chunk.choices[0].index),
    [0, 1, 0, 0, 0, 1],
  );
  assert.deepEqual(chunks[2].choices[0].logprobs.tokens, ['é']);
  assert.equal(chunks.at(-1).choices[0].content_filter_results.violence.filtered, true);
});
