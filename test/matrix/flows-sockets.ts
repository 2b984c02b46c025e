/** Sessions over WebSocket (wire §1.4, §1.5), each in the dialect that Azure has it in. */
import type { Flow } from './step.ts';

const CONTENT = [{ type: 'input_text', text: 'The gates are open.' }];
const ITEM = { type: 'conversation.item.create', item: { type: 'message', role: 'user', content: CONTENT } };

const REALTIME: Flow = {
  name: 'realtime',
  scope: 'v1',
  model: 'talk',
  steps: [
    {
      does: 'realtime',
      at: 'realtime',
      query: 'model=talk',
      way: 'socket',
      says: [
        { type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } },
        ITEM,
        { type: 'response.create' },
      ],
      until: /"type":"(?:session\.updated|conversation\.item\.done|response\.done)"/,
    },
    {
      does: 'realtime refused: no such deployment',
      at: 'realtime',
      query: 'model=nobody',
      way: 'socket',
      says: [ITEM],
    },
    { does: 'realtime refused: POST', at: 'realtime', body: { model: '<model>' } },
  ],
};

const PREVIEW: Flow = {
  name: 'realtime, preview',
  scope: 'preview',
  model: 'old-talk',
  steps: [
    {
      does: 'realtime, preview',
      at: 'realtime',
      query: 'deployment=<model>',
      way: 'socket',
      says: [ITEM, { type: 'response.create', response: { modalities: ['text'] } }],
      until: /"type":"(?:conversation\.item\.created|response\.done)"/,
    },
  ],
};

const RESPONSES: Flow = {
  name: 'responses on a socket',
  scope: 'v1',
  model: 'chat',
  steps: [
    {
      does: 'response to go on with',
      at: 'responses',
      body: { model: '<model>', input: 'Hello' },
      keeps: { first: /"id": ?"(resp_[\w.-]+)"/ },
    },
    {
      does: 'responses on a socket',
      at: 'responses',
      way: 'socket',
      says: [
        { type: 'response.create', model: 'chat', input: 'The gates are open.' },
        { type: 'response.create', model: 'chat', input: 'Still?' },
      ],
      until: /"type":"(?:response\.completed|error)"/,
    },
    {
      does: 'response on a socket, on top',
      at: 'responses',
      way: 'socket',
      says: [{ type: 'response.create', model: 'chat', input: 'Still?', previous_response_id: '<first>' }],
      until: /"type":"(?:response\.completed|error)"/,
    },
  ],
};

export const SOCKETS: readonly Flow[] = [REALTIME, PREVIEW, RESPONSES];
