import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHAIN_MAX, type KeptResponse, RESPONSE_RETENTION_MS, Responses } from './responses.ts';
import { Store } from './store.ts';

const NOW_MS = 1_772_323_198_987.25;

/** As the service makes them: 48 hexadecimal digits. */
function idOf(n: number): string {
  return `resp_${n.toString(16).padStart(40, '0')}00000000`;
}

function kept(text: string, fields: Partial<KeptResponse> = {}): KeptResponse {
  const message = { id: `msg_${text}`, type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] };
  return {
    response: JSON.stringify({ object: 'response', status: 'completed', output: [message] }),
    input: JSON.stringify([{ role: 'user', content: `asked ${text}` }]),
    previous: null,
    history: null,
    background: false,
    stream: false,
    pending: false,
    ...fields,
  };
}

function textsOf(items: readonly Readonly<Record<string, unknown>>[] | null): readonly string[] {
  return JSON.stringify(items?.map(({ content }) => content) ?? []).match(/(?<="text":")[^"]*/g) ?? [];
}

test('Responses: one leads to the one before it; its own answer is no input of its own', () => {
  const responses = new Responses(new Store());
  responses.put(idOf(1), kept('one'), NOW_MS);
  responses.put(idOf(2), kept('two', { previous: idOf(1) }), NOW_MS);
  assert.deepEqual(textsOf(responses.items(idOf(2), NOW_MS)), ['asked one', 'one', 'asked two', 'two']);
  assert.deepEqual(textsOf(responses.inputItems(idOf(2), NOW_MS)), ['asked one', 'one', 'asked two']);
  assert.equal(responses.items(idOf(3), NOW_MS), null);
});

test('Responses: items of the request have ids of their own, always the same, and lead back to it', () => {
  const responses = new Responses(new Store());
  responses.put(idOf(1), kept('one'), NOW_MS);
  const [asked] = responses.inputItems(idOf(1), NOW_MS) ?? [];
  assert.match(asked?.id ?? '', /^msg_[0-9a-f]{48}$/);
  assert.deepEqual(responses.inputItems(idOf(1), NOW_MS), [asked]);
  assert.deepEqual(responses.item(asked?.id ?? '', NOW_MS), asked);
  assert.equal(responses.item('msg_abc', NOW_MS), null);
  responses.remove(idOf(1));
  assert.equal(responses.item(asked?.id ?? '', NOW_MS), null);
});

test('Responses: a message is told in one form, whatever it was sent as', () => {
  const responses = new Responses(new Store());
  const input = JSON.stringify([
    { role: 'assistant', content: 'Hello.' },
    { type: 'function_call_output', call_id: 'call_1', output: 'Rain.' },
    { type: '__proto__', a: 1 },
  ]);
  responses.put(idOf(1), kept('one', { input }), NOW_MS);
  const items = responses.inputItems(idOf(1), NOW_MS) ?? [];
  assert.deepEqual(
    items.map(({ id, ...rest }) => [id.split('_')[0], rest]),
    [
      [
        'msg',
        {
          type: 'message',
          status: 'completed',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'Hello.' }],
        },
      ],
      ['fco', { type: 'function_call_output', call_id: 'call_1', output: 'Rain.' }],
      ['item', { type: '__proto__', a: 1 }],
    ],
  );
});

test('Responses: are kept for 30 days', () => {
  const responses = new Responses(new Store());
  responses.put(idOf(1), kept('one'), NOW_MS);
  assert.notEqual(responses.get(idOf(1), NOW_MS + RESPONSE_RETENTION_MS - 1), null);
  assert.equal(responses.get(idOf(1), NOW_MS + RESPONSE_RETENTION_MS), null);
});

test('Responses: of a conversation without end the newest are read, and one that is gone in between is its beginning', () => {
  const responses = new Responses(new Store());
  for (let n = 0; n <= CHAIN_MAX; n++) {
    responses.put(idOf(n), kept(String(n), { previous: n === 0 ? null : idOf(n - 1) }), NOW_MS);
  }
  const items = textsOf(responses.items(idOf(CHAIN_MAX), NOW_MS));
  assert.deepEqual([items.length, items[0]], [2 * CHAIN_MAX, 'asked 1']);
  responses.remove(idOf(CHAIN_MAX - 2));
  assert.deepEqual(textsOf(responses.items(idOf(CHAIN_MAX), NOW_MS)).length, 4);
});

test('Responses: what the process before did not finish has failed, and says why', () => {
  const store = new Store();
  new Responses(store).put(idOf(1), kept('one', { pending: true, background: true }), NOW_MS);
  const again = new Responses(store).get(idOf(1), NOW_MS);
  const response = JSON.parse(again?.value.response ?? '');
  assert.deepEqual([response.status, response.output, response.error.code], ['failed', [], 'server_error']);
  assert.match(response.error.message, /stopped before this response was ready/);
  assert.deepEqual([again?.value.pending, again?.createdMs], [false, NOW_MS]);
});
