/** Requests of clients that mean no good, as bytes, and what must become of each. By what they try. */
import { CHAT, CHAT_BODY, KEY, post } from './stage.ts';

export interface Hostile {
  readonly name: string;
  /** latin1. */
  readonly bytes: string;
  /** Status and code of each answer, in turn. `null`: the connection ends without another one. */
  readonly wants: readonly (readonly [status: number, code: string | null])[];
  /** Line and body of each request that the backend gets, in turn; nothing else may get there. */
  readonly reaches?: readonly (readonly [line: string, body: string])[];
  /** Of what gets there: no header may look so. */
  readonly never?: RegExp;
  /** The client closes its side, since the request would wait for more. */
  readonly halfClose?: boolean;
  readonly bodiless?: boolean;
}

const LENGTH = `content-length: ${CHAT_BODY.length}`;
const HOST = 'host: localhost';
const AUTH = `api-key: ${KEY}`;
const JSON_TYPE = 'content-type: application/json';
const CLOSE = 'connection: close';
const CHUNKED = 'transfer-encoding: chunked';

const BAD: Hostile['wants'] = [[400, '400']];
const TOO_LONG: Hostile['wants'] = [[431, '431']];
const NOT_FOUND: Hostile['wants'] = [[404, '404']];
const SERVED: Hostile['wants'] = [[200, null]];
const REACHED = [[`POST ${CHAT} HTTP/1.1`, CHAT_BODY]] as const;

const withHeaders = (...more: readonly string[]): string => post({ more });
const framed = (headers: readonly string[], body: string): string =>
  post({ headers: [HOST, AUTH, JSON_TYPE, ...headers], body });
const chunks = (text: string): string => framed([CHUNKED, CLOSE], text);
const ONE_CHUNK = `${CHAT_BODY.length.toString(16)}\r\n${CHAT_BODY}\r\n0\r\n\r\n`;

/** A second request, hidden where a reader that counts otherwise would find it. */
const SMUGGLED = `GET /openai/v1/files/smuggled HTTP/1.1\r\n${HOST}\r\n${AUTH}\r\n\r\n`;

const FRAMING: readonly Hostile[] = [
  { name: 'a length and chunks', bytes: framed([LENGTH, CHUNKED], `0\r\n\r\n${SMUGGLED}`), wants: BAD },
  { name: 'chunks and a length', bytes: framed([CHUNKED, LENGTH], `0\r\n\r\n${SMUGGLED}`), wants: BAD },
  { name: 'two lengths that differ', bytes: framed([LENGTH, 'content-length: 0'], CHAT_BODY), wants: BAD },
  { name: 'the same length twice', bytes: framed([LENGTH, LENGTH], CHAT_BODY), wants: BAD },
  { name: 'a list of lengths', bytes: framed(['content-length: 29, 29'], CHAT_BODY), wants: BAD },
  { name: 'a length below zero', bytes: framed(['content-length: -1'], CHAT_BODY), wants: BAD },
  { name: 'a length with a sign', bytes: framed(['content-length: +29'], CHAT_BODY), wants: BAD },
  { name: 'a length in hexadecimal', bytes: framed(['content-length: 0x1d'], CHAT_BODY), wants: BAD },
  { name: 'a length beyond any number', bytes: framed([`content-length: ${'9'.repeat(30)}`], CHAT_BODY), wants: BAD },
  { name: 'a length with a fraction', bytes: framed(['content-length: 29.0'], CHAT_BODY), wants: BAD },
  { name: 'an empty length', bytes: framed(['content-length:'], CHAT_BODY), wants: BAD },
  { name: 'a length that is no number', bytes: framed(['content-length: many'], CHAT_BODY), wants: BAD },
  { name: 'a length with a blank in it', bytes: framed(['content-length: 2 9'], CHAT_BODY), wants: BAD },
  { name: 'a blank before the colon of a length', bytes: framed(['content-length : 29'], CHAT_BODY), wants: BAD },
  { name: 'chunked twice', bytes: framed(['transfer-encoding: chunked, chunked', CLOSE], ONE_CHUNK), wants: BAD },
  { name: 'chunked in two headers', bytes: framed([CHUNKED, CHUNKED, CLOSE], ONE_CHUNK), wants: BAD },
  {
    name: 'compressed in transfer',
    bytes: framed(['transfer-encoding: gzip, chunked', CLOSE], ONE_CHUNK),
    wants: [[501, 'NotImplemented']],
  },
  { name: 'chunked, then something', bytes: framed(['transfer-encoding: chunked, identity'], ONE_CHUNK), wants: BAD },
  {
    name: 'a coding that is nearly chunked',
    bytes: framed(['transfer-encoding: xchunked'], ONE_CHUNK),
    wants: [[501, 'NotImplemented']],
  },
  {
    name: 'a coding with a control character',
    bytes: framed(['transfer-encoding: \x0bchunked'], ONE_CHUNK),
    wants: BAD,
  },
  {
    name: 'a blank before the colon of a coding',
    bytes: framed(['transfer-encoding : chunked'], ONE_CHUNK),
    wants: BAD,
  },
  {
    name: 'a coding in capitals',
    bytes: framed(['Transfer-Encoding: CHUNKED', CLOSE], ONE_CHUNK),
    wants: SERVED,
    reaches: REACHED,
  },
  { name: 'a chunk size that is no number', bytes: chunks('zz\r\n{}\r\n0\r\n\r\n'), wants: [] },
  { name: 'a chunk size below zero', bytes: chunks('-2\r\n{}\r\n0\r\n\r\n'), wants: [] },
  { name: 'a chunk size with 0x', bytes: chunks('0x2\r\n{}\r\n0\r\n\r\n'), wants: [] },
  { name: 'a chunk size beyond any number', bytes: chunks(`${'f'.repeat(17)}\r\n{}\r\n0\r\n\r\n`), wants: [] },
  { name: 'no chunk size', bytes: chunks('\r\n{}\r\n0\r\n\r\n'), wants: [] },
  { name: 'a chunk that is longer than it says', bytes: chunks('2\r\n{}{}\r\n0\r\n\r\n'), wants: [] },
  { name: 'a chunk that ends in LF alone', bytes: chunks('2\n{}\n0\n\n'), wants: [] },
  { name: 'a chunk that ends in CR alone', bytes: chunks('2\r{}\r0\r\r'), wants: [] },
  { name: 'blanks before a chunk size', bytes: chunks(` ${ONE_CHUNK}`), wants: [] },
  { name: 'an extension with a line end in its quotes', bytes: chunks(`2;a="\n"\r\n{}\r\n0\r\n\r\n`), wants: [] },
  { name: 'an extension without end', bytes: chunks(`2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`), wants: [] },
  {
    name: 'an extension of a chunk',
    bytes: chunks(`${ONE_CHUNK.replace('\r\n', ';a=b\r\n')}`),
    wants: SERVED,
    reaches: REACHED,
  },
  {
    name: 'trailers that would be headers',
    bytes: chunks(`${ONE_CHUNK.slice(0, -2)}api-key: other\r\nx-smuggled: 1\r\n\r\n`),
    wants: SERVED,
    reaches: REACHED,
    never: /smuggled|other/,
  },
  { name: 'a trailer that is no header', bytes: chunks(`${ONE_CHUNK.slice(0, -2)}x smuggled\r\n\r\n`), wants: [] },
  { name: 'a body that breaks off', bytes: framed(['content-length: 99'], CHAT_BODY), wants: [], halfClose: true },
  { name: 'chunks that break off', bytes: chunks('99\r\n{}'), wants: [], halfClose: true },
];

const HEADERS: readonly Hostile[] = [
  { name: 'a folded header', bytes: withHeaders('x-a: 1', ' folded'), wants: BAD },
  { name: 'a first header that is folded', bytes: post({ headers: [' host: localhost', AUTH, LENGTH] }), wants: BAD },
  { name: 'LF alone between headers', bytes: withHeaders('x-a: 1\nx-b: 2'), wants: BAD },
  { name: 'CR alone between headers', bytes: withHeaders('x-a: 1\rx-b: 2'), wants: BAD },
  { name: 'a head that ends in LF alone', bytes: `GET ${CHAT} HTTP/1.1\n${HOST}\n${AUTH}\n\n`, wants: BAD },
  { name: 'NUL in a value', bytes: withHeaders('x-a: 1\x002'), wants: BAD },
  { name: 'NUL in a name', bytes: withHeaders('x\0a: 1'), wants: BAD },
  { name: 'a control character in a value', bytes: withHeaders('x-a: 1\x082'), wants: BAD },
  { name: 'DEL in a value', bytes: withHeaders('x-a: 1\x7f2'), wants: BAD },
  { name: 'a blank in a name', bytes: withHeaders('x a: 1'), wants: BAD },
  { name: 'a name of no characters', bytes: withHeaders(': 1'), wants: BAD },
  { name: 'a line without a colon', bytes: withHeaders('x-a'), wants: BAD },
  { name: 'a name beyond ASCII', bytes: withHeaders('x-\xe4: 1'), wants: BAD },
  { name: 'a name in brackets', bytes: withHeaders('x[a]: 1'), wants: BAD },
  {
    name: '201 headers',
    bytes: withHeaders(...Array.from({ length: 196 }, (_, i) => `x-${i}: 1`)),
    wants: [[431, 'TooManyHeaders']],
  },
  { name: '5,000 headers', bytes: withHeaders(...Array<string>(5_000).fill('a:')), wants: TOO_LONG },
  { name: '20,000 headers', bytes: withHeaders(...Array<string>(20_000).fill('a:')), wants: TOO_LONG },
  { name: 'a value of 40 kB', bytes: withHeaders(`x-a: ${'a'.repeat(40_000)}`), wants: TOO_LONG },
  { name: 'a name of 40 kB', bytes: withHeaders(`x-${'a'.repeat(40_000)}: 1`), wants: TOO_LONG },
  { name: 'a head without end', bytes: `POST ${CHAT} HTTP/1.1\r\n${'x-a: 1\r\n'.repeat(10_000)}`, wants: TOO_LONG },
  { name: 'two hosts', bytes: withHeaders('host: elsewhere'), wants: [[400, 'BadRequest']] },
  { name: 'no host', bytes: post({ headers: [AUTH, JSON_TYPE, LENGTH] }), wants: [[400, 'BadRequest']] },
  {
    name: 'the same header of ours twice',
    bytes: withHeaders('x-spillway-pin: openai1/chat', 'x-spillway-pin: openai2/chat'),
    wants: [[403, 'PinRefused']],
  },
  { name: 'a key of another', bytes: withHeaders().replace(KEY, 'another'), wants: [[401, '401']] },
  {
    name: 'two Bearers, the second one good',
    bytes: post({ headers: [HOST, 'authorization: Bearer x', `authorization: Bearer ${KEY}`, LENGTH, CLOSE] }),
    wants: [[401, '401']],
  },
  {
    name: 'two keys, the second one good',
    bytes: post({ headers: [HOST, 'api-key: x', AUTH, LENGTH, CLOSE] }),
    wants: [[401, '401']],
  },
  { name: 'a key of 30 kB', bytes: withHeaders().replace(KEY, 'k'.repeat(30_000)), wants: [[401, '401']] },
  {
    name: 'headers that say who asked',
    bytes: withHeaders(
      'x-forwarded-for: 10.0.0.1',
      'forwarded: for=10.0.0.1',
      'x-spillway-admin-key: x',
      'authorization: Bearer x',
      'ocp-apim-subscription-key: x',
      'proxy-authorization: x',
      'cookie: x',
    ),
    wants: SERVED,
    reaches: REACHED,
    never: /^(?:x-forwarded|forwarded|x-spillway|authorization|ocp-apim|proxy-auth)/i,
  },
  {
    name: 'headers that the connection names',
    bytes: post({
      headers: [HOST, AUTH, JSON_TYPE, LENGTH, 'connection: close, x-a, api-key, content-length', 'x-a: 1'],
    }),
    wants: SERVED,
    reaches: REACHED,
    never: /^(?:x-a|connection: .*x-a)|key-of-the-client/i,
  },
  {
    name: 'headers of one hop',
    bytes: withHeaders(
      'te: trailers',
      'trailer: x-a',
      'keep-alive: timeout=9',
      'proxy-connection: keep-alive',
      'upgrade: h2c',
      'http2-settings: AAMAAABkAAQAAP',
    ),
    wants: SERVED,
    reaches: REACHED,
    never: /^(?:te|trailer|keep-alive|proxy-connection|upgrade|http2-settings):/i,
  },
];

const LINES: readonly Hostile[] = [
  { name: 'HTTP/0.9', bytes: `GET ${CHAT}\r\n\r\n`, wants: [[505, 'HTTPVersionNotSupported']] },
  { name: 'HTTP/1.2', bytes: post({ version: 'HTTP/1.2' }), wants: BAD },
  { name: 'HTTP/2.0 in words', bytes: post({ version: 'HTTP/2.0' }), wants: [[505, 'HTTPVersionNotSupported']] },
  { name: 'HTTP/9.9', bytes: post({ version: 'HTTP/9.9' }), wants: BAD },
  { name: 'http in small letters', bytes: post({ version: 'http/1.1' }), wants: BAD },
  { name: 'no version', bytes: post({ version: '' }), wants: BAD },
  { name: 'HTTP/1.0', bytes: post({ version: 'HTTP/1.0' }), wants: SERVED, reaches: REACHED },
  {
    name: 'HTTP/1.0 with chunks',
    bytes: post({ version: 'HTTP/1.0', headers: [HOST, AUTH, CHUNKED], body: ONE_CHUNK }),
    wants: [[400, 'BadRequest']],
  },
  { name: 'the preface of HTTP/2', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', wants: BAD },
  { name: 'a handshake of TLS', bytes: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', wants: BAD },
  { name: 'SSH', bytes: 'SSH-2.0-OpenSSH_9.9\r\n', wants: BAD },
  { name: 'nothing but NUL', bytes: '\0'.repeat(100), wants: BAD },
  { name: 'a proxy protocol line', bytes: `PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n${post()}`, wants: BAD },
  { name: 'a target of 40 kB', bytes: post({ target: `/openai/v1/${'a'.repeat(40_000)}` }), wants: TOO_LONG },
  { name: 'a blank in the target', bytes: post({ target: '/openai/v1/chat completions' }), wants: BAD },
  { name: 'a tab in the target', bytes: post({ target: '/openai/v1/chat\tcompletions' }), wants: BAD },
  { name: 'a NUL in the target', bytes: post({ target: '/openai/v1/chat\0' }), wants: BAD },
  {
    name: 'a second request within the target',
    bytes: post({ target: `${CHAT} HTTP/1.1\r\nhost: x\r\n\r\nGET /x` }),
    wants: [
      [401, '401'],
      [404, '404'],
    ],
  },
  { name: 'a method that is none', bytes: post({ method: 'BREW' }), wants: BAD },
  { name: 'a method in small letters', bytes: post({ method: 'post' }), wants: BAD },
  { name: 'a method with a line end', bytes: post({ method: 'GE\r\nT' }), wants: BAD },
  { name: 'TRACE', bytes: post({ method: 'TRACE' }), wants: [[405, 'MethodNotAllowed']] },
  { name: 'CONNECT', bytes: `CONNECT internal:443 HTTP/1.1\r\nhost: internal:443\r\n${AUTH}\r\n\r\n`, wants: [] },
  { name: 'CONNECT of a path', bytes: post({ method: 'CONNECT' }), wants: [] },
  { name: 'an authority as target', bytes: post({ target: 'internal:443' }), wants: BAD },
  { name: 'an asterisk as target', bytes: post({ method: 'OPTIONS', target: '*' }), wants: NOT_FOUND },
  {
    name: 'the absolute form',
    bytes: post({ target: `http://internal:1/${CHAT.slice(1)}` }),
    wants: SERVED,
    reaches: REACHED,
  },
  {
    name: 'the absolute form with somebody’s name',
    bytes: post({ target: `http://me:x@internal${CHAT}` }),
    wants: SERVED,
    reaches: REACHED,
  },
  { name: 'a file as target', bytes: post({ target: 'file:///etc/passwd' }), wants: NOT_FOUND },
  {
    name: 'a host with somebody’s name',
    bytes: post().replace('host: localhost', 'host: me@169.254.169.254'),
    wants: SERVED,
    reaches: REACHED,
    never: /169\.254/,
  },
  {
    name: 'a host that is a metadata service',
    bytes: post().replace('host: localhost', 'host: 169.254.169.254'),
    wants: SERVED,
    reaches: REACHED,
    never: /169\.254/,
  },
];

const PATHS: readonly Hostile[] = [
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

const TARGETS: readonly Hostile[] = [
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

const PIPELINES: readonly Hostile[] = [
  {
    name: 'a request hidden in a body',
    bytes: framed([`content-length: ${CHAT_BODY.length + SMUGGLED.length}`, CLOSE], CHAT_BODY + SMUGGLED),
    wants: SERVED,
    reaches: [[`POST ${CHAT} HTTP/1.1`, CHAT_BODY + SMUGGLED]],
  },
  {
    name: 'a good request, then garbage',
    bytes: `${post().replace(CLOSE, 'x-a: 1')}garbage\r\n\r\n`,
    wants: [],
  },
  {
    name: 'a body longer than its length',
    bytes: post().replace(CLOSE, 'x-a: 1') + '{"model":"left-over"}',
    wants: [],
  },
  {
    name: 'a refused request, then a good one',
    bytes: post({ target: '/nothing' }).replace(CLOSE, 'x-a: 1') + post(),
    wants: [
      [404, '404'],
      [200, null],
    ],
    reaches: REACHED,
  },
  {
    name: 'a stranger, then a client: no key is carried over',
    bytes: post({ headers: [HOST, JSON_TYPE, LENGTH] }) + post(),
    wants: [
      [401, '401'],
      [200, null],
    ],
    reaches: REACHED,
  },
  {
    name: 'a client, then a stranger: no key is carried over',
    bytes: post().replace(CLOSE, 'x-a: 1') + post({ headers: [HOST, JSON_TYPE, LENGTH, CLOSE] }),
    wants: [
      [200, null],
      [401, '401'],
    ],
    reaches: REACHED,
  },
  {
    name: 'blank lines before a request',
    bytes: `\r\n\r\n${post()}`,
    wants: SERVED,
    reaches: REACHED,
  },
  {
    name: 'HEAD, whose answer has no body',
    bytes: post({ method: 'HEAD', target: '/openai/v1/models/x', headers: [HOST, AUTH, CLOSE], body: '' }),
    wants: SERVED,
    reaches: [['HEAD /openai/v1/models/x HTTP/1.1', '']],
    bodiless: true,
  },
  {
    name: 'an expectation that is refused, then a request in its body’s place',
    bytes: post({
      target: '/nothing',
      headers: [HOST, AUTH, 'expect: 100-continue', `content-length: ${post().length}`],
      body: post(),
    }),
    wants: NOT_FOUND,
  },
  {
    name: 'an expectation that nobody knows',
    bytes: withHeaders('expect: 200-ok'),
    wants: [[417, 'ExpectationFailed']],
  },
];

export const HOSTILE: readonly Hostile[] = [...FRAMING, ...HEADERS, ...LINES, ...PATHS, ...TARGETS, ...PIPELINES];
