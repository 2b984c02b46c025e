/** What a hostile request is, and what such requests are put together from. */
import { CHAT, CHAT_BODY, KEY, post } from './stage.ts';

export interface Hostile {
  readonly name: string;
  /** latin1. */
  readonly bytes: string;
  /** Status and code of each answer, in turn; the code is null where it is no error. None: the connection ends without an answer. */
  readonly wants: readonly (readonly [status: number, code: string | null])[];
  /** Line and body of each request that the backend gets, in turn; nothing else may get there. */
  readonly reaches?: readonly (readonly [line: string, body: string])[];
  /** Of what gets there: no header may look so. */
  readonly never?: RegExp;
  /** The client closes its side, since the request would wait for more. */
  readonly halfClose?: boolean;
  readonly bodiless?: boolean;
}

export const LENGTH = `content-length: ${CHAT_BODY.length}`;
export const HOST = 'host: localhost';
export const AUTH = `api-key: ${KEY}`;
export const JSON_TYPE = 'content-type: application/json';
export const CLOSE = 'connection: close';
export const CHUNKED = 'transfer-encoding: chunked';

export const BAD: Hostile['wants'] = [[400, '400']];
export const TOO_LONG: Hostile['wants'] = [[431, '431']];
export const NOT_FOUND: Hostile['wants'] = [[404, '404']];
export const SERVED: Hostile['wants'] = [[200, null]];
export const REACHED = [[`POST ${CHAT} HTTP/1.1`, CHAT_BODY]] as const;

export const withHeaders = (...more: readonly string[]): string => post({ more });
export const framed = (headers: readonly string[], body: string): string =>
  post({ headers: [HOST, AUTH, JSON_TYPE, ...headers], body });
export const chunks = (text: string): string => framed([CHUNKED, CLOSE], text);
export const ONE_CHUNK = `${CHAT_BODY.length.toString(16)}\r\n${CHAT_BODY}\r\n0\r\n\r\n`;
