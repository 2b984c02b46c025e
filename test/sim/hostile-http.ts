/** Requests over HTTP by chance, from ordinary to hostile: what is sent, and whether an answer must come. */
import type { Chance } from './chance.ts';
import { BODIES, hostileBody } from './hostile-json.ts';

export interface HostileRequest {
  readonly pieces: readonly Buffer[];
  /** Whether our side closes after the last piece. Only what is cut short does: a whole request needs no such help. */
  readonly halfClose: boolean;
  /** Answers that must come; 0: the server may close without one. */
  readonly answers: number;
  /** The method is HEAD: an answer tells the length of a body that does not come. */
  readonly bodiless: boolean;
}

type Operation = keyof typeof BODIES;

const OPERATIONS: readonly [Operation, ...Operation[]] = ['chat', 'completions', 'embeddings', 'responses'];
const CLASSIC: Readonly<Record<Operation, string>> = {
  chat: '/openai/deployments/chat/chat/completions',
  completions: '/openai/deployments/instruct/completions',
  embeddings: '/openai/deployments/embedding/embeddings',
  responses: '/openai/responses',
};
const V1: Readonly<Record<Operation, string>> = {
  chat: '/openai/v1/chat/completions',
  completions: '/openai/v1/completions',
  embeddings: '/openai/v1/embeddings',
  responses: '/openai/v1/responses',
};
const METHODS: readonly [string, ...string[]] = [
  'POST',
  'POST',
  'POST',
  'GET',
  'PUT',
  'DELETE',
  'PATCH',
  'HEAD',
  'OPTIONS',
  'TRACE',
];
const LONG_URL_CHARS = [1_000, 8_000, 20_000, 70_000] as const;
/** Of one connection. */
const PIPELINED_MAX = 4;

export class HostileRequests {
  readonly #chance: Chance;
  readonly #key: string;

  constructor(chance: Chance, key: string) {
    this.#chance = chance;
    this.#key = key;
  }

  next(): HostileRequest {
    switch (this.#chance.below(12)) {
      case 0:
        return this.#noHttp();
      case 1:
        return this.#cutShort();
      case 2:
        return this.#pipelined();
      case 3:
        return this.#chunked();
      case 4:
        return whole(this.#text(this.#path(), 'GET', this.#headers(), ''), 0);
      case 5:
        return this.#anyMethod();
      case 6:
        return this.#wrongEncoding();
      default:
        return whole(this.#good(), 1);
    }
  }

  #anyMethod(): HostileRequest {
    const method = this.#chance.of(METHODS);
    const bytes = this.#text(this.#path(), method, this.#headers(), this.#body());
    return { ...whole(bytes, 0), bodiless: method === 'HEAD' };
  }

  /** A well-formed request to a path that there is, mostly with a body of its kind, whatever that says. */
  #good(more: readonly string[] = ['connection: close']): Buffer {
    const operation = this.#chance.of(OPERATIONS);
    const body = this.#chance.oneIn(6) ? this.#body() : hostileBody(this.#chance, BODIES[operation]);
    const headers = [`api-key: ${this.#key}`, 'content-type: application/json', ...more];
    return this.#text(this.#pathOf(operation), 'POST', headers, body);
  }

  #text(path: string, method: string, headers: readonly string[], body: string | Buffer): Buffer {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const length = bytes.length === 0 ? [] : [`content-length: ${bytes.length}`];
    const head = [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1', ...headers, ...length, '', ''].join('\r\n');
    return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
  }

  #body(): string {
    const chance = this.#chance;
    if (chance.oneIn(12)) return chance.text(200);
    if (chance.oneIn(12))
      return chance.of(['null', '[]', '""', '0', '{}', '{"messages":', '\ufeff{}', '{"a":1}{"b":2}']);
    return hostileBody(chance, BODIES[chance.of(OPERATIONS)]);
  }

  #knownPath(): string {
    return this.#pathOf(this.#chance.of(OPERATIONS));
  }

  #pathOf(operation: Operation): string {
    if (operation === 'chat' && this.#chance.oneIn(3)) {
      return `/openai/deployments/${this.#chance.of(['thinker', 'ptu'])}/chat/completions?api-version=2025-04-01-preview`;
    }
    return this.#chance.oneIn(3) ? V1[operation] : `${CLASSIC[operation]}?api-version=2025-04-01-preview`;
  }

  #path(): string {
    const chance = this.#chance;
    switch (chance.below(8)) {
      case 0:
        return `/${encodeURIComponent(wellFormed(chance.text(60)))}`;
      case 1:
        return `/openai/deployments/${'%'.repeat(chance.below(4))}${chance.of(['%zz', '%c0%af', '..%2f..', 'chat%00', '%F0%9F%8C%8A'])}/chat/completions?api-version=2024-10-21`;
      case 2:
        return `/openai/deployments/${'a'.repeat(chance.of(LONG_URL_CHARS))}/chat/completions?api-version=2024-10-21`;
      case 3:
        return `${this.#knownPath()}${'&api-version=2024-10-21'.repeat(chance.below(50))}`;
      case 4:
        return `/openai/deployments/chat/chat/completions?${chance.of(['api-version', 'api-version=', 'api-version=%', 'api-version[]=1', '=&=&', 'API-VERSION=2024-10-21'])}`;
      case 5:
        return chance.of([
          '*',
          '//',
          '/..',
          '/openai//',
          '/openai/v1/',
          '/openai/deployments//',
          'http://other/openai/v1/models',
          '/?',
          '/openai/models/x?api-version=1',
        ]);
      case 6:
        return `/openai/v1/models/${encodeURIComponent(wellFormed(chance.text(20)))}`;
      default:
        return (
          this.#knownPath()
            .split('/')
            .filter(() => !chance.oneIn(4))
            .join('/') || '/'
        );
    }
  }

  #headers(): readonly string[] {
    const chance = this.#chance;
    const headers = ['connection: close'];
    for (let i = chance.below(6); i > 0; i--) {
      headers.push(
        chance.of([
          `api-key: ${this.#key}`,
          `api-key: ${chance.text(30).replace(/[^\x20-\x7e]/g, '')}`,
          `authorization: ${chance.of(['Bearer', 'Bearer ', 'Basic x', 'Bearer a.b.c', `Bearer ${this.#key}`, 'Bearer e30.e30.'])}`,
          `content-type: ${chance.of(['', 'text/plain', 'multipart/form-data', 'application/json; charset=utf-16'])}`,
          `accept-encoding: ${chance.of(['gzip', '*', 'identity;q=0'])}`,
          `x-ms-client-request-id: ${'i'.repeat(chance.below(2000))}`,
          `x-ms-spillover-deployment: ${chance.of(['chat', 'absent', '', 'embedding'])}`,
          `expect: ${chance.of(['100-continue', '200-never'])}`,
          `host: ${chance.of(['openai1.openai.azure.com', '[::1', 'a:b:c', ''])}`,
          `x-${chance.below(9)}: ${'y'.repeat(chance.of(LONG_URL_CHARS))}`,
        ]),
      );
    }
    return headers;
  }

  #noHttp(): HostileRequest {
    const chance = this.#chance;
    const bytes = chance.of([
      chance.bytes(200),
      Buffer.from('GET / HTTP/9.9\r\n\r\n'),
      Buffer.from('\r\n\r\n\r\n'),
      Buffer.from(`POST /openai/v1/responses HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n`),
      Buffer.from(
        `POST /openai/v1/responses HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef`,
      ),
      Buffer.from(
        `POST /openai/v1/responses HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      ),
      Buffer.from('GET /openai/v1/models HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'),
      Buffer.from('CONNECT 127.0.0.1:1 HTTP/1.1\r\nhost: x\r\n\r\n'),
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      Buffer.from('POST / HTTP/1.1\r\nhost: x\r\nno colon here\r\n\r\n'),
    ]);
    return { pieces: [bytes], halfClose: true, answers: 0, bodiless: false };
  }

  /** A body that ends before its length, or a head before its end. */
  #cutShort(): HostileRequest {
    const bytes = this.#good();
    return {
      pieces: [bytes.subarray(0, this.#chance.below(bytes.length))],
      halfClose: true,
      answers: 0,
      bodiless: false,
    };
  }

  #pipelined(): HostileRequest {
    const answers = 2 + this.#chance.below(PIPELINED_MAX - 1);
    const pieces = Array.from({ length: answers }, (_, i) =>
      this.#good(i === answers - 1 ? ['connection: close'] : []),
    );
    return {
      pieces: this.#chance.oneIn(2) ? [Buffer.concat(pieces)] : pieces,
      halfClose: false,
      answers,
      bodiless: false,
    };
  }

  #chunked(): HostileRequest {
    const chance = this.#chance;
    const head = this.#text(
      this.#knownPath(),
      'POST',
      [`api-key: ${this.#key}`, 'connection: close', 'transfer-encoding: chunked'],
      '',
    );
    const body = Buffer.from(this.#body());
    const chunks: Buffer[] = [];
    for (let at = 0; at < body.length; ) {
      const size = 1 + chance.below(Math.max(1, Math.ceil(body.length / 3)));
      const part = body.subarray(at, at + size);
      chunks.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
      at += size;
    }
    if (chance.oneIn(3)) {
      const spoilt = chance.of(['', '5\r\nab', 'zz\r\n', 'ffffffffffffffff\r\n', '-1\r\n']);
      return { pieces: [head, ...chunks, Buffer.from(spoilt)], halfClose: true, answers: 0, bodiless: false };
    }
    return { pieces: [head, ...chunks, Buffer.from('0\r\n\r\n')], halfClose: false, answers: 1, bodiless: false };
  }

  /** Text in an encoding that is none, or not UTF-8, or said to be compressed. */
  #wrongEncoding(): HostileRequest {
    const chance = this.#chance;
    const text = this.#body();
    const body = chance.of([
      Buffer.from(text, 'utf16le'),
      Buffer.from(`{"messages":[{"role":"user","content":"\u00e9"}]}`, 'latin1'),
      Buffer.concat([Buffer.from('{"messages":[{"role":"user","content":"'), chance.bytes(50), Buffer.from('"}]}')]),
      Buffer.from(text).subarray(0, -1),
    ]);
    const encoding = chance.oneIn(2) ? ['content-encoding: gzip'] : [];
    const headers = [`api-key: ${this.#key}`, 'content-type: application/json', 'connection: close', ...encoding];
    return whole(this.#text(this.#knownPath(), 'POST', headers, body), 1);
  }
}

function whole(bytes: Buffer, answers: number): HostileRequest {
  return { pieces: [bytes], halfClose: false, answers, bodiless: false };
}

function wellFormed(text: string): string {
  return text.toWellFormed();
}
