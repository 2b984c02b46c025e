/** Where a request ends: lengths and chunks that two readers could take differently, and what stands behind them. */
import {
  AUTH,
  BAD,
  CHUNKED,
  CLOSE,
  chunks,
  framed,
  HOST,
  type Hostile,
  JSON_TYPE,
  LENGTH,
  NOT_FOUND,
  ONE_CHUNK,
  REACHED,
  SERVED,
  withHeaders,
} from './hostile.ts';
import { CHAT, CHAT_BODY, post } from './stage.ts';

/** A second request, hidden where a reader that counts otherwise would find it. */
const SMUGGLED = `GET /openai/v1/files/smuggled HTTP/1.1\r\n${HOST}\r\n${AUTH}\r\n\r\n`;

export const FRAMING: readonly Hostile[] = [
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
  { name: 'a chunk size that is no number', bytes: chunks('zz\r\n{}\r\n0\r\n\r\n'), wants: BAD },
  { name: 'a chunk size below zero', bytes: chunks('-2\r\n{}\r\n0\r\n\r\n'), wants: BAD },
  { name: 'a chunk size with 0x', bytes: chunks('0x2\r\n{}\r\n0\r\n\r\n'), wants: BAD },
  { name: 'a chunk size beyond any number', bytes: chunks(`${'f'.repeat(17)}\r\n{}\r\n0\r\n\r\n`), wants: BAD },
  { name: 'no chunk size', bytes: chunks('\r\n{}\r\n0\r\n\r\n'), wants: BAD },
  { name: 'a chunk that is longer than it says', bytes: chunks('2\r\n{}{}\r\n0\r\n\r\n'), wants: BAD },
  { name: 'a chunk that ends in LF alone', bytes: chunks('2\n{}\n0\n\n'), wants: BAD },
  { name: 'a chunk that ends in CR alone', bytes: chunks('2\r{}\r0\r\r'), wants: BAD },
  { name: 'blanks before a chunk size', bytes: chunks(` ${ONE_CHUNK}`), wants: BAD },
  { name: 'an extension with a line end in its quotes', bytes: chunks(`2;a="\n"\r\n{}\r\n0\r\n\r\n`), wants: BAD },
  { name: 'an extension without end', bytes: chunks(`2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`), wants: BAD },
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
  { name: 'a trailer that is no header', bytes: chunks(`${ONE_CHUNK.slice(0, -2)}x smuggled\r\n\r\n`), wants: BAD },
  { name: 'a body that breaks off', bytes: framed(['content-length: 99'], CHAT_BODY), wants: BAD, halfClose: true },
  { name: 'chunks that break off', bytes: chunks('99\r\n{}'), wants: BAD, halfClose: true },
];

export const PIPELINES: readonly Hostile[] = [
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
    bytes: `${post().replace(CLOSE, 'x-a: 1')}{"model":"left-over"}`,
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
