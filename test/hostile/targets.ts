/** Paths, queries, ids and names that would lead elsewhere. */
import { AUTH, CLOSE, framed, HOST, type Hostile, LENGTH, NOT_FOUND, REACHED, SERVED, withHeaders } from './hostile.ts';
import { CHAT, CHAT_BODY, post } from './stage.ts';

export const PATHS: readonly Hostile[] = [
  '/openai/v1/../../admin/fleet',
  '/openai/v1/./chat/completions',
  '/openai/v1/chat/..',
  '/openai/v1/%2e%2e/admin',
  '/openai/v1/%2E%2E/admin',
  '/openai/v1/.%2e/admin',
  '/openai/v1/chat%2fcompletions',
  '/openai/v1/files%5c..%5cx',
  '/openai/v1/%252e%252e/admin',
  '/openai/v1/chat\\completions',
  '/openai/v1/..;/admin',
  '/openai/v1/..;a=b/admin',
  '/openai/v1//chat/completions',
  '//openai/v1/chat/completions',
  '//internal/openai/v1/chat/completions',
  '/@internal/openai/v1/chat/completions',
  '/openai/v1/files/a%00',
  '/openai/v1/files/a%0d%0ax-a:%201',
  '/openai/v1/files/a%0a',
  '/openai/v1/files/%',
  '/openai/v1/files/%zz',
  '/openai/v1/files/%c0%ae%c0%ae',
  '/openai/v1/files/%ff',
  '/openai/v1/%63hat/completions',
  '/openai/deployments/../chat/completions',
  '/openai/deployments/%2e%2e/chat/completions',
  '/openai/deployments/a%2fb/chat/completions',
  '/openai/deployments/a%3fb/chat/completions',
  '/openai/deployments/a%23b/chat/completions',
  '/openai/deployments/a@b:80%5c/chat/completions',
  '/admin/fleet',
  '/metrics',
  '/',
].map((target) => ({ name: `the path ${target}`, bytes: post({ target }), wants: NOT_FOUND }));

export const TARGETS: readonly Hostile[] = [
  { name: 'a fragment in the path', bytes: post({ target: `${CHAT}#/../admin` }), wants: NOT_FOUND },
  {
    name: 'a query of 10,000 pairs',
    bytes: post({ target: `${CHAT}?${'a=b&'.repeat(5_000)}z` }),
    wants: SERVED,
    reaches: [[`POST ${CHAT}?${'a=b&'.repeat(5_000)}z HTTP/1.1`, CHAT_BODY]],
  },
  {
    name: 'a key in the query, under many names',
    bytes: post({ target: `${CHAT}?api-key=1&API-KEY=2&subscription-key=3&a=b` }),
    wants: SERVED,
    reaches: [[`POST ${CHAT}?a=b HTTP/1.1`, CHAT_BODY]],
  },
  {
    name: 'a host in an id',
    bytes: post({
      method: 'GET',
      target: '/openai/v1/files/file-abc@169.254.169.254:80',
      headers: [HOST, AUTH, CLOSE],
      body: '',
    }),
    wants: SERVED,
    reaches: [['GET /openai/v1/files/file-abc@169.254.169.254:80 HTTP/1.1', '']],
  },
  {
    name: 'a sealed id that was made up',
    bytes: post({
      method: 'GET',
      target: `/openai/v1/files/file-swA${'A'.repeat(80)}`,
      headers: [HOST, AUTH, CLOSE],
      body: '',
    }),
    wants: [[404, 'UnknownState']],
  },
  {
    name: 'a sealed id that was made up, in a body',
    bytes: ((body: string) =>
      framed([`content-length: ${body.length}`, CLOSE], body).replace(CHAT, '/openai/v1/responses'))(
      `{"model":"chat","previous_response_id":"resp_swA${'A'.repeat(80)}"}`,
    ),
    wants: [[404, 'UnknownState']],
  },
  {
    name: 'a model that is a path',
    bytes: ((body: string) => framed([`content-length: ${body.length}`, CLOSE], body))('{"model":"../../admin"}'),
    wants: [[404, 'DeploymentNotFound']],
  },
  {
    name: 'a model that is a URL',
    bytes: ((body: string) => framed([`content-length: ${body.length}`, CLOSE], body))(
      '{"model":"http://169.254.169.254/"}',
    ),
    wants: [[404, 'DeploymentNotFound']],
  },
  {
    name: 'two models',
    bytes: ((body: string) => framed([`content-length: ${body.length}`, CLOSE], body))('{"model":"a","model":"b"}'),
    wants: SERVED,
    reaches: [[`POST ${CHAT} HTTP/1.1`, '{"model":"b","model":"b"}']],
  },
  {
    name: 'a WebSocket where none belongs',
    bytes: withHeaders(
      'upgrade: websocket',
      'sec-websocket-version: 13',
      'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
    ),
    wants: SERVED,
    reaches: REACHED,
    never: /^upgrade/i,
  },
  {
    name: 'a WebSocket with a POST and without a key',
    bytes: post({
      target: '/openai/v1/realtime?model=chat',
      headers: [HOST, AUTH, 'connection: upgrade', 'upgrade: websocket', LENGTH],
    }),
    wants: [[400, 'BadRequest']],
  },
];
