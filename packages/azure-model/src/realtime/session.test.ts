import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import fc from 'fast-check';
import { DEFAULT_ANSWERS } from '../answer/settings.ts';
import { base64 } from '../base64.ts';
import { voiced } from '../media/voice.ts';
import { ITEMS_MAX } from './conversation.ts';
import { SESSION_MS_MAX } from './session.ts';
import { dial, type Heard, type Line, lineTo, typesOf, userText } from './testing.ts';

const ECHO = { answers: { ...DEFAULT_ANSWERS, style: 'echo' } } as const;
const SLOW = { ...ECHO, latency: { firstTokenMs: 100, perTokenMs: 10, spread: 0, gapSpread: 0 } } as const;
const TEXT_ONLY = { type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } };

function lastOf(events: readonly Heard[], type: string) {
  const found = events.findLast((event) => event.type === type);
  assert.ok(found, `no ${type} in ${typesOf(events).join(', ')}`);
  return JSON.parse(JSON.stringify(found));
}

function errorIn(events: readonly Heard[]): string {
  return lastOf(events, 'error').error.code;
}

test('RealtimeSession: a text answer comes token by token, in the pace of the resource', () => {
  const line = lineTo(seededUnit, SLOW);
  line.say(TEXT_ONLY);
  line.say(userText('one two three four'));
  assert.deepEqual(typesOf(line.say({ type: 'response.create' })), ['response.created', 'rate_limits.updated']);
  assert.deepEqual(line.wait(99), []);
  assert.deepEqual(typesOf(line.wait(3)), [
    'response.output_item.added',
    'conversation.item.added',
    'response.content_part.added',
    'response.output_text.delta',
  ]);
  assert.equal(line.wait(10).length, 1);
  const rest = line.wait(1000);
  const done = lastOf(rest, 'response.done').response;
  assert.deepEqual([done.status, done.output[0].content[0].text], ['completed', 'one two three four']);
  assert.deepEqual(done.usage.output_token_details, { text_tokens: 4, audio_tokens: 0 });
});

test('RealtimeSession: an answer knows what was said and answered before', () => {
  const line = lineTo(seededUnit, ECHO);
  line.say(userText('one'));
  const first = lastOf(line.say({ type: 'response.create' }), 'response.done').response;
  line.say(userText('two'));
  const second = lastOf(line.say({ type: 'response.create' }), 'response.done').response;
  assert.equal(second.output[0].content[0].transcript, 'two');
  assert.ok(second.usage.input_tokens > first.usage.input_tokens + 4);
  const item = line.say({ type: 'conversation.item.retrieve', item_id: first.output[0].id });
  assert.equal(lastOf(item, 'conversation.item.retrieved').item.role, 'assistant');
});

test('RealtimeSession: an answer that is cancelled ends at once, with what was said until then; late, there is nothing to cancel', () => {
  const line = lineTo(seededUnit, SLOW);
  line.say(TEXT_ONLY);
  line.say(userText('one two three four'));
  line.say({ type: 'response.create' });
  line.wait(115);
  const done = lastOf(line.say({ type: 'response.cancel' }), 'response.done').response;
  assert.deepEqual([done.status, done.status_details.reason], ['cancelled', 'client_cancelled']);
  assert.equal(done.usage.output_token_details.text_tokens, 2);
  assert.deepEqual(line.wait(5000), []);
  assert.equal(errorIn(line.say({ type: 'response.cancel' })), 'response_cancel_not_active');
});

test('RealtimeSession: who begins to speak interrupts the answer', () => {
  const line = lineTo(seededUnit, SLOW);
  line.say(userText('one two three four five six'));
  line.say({ type: 'response.create' });
  line.wait(110);
  const audio = base64(voiced('Stop.', 'alloy'));
  const events = line.say({ type: 'input_audio_buffer.append', audio });
  assert.deepEqual(typesOf(events), ['input_audio_buffer.speech_started', 'response.done']);
  assert.equal(lastOf(events, 'response.done').response.status_details.reason, 'turn_detected');
});

test('RealtimeSession: a second answer at once is refused, and one that the quota does not allow', () => {
  const line = lineTo(seededUnit, SLOW);
  line.say(userText('one'));
  line.say({ type: 'response.create' });
  assert.equal(errorIn(line.say({ type: 'response.create' })), 'conversation_already_has_active_response');
  const narrow = lineTo(seededUnit, ECHO, { path: '/openai/v1/realtime', query: 'model=narrow' });
  narrow.say(userText('one'));
  lastOf(narrow.say({ type: 'response.create' }), 'response.done');
  const refused = narrow.say({ type: 'response.create', event_id: 'mine' });
  const { error } = lastOf(refused, 'error');
  assert.deepEqual([error.type, error.code, error.event_id], ['too_many_requests', 'rate_limit_exceeded', 'mine']);
  assert.match(error.message, /exceeded the call rate limit/);
});

test('RealtimeSession: calls a function, and goes on with its result', () => {
  const line = lineTo(seededUnit, { answers: DEFAULT_ANSWERS });
  const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
  const tools = [{ type: 'function', name: 'weather', description: 'The weather in a city', parameters }];
  line.say({ type: 'session.update', session: { type: 'realtime', tools, tool_choice: 'required' } });
  line.say(userText('What is the weather in Bern?'));
  const events = line.say({ type: 'response.create' });
  const call = lastOf(events, 'response.function_call_arguments.done');
  assert.equal(call.name, 'weather');
  assert.equal(typeof JSON.parse(call.arguments).city, 'string');
  const output = { type: 'function_call_output', call_id: call.call_id, output: '{"sky":"clear"}' };
  assert.deepEqual(typesOf(line.say({ type: 'conversation.item.create', item: output })), [
    'conversation.item.added',
    'conversation.item.done',
  ]);
  const answer = line.say({ type: 'response.create', response: { tool_choice: 'none', output_modalities: ['text'] } });
  assert.match(lastOf(answer, 'response.output_text.done').text, /clear/);
});

test('RealtimeSession: an answer apart is of its own input, and leaves no trace in the conversation', () => {
  const line = lineTo(seededUnit, ECHO);
  line.say(userText('one'));
  const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'apart' }] }];
  const response = { conversation: 'none', input, output_modalities: ['text'], metadata: { of: 'mine' } };
  const events = line.say({ type: 'response.create', response });
  const done = lastOf(events, 'response.done').response;
  assert.deepEqual(
    [done.output[0].content[0].text, done.metadata, done.conversation_id],
    ['apart', { of: 'mine' }, null],
  );
  assert.ok(!typesOf(events).some((type) => type.startsWith('conversation.')));
});

test('RealtimeSession: the content filter ends an answer before it begins', () => {
  const line = lineTo(seededUnit, ECHO);
  line.say(userText('simulate a content filter refusal'));
  const done = lastOf(line.say({ type: 'response.create' }), 'response.done').response;
  assert.deepEqual([done.status, done.status_details.reason], ['incomplete', 'content_filter']);
});

test('RealtimeSession: a session that transcribes writes down what it hears and answers nothing', () => {
  const line = lineTo(seededUnit, ECHO, { path: '/openai/v1/realtime', query: 'intent=transcription' });
  const input = { transcription: { model: 'ear' }, turn_detection: null };
  line.say({ type: 'session.update', session: { type: 'transcription', audio: { input } } });
  line.say({ type: 'input_audio_buffer.append', audio: base64(voiced('Open the gate.', 'alloy')) });
  const heard = line.say({ type: 'input_audio_buffer.commit' });
  assert.equal(lastOf(heard, 'conversation.item.input_audio_transcription.completed').transcript, 'Open the gate.');
  assert.equal(lastOf(line.say({ type: 'response.create' }), 'error').error.param, 'type');
});

/** What is wrong, and the code that says so. */
const WRONG: ReadonlyArray<readonly [event: unknown, code: string]> = [
  ['no JSON', 'invalid_json'],
  [{ type: 'nothing.known' }, 'invalid_value'],
  [{ type: 'session.update' }, 'missing_required_parameter'],
  [{ type: 'session.update', session: { audio: { output: { voice: 'nobody' } } } }, 'invalid_value'],
  [{ type: 'session.update', session: { input_audio_format: 'g711_ulaw' } }, 'invalid_value'],
  [{ type: 'input_audio_buffer.append', audio: '***' }, 'invalid_value'],
  [{ type: 'input_audio_buffer.append', audio: 'A'.repeat(22_000_000) }, 'input_audio_buffer_full'],
  [{ type: 'input_audio_buffer.commit' }, 'input_audio_buffer_commit_empty'],
  [{ type: 'conversation.item.create', item: { type: 'secret' } }, 'invalid_value'],
  [{ ...userText('one'), previous_item_id: 'nobody' }, 'item_create_previous_item_id_not_found'],
  [{ type: 'conversation.item.delete', item_id: 'nobody' }, 'item_delete_invalid_item_id'],
  [{ type: 'conversation.item.truncate', item_id: 'nobody' }, 'item_truncate_invalid_item_id'],
  [{ type: 'response.create', response: { tools: [{ type: 'function' }], tool_choice: 'auto' } }, 'invalid_value'],
];

for (const [event, code] of WRONG) {
  test(`RealtimeSession: answers ${JSON.stringify(event).slice(0, 90)} with the error ${code}`, () => {
    const line = lineTo(seededUnit, ECHO);
    assert.equal(errorIn(line.say(event)), code);
    // The session goes on.
    line.say(userText('one'));
    lastOf(line.say({ type: 'response.create' }), 'response.done');
  });
}

test('RealtimeSession: a conversation takes no more items than its limit', () => {
  const line = lineTo(seededUnit, ECHO);
  for (let i = 0; i < ITEMS_MAX; i++) line.say(userText('one'));
  assert.equal(errorIn(line.say(userText('one'))), 'invalid_value');
});

test('RealtimeSession: ends after 30 minutes, with an error that says so, and takes back what was under way', () => {
  const { line, resource } = dial(seededUnit, {
    ...SLOW,
    latency: { firstTokenMs: SESSION_MS_MAX * 2, perTokenMs: 0 },
  });
  assert.ok(line);
  line.say(userText('one'));
  line.say({ type: 'response.create' });
  assert.equal(resource.deployments.get('talk')?.active, 1);
  assert.deepEqual(line.wait(SESSION_MS_MAX - 1), []);
  const end = line.wait(1);
  assert.deepEqual(typesOf(end), ['response.done', 'error']);
  assert.equal(errorIn(end), 'session_expired');
  assert.deepEqual([line.session.closing?.code, line.session.dueMs], [1001, null]);
  assert.equal(resource.deployments.get('talk')?.active, 0);
  assert.deepEqual(line.say(userText('late')), []);
});

test('RealtimeSession: a connection that breaks ends what was under way', () => {
  const { line, resource } = dial(seededUnit, SLOW);
  assert.ok(line);
  line.say(userText('one'));
  line.say({ type: 'response.create' });
  line.session.end(line.nowMs);
  assert.equal(resource.deployments.get('talk')?.active, 0);
});

/** Parts that a fuzzed event is made of. */
const EVENT = fc.record({
  type: fc.constantFrom(
    ...['session.update', 'input_audio_buffer.append', 'input_audio_buffer.commit', 'conversation.item.create'],
    ...['conversation.item.delete', 'conversation.item.truncate', 'response.create', 'response.cancel', 'x'],
  ),
  session: fc.jsonValue({ maxDepth: 3 }),
  item: fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constant({ type: 'message', role: 'user', content: [{ text: 'x' }] }),
  ),
  item_id: fc.jsonValue({ maxDepth: 1 }),
  audio: fc.oneof(fc.constant(base64(voiced('Hi', 'alloy'))), fc.string()),
  response: fc.jsonValue({ maxDepth: 3 }),
});

test('RealtimeSession: whatever is sent, it goes on, each event has an id, and nothing stays active (seed 4)', () => {
  const any = fc.property(fc.array(fc.tuple(EVENT, fc.nat(200)), { maxLength: 20 }), (events) => {
    const { line, resource } = dial(seededUnit, SLOW);
    assert.ok(line);
    for (const [event, ms] of events) {
      line.say(event);
      line.wait(ms);
    }
    line.wait(60_000);
    for (const event of line.events) assert.match(String(event.event_id), /^event_/);
    assert.equal(resource.deployments.get('talk')?.active, 0);
  });
  fc.assert(any, { seed: 4, numRuns: 100 });
});

function audioIn(line: Line): readonly Heard[] {
  return line.events.filter(({ type }) => type === 'response.output_audio.delta');
}

test('RealtimeSession: the sound of an answer is cut between samples, and joined it is the voice', () => {
  const line = lineTo(seededUnit, ECHO);
  line.say(userText('one two three'));
  line.say({ type: 'response.create' });
  const parts = audioIn(line).map((event) => Buffer.from(String(event.delta), 'base64'));
  assert.ok(parts.length > 1 && parts.every(({ length }) => length % 2 === 0));
  assert.deepEqual(Buffer.concat(parts), Buffer.from(voiced('one two three', 'alloy')));
});
