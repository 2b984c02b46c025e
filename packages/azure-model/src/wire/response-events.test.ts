import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Choice } from '../answer/choice.ts';
import { ResponseEvents } from './response-events.ts';
import { renderResponse } from './responses.ts';
import {
  CALL,
  dataOf,
  isSameWhereverCut,
  LIKELY,
  rendered,
  responseAsk,
  streamed,
  TEXT,
  TEXT_AND_CALLS,
} from './testing.ts';

function streamOf(choice: Choice, body: Record<string, unknown> = {}): string {
  return streamed(new ResponseEvents(responseAsk(body), rendered([choice])));
}

function typesOf(stream: string): readonly string[] {
  return dataOf(stream).map((event) => event.type.replace('response.', ''));
}

test('ResponseEvents: a message comes in the order of the service', () => {
  assert.deepEqual(typesOf(streamOf(TEXT)), [
    'created',
    'in_progress',
    'output_item.added',
    'content_part.added',
    'output_text.delta',
    'output_text.delta',
    'output_text.delta',
    'output_text.done',
    'content_part.done',
    'output_item.done',
    'completed',
  ]);
});

test('ResponseEvents: each event is named, numbered, and there is no end mark', () => {
  const stream = streamOf(TEXT_AND_CALLS);
  const blocks = stream.split('\n\n');
  assert.equal(blocks.pop(), '');
  blocks.forEach((block, i) => {
    const [name, data] = block.split('\n');
    const event = JSON.parse((data ?? '').slice(6));
    assert.equal(name, `event: ${event.type}`);
    assert.equal(event.sequence_number, i);
  });
  assert.equal(stream.includes('[DONE]'), false);
});

test('ResponseEvents: thoughts, text and calls follow each other, each item closed before the next begins', () => {
  assert.deepEqual(typesOf(streamOf(TEXT_AND_CALLS)).slice(2), [
    'output_item.added',
    'output_item.done',
    'output_item.added',
    'content_part.added',
    'output_text.delta',
    'output_text.delta',
    'output_text.done',
    'content_part.done',
    'output_item.done',
    'output_item.added',
    'function_call_arguments.delta',
    'function_call_arguments.delta',
    'function_call_arguments.done',
    'output_item.done',
    'output_item.added',
    'function_call_arguments.delta',
    'function_call_arguments.done',
    'output_item.done',
    'completed',
  ]);
});

test('ResponseEvents: what is added is empty, what is done is whole, and the last event is the whole response', () => {
  const events = dataOf(streamOf(TEXT_AND_CALLS));
  const added = events.filter((event) => event.type === 'response.output_item.added').map((event) => event.item);
  const done = events.filter((event) => event.type === 'response.output_item.done').map((event) => event.item);
  assert.deepEqual(added[1].content, []);
  assert.deepEqual([added[1].status, added[2].status, added[2].arguments], ['in_progress', 'in_progress', '']);
  assert.deepEqual(done[2].arguments, '{"city":"Oslo"}');
  const first = events[0].response;
  assert.deepEqual([first.status, first.output, first.usage], ['in_progress', [], null]);
  assert.deepEqual(events.at(-1).response.output, done);
  assert.deepEqual(
    events.at(-1).response,
    JSON.parse(renderResponse(responseAsk(), rendered([TEXT_AND_CALLS]))),
    'the same, streamed or not',
  );
});

test('ResponseEvents: the deltas together are the text and the arguments', () => {
  const events = dataOf(streamOf(TEXT_AND_CALLS));
  const joined = (type: string): string =>
    events
      .filter((event) => event.type === `response.${type}.delta`)
      .map((event) => event.delta)
      .join('');
  assert.equal(joined('output_text'), 'I look');
  assert.equal(joined('function_call_arguments'), '{"city":"Oslo"}{}');
});

test('ResponseEvents: a cut answer ends incomplete', () => {
  for (const finish of ['length', 'content_filter'] as const) {
    const last = dataOf(streamOf({ ...TEXT, finish })).at(-1);
    assert.equal(last.type, 'response.incomplete');
    assert.equal(last.response.status, 'incomplete');
  }
});

test('ResponseEvents: items without tokens are whole all the same', () => {
  const thought: Choice = { ...TEXT, tokens: [], reasoningTokens: 9, finish: 'length' };
  assert.deepEqual(typesOf(streamOf(thought)).slice(2), ['output_item.added', 'output_item.done', 'incomplete']);
  const cut: Choice = { ...CALL, calls: [...CALL.calls, { id: 'call_2', name: 'b', tokens: [] }], finish: 'length' };
  const types = typesOf(streamOf(cut));
  assert.equal(types.filter((type) => type === 'output_item.done').length, 2);
  assert.deepEqual(
    dataOf(streamOf(cut)).map((event) => event.sequence_number),
    [...types.keys()],
  );
  assert.equal(typesOf(streamOf({ ...TEXT, tokens: [] })).includes('output_text.done'), true);
});

test('ResponseEvents: log probabilities come with their delta; padding can be declined', () => {
  const delta = (stream: string) => dataOf(stream).find((event) => event.type === 'response.output_text.delta');
  assert.equal(delta(streamOf(LIKELY)).logprobs[0].token, 'é');
  assert.equal(typeof delta(streamOf(TEXT)).obfuscation, 'string');
  const bare = streamOf(TEXT, { stream: true, stream_options: { include_obfuscation: false } });
  assert.equal('obfuscation' in delta(bare), false);
});

test('ResponseEvents: the pieces of a stream put together are the whole of it, wherever it is cut', () => {
  for (const choice of [TEXT, CALL, TEXT_AND_CALLS]) {
    assert.ok(isSameWhereverCut(new ResponseEvents(responseAsk(), rendered([choice]))));
  }
});

const FOUND = { fileId: 'file-1', filename: 'a.md', score: 0.5, text: 'The quota.', attributes: { team: 'water' } };

test('ResponseEvents: in the background a response is queued first', () => {
  const events = dataOf(streamOf(TEXT, { background: true }));
  assert.deepEqual(
    events.slice(0, 3).map(({ type, response }) => [type, response.status]),
    [
      ['response.created', 'queued'],
      ['response.queued', 'queued'],
      ['response.in_progress', 'in_progress'],
    ],
  );
  assert.deepEqual(
    events.map((event) => event.sequence_number),
    [...events.keys()],
  );
});

test('ResponseEvents: a search comes first, and the text tells what it cites', () => {
  const searched = { query: 'Which quota?', passages: [FOUND, { ...FOUND, text: 'Again.' }], shown: true };
  const choice: Choice = { ...TEXT, tokens: ['The', ' quota', ' [a.md]'] };
  const ask = { ...responseAsk(), searched };
  const stream = new ResponseEvents(ask, rendered([choice]));
  const events = dataOf(streamed(stream));
  const types = events.map((event) => event.type.replace('response.', ''));
  assert.deepEqual(types.slice(2, 7), [
    'output_item.added',
    'file_search_call.in_progress',
    'file_search_call.searching',
    'file_search_call.completed',
    'output_item.done',
  ]);
  assert.deepEqual(types.slice(-5), [
    'output_text.annotation.added',
    'output_text.done',
    'content_part.done',
    'output_item.done',
    'completed',
  ]);
  assert.deepEqual(
    events.map((event) => event.sequence_number),
    [...events.keys()],
  );
  assert.ok(isSameWhereverCut(stream));
  const [search, message] = events.at(-1).response.output;
  assert.deepEqual([search.queries, search.results.length], [['Which quota?'], 2]);
  const cited = [{ type: 'file_citation', index: 10, file_id: 'file-1', filename: 'a.md' }];
  assert.deepEqual(message.content[0].annotations, cited);
  assert.deepEqual(JSON.parse(renderResponse(ask, rendered([choice]))).output, [search, message]);
});
