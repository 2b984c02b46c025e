/** What the fault matrix asks for, and what may be done with each when it fails. */
import type { Ask } from './ask.ts';

/**
 * repeatable: nothing is left behind, so any failure may be tried elsewhere. once: it makes something, or is dear: only where it is
 * proven that nothing was begun. owner: one resource alone has what is named. list: all owners are needed. models: each adds some.
 */
export type Kind = 'repeatable' | 'once' | 'owner' | 'list' | 'models';

export interface Endpoint {
  readonly name: string;
  readonly kind: Kind;
  /** Whether the answer is a stream of events, whose failure can be told within it. */
  readonly streams: boolean;
  /** Whether the answer is neither JSON nor events. */
  readonly bytes?: boolean;
  /** `<file>` stands for one that openai1 keeps. */
  readonly ask: Ask;
}

const VERSION = 'api-version=2025-03-01-preview';
const BOUNDARY = 'the-boundary';
const JSON_TYPE = { 'content-type': 'application/json' };
const MESSAGES = [{ role: 'user', content: 'Say something in 12 words.' }];

function post(path: string, body: object): Ask {
  return { method: 'POST', path, headers: JSON_TYPE, body: Buffer.from(JSON.stringify(body)) };
}

function classic(operation: string, model: string, body: object): Ask {
  return post(`/openai/deployments/${model}/${operation}?${VERSION}`, body);
}

function form(path: string, fields: Readonly<Record<string, string>>): Ask {
  const head = (name: string, more = ''): string =>
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n`;
  const texts = Object.entries(fields).map(([name, value]) => `${head(name)}${value}\r\n`);
  const body = Buffer.from(`${texts.join('')}${head('file', '; filename="a.wav"')}some bytes\r\n--${BOUNDARY}--\r\n`);
  return { method: 'POST', path, headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }, body };
}

function of(method: string, path: string): Ask {
  return { method, path, headers: {}, body: null };
}

const INPUT = { model: 'chat', input: 'Say something in 12 words.' };

/** Makes the file that `<file>` stands for. */
export const UPLOAD: Ask = form('/openai/v1/files', { purpose: 'batch' });

const REPEATABLE: ReadonlyArray<readonly [name: string, ask: Ask]> = [
  ['chat', classic('chat/completions', 'chat', { messages: MESSAGES, max_tokens: 12 })],
  ['chat on v1', post('/openai/v1/chat/completions', { model: 'chat', messages: MESSAGES, max_tokens: 12 })],
  ['completion', classic('completions', 'text', { prompt: 'Once', max_tokens: 12 })],
  ['embeddings', classic('embeddings', 'embedding', { input: 'one' })],
  ['response not kept', post('/openai/v1/responses', { ...INPUT, store: false })],
];
const REPEATABLE_STREAMS: ReadonlyArray<readonly [name: string, ask: Ask]> = [
  ['chat, streamed', classic('chat/completions', 'chat', { messages: MESSAGES, max_tokens: 12, stream: true })],
  ['response not kept, streamed', post('/openai/v1/responses', { ...INPUT, store: false, stream: true })],
];
const ONCE: ReadonlyArray<readonly [name: string, ask: Ask]> = [
  ['response', post('/openai/v1/responses', INPUT)],
  ['file', UPLOAD],
  ['image', classic('images/generations', 'drawing', { prompt: 'A dam' })],
  ['transcript', form(`/openai/deployments/ear/audio/transcriptions?${VERSION}`, { model: 'ear' })],
  ['assistant', post('/openai/v1/assistants', { model: 'chat' })],
];
const ONCE_STREAMS: ReadonlyArray<readonly [name: string, ask: Ask]> = [
  ['response, streamed', post('/openai/v1/responses', { ...INPUT, stream: true })],
];
const OWNER: ReadonlyArray<readonly [name: string, ask: Ask]> = [
  ['file read', of('GET', '/openai/v1/files/<file>')],
  ['file deleted', of('DELETE', '/openai/v1/files/<file>')],
  [
    'batch',
    post('/openai/v1/batches', {
      input_file_id: '<file>',
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    }),
  ],
];

function all(kind: Kind, streams: boolean, asks: ReadonlyArray<readonly [name: string, ask: Ask]>): Endpoint[] {
  return asks.map(([name, ask]) => ({ name, kind, streams, ask }));
}

export const ENDPOINTS: readonly Endpoint[] = [
  ...all('repeatable', false, REPEATABLE),
  ...all('repeatable', true, REPEATABLE_STREAMS),
  ...all('once', false, ONCE),
  ...all('once', true, ONCE_STREAMS),
  ...all('owner', false, OWNER),
  {
    name: 'file content',
    kind: 'owner',
    streams: false,
    bytes: true,
    ask: of('GET', '/openai/v1/files/<file>/content'),
  },
  { name: 'files', kind: 'list', streams: false, ask: of('GET', '/openai/v1/files') },
  { name: 'models', kind: 'models', streams: false, ask: of('GET', '/openai/v1/models') },
];

export function withFile({ path, body, ...rest }: Ask, file: string): Ask {
  return {
    ...rest,
    path: path.replace('<file>', file),
    body: body === null ? null : Buffer.from(body.toString('latin1').replace('<file>', file), 'latin1'),
  };
}
