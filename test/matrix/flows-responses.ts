/** Responses, conversations and stored chat completions (wire §1.3, §1.4): what a resource keeps of what it said. */
import type { Flow, Step } from './step.ts';

const INPUT = 'Say something in 12 words.';
const RESPONSE = /"id": ?"(resp_[\w.-]+)"/;

function created(does: string, fields: object, more: Partial<Step> = {}): Step {
  return { does, at: 'responses', body: { model: '<model>', input: INPUT, ...fields }, ...more };
}

const RESPONSES: Flow = {
  name: 'responses',
  scope: 'resource',
  model: 'chat',
  steps: [
    created('response', {}, { keeps: { first: RESPONSE, item: /"id": ?"(msg_[\w.-]+)"/ } }),
    created('response on top', { previous_response_id: '<first>' }, { keeps: { second: RESPONSE } }),
    created(
      'response on top, streamed',
      { previous_response_id: '<second>', stream: true },
      {
        way: 'stream',
        keeps: { third: RESPONSE },
      },
    ),
    created('response with an item named', { input: [{ type: 'item_reference', id: '<item>' }] }),
    created('response not kept', { store: false }),
    created('response not kept, streamed', { store: false, stream: true }, { way: 'stream' }),
    { does: 'response read', at: 'responses/<third>' },
    { does: 'response read as a stream', at: 'responses/<third>', query: 'stream=true', way: 'stream' },
    { does: 'its input', at: 'responses/<third>/input_items', query: 'limit=2&order=asc' },
    { does: 'its input, the next page', at: 'responses/<third>/input_items', query: 'order=asc&after=<item>' },
    created('response in the background', { background: true }, { keeps: { later: RESPONSE } }),
    { does: 'response cancelled', at: 'responses/<later>/cancel', method: 'POST' },
    { does: 'input counted', at: 'responses/input_tokens', body: { model: '<model>', input: INPUT } },
    { does: 'compacted', at: 'responses/compact', body: { model: '<model>', input: INPUT } },
    { does: 'response deleted', at: 'responses/<first>', method: 'DELETE' },
    created('response refused: what it goes on is gone', { previous_response_id: '<first>' }),
    { does: 'response refused: read and gone', at: 'responses/<first>' },
  ],
};

const REASONING: Flow = {
  name: 'responses with thoughts',
  scope: 'resource',
  model: 'thinker',
  steps: [
    created(
      'thoughts sealed by the service',
      { store: false, include: ['reasoning.encrypted_content'] },
      { keeps: { thoughts: /"encrypted_content": ?"([^"]+)"/, thought: /"id": ?"(rs_[\w.-]+)"/ } },
    ),
    created('thoughts sent back', {
      store: false,
      include: ['reasoning.encrypted_content'],
      input: [
        { type: 'reasoning', id: '<thought>', summary: [], encrypted_content: '<thoughts>' },
        { role: 'user', content: 'Shorter.' },
      ],
    }),
  ],
};

const CONVERSATIONS: Flow = {
  name: 'conversations',
  scope: 'v1',
  model: 'chat',
  steps: [
    {
      does: 'conversation',
      at: 'conversations',
      body: { metadata: { team: 'water' } },
      keeps: { conversation: /"id": ?"(conv_[\w.-]+)"/ },
    },
    created('response in a conversation', { conversation: '<conversation>' }),
    { does: 'conversation read', at: 'conversations/<conversation>' },
    { does: 'conversation changed', at: 'conversations/<conversation>', body: { metadata: { team: 'dry' } } },
    {
      does: 'items added',
      at: 'conversations/<conversation>/items',
      body: { items: [{ type: 'message', role: 'user', content: 'And more.' }] },
      keeps: { item: /"id": ?"(msg_[\w.-]+)"/ },
    },
    { does: 'items', at: 'conversations/<conversation>/items', query: 'limit=2' },
    { does: 'item', at: 'conversations/<conversation>/items/<item>' },
    { does: 'item deleted', at: 'conversations/<conversation>/items/<item>', method: 'DELETE' },
    { does: 'conversation deleted', at: 'conversations/<conversation>', method: 'DELETE' },
  ],
};

const STORED_CHAT: Flow = {
  name: 'stored chat',
  scope: 'v1',
  model: 'chat',
  steps: [
    {
      does: 'chat kept',
      at: 'chat/completions',
      body: { model: '<model>', messages: [{ role: 'user', content: INPUT }], store: true },
      keeps: { chat: /"id": ?"(chatcmpl-[\w.-]+)"/ },
    },
    { does: 'chat read', at: 'chat/completions/<chat>' },
    { does: 'its messages', at: 'chat/completions/<chat>/messages' },
    { does: 'chat changed', at: 'chat/completions/<chat>', body: { metadata: { team: 'water' } } },
    { does: 'chats', at: 'chat/completions', reach: 'all' },
    { does: 'chat deleted', at: 'chat/completions/<chat>', method: 'DELETE' },
  ],
};

export const KEPT_ANSWERS: readonly Flow[] = [RESPONSES, REASONING, CONVERSATIONS, STORED_CHAT];
