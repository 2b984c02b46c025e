/** A gateway with one backend behind it, for clients and backends that mean no good. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Clock, systemClock } from '@spillway/clock';
import { configFromEnvironment, type GatewaySettings } from '@spillway/config';
import { type Gateway, startGateway } from '@spillway/gateway';
import { type Exchange, exchange } from '../sim/raw-http.ts';
import { type Answering, type Backend, startBackend } from './backend.ts';

export const KEY = 'key-of-the-client';
export const BACKEND_KEY = 'key-of-the-backend';
export const CHAT = '/openai/v1/chat/completions';
export const CHAT_BODY = '{"model":"chat","messages":[]}';
/** What ends neither way has hung. Milliseconds. */
export const EXCHANGE_MS_MAX = 5_000;

const OK_BODY = '{"object":"chat.completion"}';
export const OK = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${OK_BODY.length}\r\n\r\n${OK_BODY}`;

export const answersOk: Answering = (socket, { line }) => {
  socket.write(line.startsWith('HEAD ') ? OK.slice(0, -OK_BODY.length) : OK);
};

export interface StageSettings {
  readonly answer?: Answering;
  readonly limits?: Partial<GatewaySettings['limits']>;
  readonly timeouts?: Partial<GatewaySettings['timeouts']>;
  readonly clock?: Clock;
}

export class Stage {
  readonly gateway: Gateway;
  readonly backend: Backend;
  readonly port: number;
  #underWay = 0;

  private constructor(gateway: Gateway, backend: Backend) {
    this.gateway = gateway;
    this.backend = backend;
    this.port = Number(new URL(gateway.url).port);
  }

  static async start({
    answer = answersOk,
    limits,
    timeouts,
    clock = systemClock,
  }: StageSettings = {}): Promise<Stage> {
    const backend = await startBackend(answer);
    const loaded = configFromEnvironment({
      BACKEND_1_URL: backend.url,
      BACKEND_1_NAME: 'openai1',
      BACKEND_1_APIKEY: BACKEND_KEY,
      CLIENT_1_NAME: 'tests',
      CLIENT_1_KEY: KEY,
    });
    if (loaded.kind === 'errors') throw new Error(JSON.stringify(loaded.errors));
    const { gateway: settings } = loaded.config;
    const set = {
      ...settings,
      limits: { ...settings.limits, ...limits },
      timeouts: { ...settings.timeouts, ...timeouts },
    };
    let stage: Stage | null = null;
    const gateway = await startGateway({
      config: { ...loaded.config, gateway: set },
      port: 0,
      adminPort: 0,
      clock,
      emit: ({ kind }) => {
        if (stage === null) return;
        if (kind === 'exchangeBegan') stage.#underWay++;
        else if (kind === 'exchangeEnded') stage.#underWay--;
      },
    });
    stage = new Stage(gateway, backend);
    return stage;
  }

  /** Exchanges that have begun and not ended. */
  get underWay(): number {
    return this.#underWay;
  }

  send(bytes: string, { halfClose = false, bodiless = false } = {}): Promise<Exchange> {
    const pieces = [Buffer.from(bytes, 'latin1')];
    return exchange({ port: this.port, pieces, halfClose, bodiless, timeoutMs: EXCHANGE_MS_MAX });
  }

  /** Nothing is left of what was before: an ordinary request is served, alone, with nothing of anybody else's. */
  async isWell(): Promise<void> {
    const before = this.backend.reached.length;
    const { end, answers } = await this.send(post());
    assert.deepEqual([end, answers.map(({ status, body }) => [status, body])], ['closed', [[200, OK_BODY]]]);
    const [reached, ...more] = this.backend.reached.slice(before);
    assert.deepEqual([reached?.body, more], [CHAT_BODY, []]);
    await this.isQuiet();
  }

  /** Nobody is served, and nothing has reached the backend that is no request. */
  async isQuiet(): Promise<void> {
    await settled(() => this.#underWay === 0);
    assert.equal(this.#underWay, 0, 'exchanges under way for nobody');
    assert.deepEqual(this.backend.nonsense, []);
  }

  async close(): Promise<void> {
    await this.gateway.close();
    await this.backend.close();
  }
}

export async function startStage(t: TestContext, settings: StageSettings = {}): Promise<Stage> {
  const stage = await Stage.start(settings);
  t.after(() => stage.close());
  return stage;
}

/** Turns of the event loop in which what has been decided comes about. */
const TURNS_MAX = 10_000;

export async function settled(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < TURNS_MAX && !isSo(); turn++) await new Promise((resolve) => setImmediate(resolve));
}

interface Ask {
  readonly method?: string;
  readonly target?: string;
  readonly version?: string;
  /** In place of the ordinary ones; each is a whole line. */
  readonly headers?: readonly string[];
  /** Besides the ordinary ones. */
  readonly more?: readonly string[];
  readonly body?: string;
}

/** A request that is sound but for what is said. */
export function post({
  method = 'POST',
  target = CHAT,
  version = 'HTTP/1.1',
  body = CHAT_BODY,
  ...ask
}: Ask = {}): string {
  const length = `content-length: ${body.length}`;
  const usual = ['host: localhost', `api-key: ${KEY}`, 'content-type: application/json', length, 'connection: close'];
  const lines = [`${method} ${target} ${version}`, ...(ask.headers ?? usual), ...(ask.more ?? [])];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** An ordinary request. */
export const BASE = post();
