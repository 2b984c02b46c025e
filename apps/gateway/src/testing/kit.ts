/** A gateway without sockets for tests: time by hand, a client and backends that do what the test says, through the two seams. */
import assert from 'node:assert/strict';
import { validateHeaderValue } from 'node:http';
import { Deadlines, FakeClock } from '@spillway/clock';
import {
  type Client,
  type Config,
  DEFAULT_DOORS,
  DEFAULT_GATEWAY,
  type DoorSettings,
  type GatewaySettings,
} from '@spillway/config';
import {
  type Backend,
  DEFAULT_POLICY,
  type Deployment,
  Estimator,
  type Fleet,
  NOTHING_KNOWN,
  type OpenBackend,
  type PolicySettings,
  type Pool,
  type PriceBook,
} from '@spillway/policy';
import type { Tracer } from '@spillway/tracing';
import { Spool } from '../body/spool.ts';
import type { CredentialSource } from '../credential/credential.ts';
import type { Context } from '../exchange/context.ts';
import { Exchange } from '../exchange/exchange.ts';
import { HedgeBudget } from '../exchange/hedge.ts';
import type { Receiver, Upstream, UpstreamCall, UpstreamRequest } from '../forward/upstream.ts';
import { Owners } from '../home/owners.ts';
import { Seal } from '../home/seal.ts';
import type { BodyLimits, BodyRead, Inbound, InboundListener, RawHeaders } from '../listen/inbound.ts';
import { Sampler } from '../need/sampler.ts';
import type { ExchangeRecord, GatewayEvent } from '../observe/events.ts';
import { Doors } from '../route/doors.ts';
import { Crowd } from '../state/crowd.ts';
import { Ledger } from '../state/ledger.ts';
import { ExchangeTracing } from '../tracing/exchange-tracing.ts';
import { Lobby } from '../waiting/lobby.ts';

export function testBackend(name: string, url = `https://${name}.openai.azure.com`): Backend {
  return {
    name,
    url,
    credential: { kind: 'key', key: `key-of-${name}` },
    region: null,
    dialect: 'both',
    apiVersion: null,
  };
}

export interface TestMember {
  readonly on: string;
  readonly name?: string;
  readonly model?: string;
  readonly type?: Deployment['type'];
  readonly priority?: number;
}

export interface TestSettings {
  readonly members?: readonly TestMember[];
  /** Backends that serve any name. */
  readonly open?: readonly string[];
  readonly clients?: readonly Client[];
  readonly adminKey?: string;
  /** The first seals. */
  readonly sealKeys?: readonly string[];
  readonly gateway?: Partial<GatewaySettings>;
  readonly policy?: Partial<PolicySettings>;
  readonly doors?: Partial<DoorSettings>;
  readonly limits?: Partial<GatewaySettings['limits']>;
  readonly prices?: PriceBook;
  readonly credential?: (backend: Backend) => CredentialSource;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer;
}

const THREE: readonly TestMember[] = [
  { on: 'openai1', priority: 1 },
  { on: 'openai2', priority: 2 },
  { on: 'openai3', priority: 3 },
];

export function testFleet(members: readonly TestMember[], open: readonly string[] = []): Fleet {
  const names = [...new Set([...members.map((member) => member.on), ...open])];
  const backends = new Map(names.map((name) => [name, testBackend(name)]));
  const at = (name: string) => backends.get(name) ?? testBackend(name);
  const deployments = members.map(({ on, name = 'chat', model, type = null, priority = 1 }): Deployment => {
    const common = { ...NOTHING_KNOWN, type, capacity: null, priority, weight: 1 };
    return {
      id: `${on}/${name}`,
      backend: at(on),
      name,
      ...common,
      model: model ?? null,
    };
  });
  const pools = new Map<string, Pool>();
  for (const deployment of deployments) {
    const name = deployment.model ?? deployment.name;
    pools.set(name, { name, members: [...(pools.get(name)?.members ?? []), deployment] });
  }
  const openBackends = open.map((name, i): OpenBackend => {
    return { backend: at(name), deploymentName: null, type: null, capacity: null, priority: i + 1, weight: 1 };
  });
  const resources = [...backends.values()].map((backend, i): Deployment => {
    return {
      id: `${backend.name}/`,
      backend,
      name: '',
      ...NOTHING_KNOWN,
      priority: i + 1,
      weight: 1,
    };
  });
  return {
    backends: [...backends.values()],
    deployments,
    pools,
    openBackends,
    resources: { name: 'resources', members: resources },
  };
}

/** One call to a backend, to be answered by the test. */
export class TestCall implements UpstreamCall {
  readonly request: UpstreamRequest;
  readonly receiver: Receiver;
  cancelled = false;
  paused = false;

  constructor(request: UpstreamRequest, receiver: Receiver) {
    this.request = request;
    this.receiver = receiver;
  }

  cancel(): void {
    this.cancelled = true;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  connected(): this {
    this.receiver.onConnected();
    return this;
  }

  /** Connects and sends a head. */
  head(status: number, headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' }): this {
    this.connected();
    this.receiver.onHead(status, '', Object.entries(headers).flat());
    return this;
  }

  data(text: string): this {
    this.receiver.onData(Buffer.from(text));
    return this;
  }

  end(): void {
    this.receiver.onEnd();
  }

  /** A whole answer. */
  answer(status: number, body: string, headers?: Readonly<Record<string, string>>): void {
    this.head(status, headers).data(body).end();
  }

  breaks(code = 'ECONNRESET'): void {
    this.receiver.onFailure({ kind: 'broken', code, message: code });
  }

  refusesConnection(code = 'ECONNREFUSED'): void {
    this.receiver.onFailure({ kind: 'unsent', code, message: code });
  }
}

class TestUpstream implements Upstream {
  readonly calls: TestCall[] = [];
  /** Called for each request as it comes, for backends that answer by themselves. */
  onCall: (call: TestCall) => void = () => {};

  send(request: UpstreamRequest, receiver: Receiver): UpstreamCall {
    const call = new TestCall(request, receiver);
    this.calls.push(call);
    this.onCall(call);
    return call;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export interface TestAsk {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Address of the connection. */
  readonly peer?: string;
}

/** A client, and what it got. */
export class TestInbound implements Inbound {
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: RawHeaders;
  readonly peer: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #body: Buffer;
  #listener: InboundListener | null = null;
  status: number | null = null;
  headers: RawHeaders = [];
  received = '';
  ended = false;
  destroyed = false;
  /** Whether the client reads what has been ended; false leaves the answer unsent. */
  reads = true;
  /** Whether the client takes more; false makes `write` say so. */
  roomy = true;

  constructor({ method = 'POST', target = CHAT, headers = {}, body = '{"messages":[]}', peer = '127.0.0.1' }: TestAsk) {
    this.peer = peer;
    this.method = method;
    this.target = target;
    this.#headers = { 'content-type': 'application/json', ...headers };
    this.rawHeaders = Object.entries(this.#headers).flat();
    this.#body = Buffer.from(body);
  }

  header(lowerName: string): string | undefined {
    return this.#headers[lowerName];
  }

  listen(listener: InboundListener): void {
    this.#listener = listener;
  }

  readBody({ bodyBytesMax: bytesMax }: BodyLimits, _spool: Spool, done: (body: BodyRead) => void): void {
    const isTooLarge = this.#body.length > bytesMax;
    done(
      isTooLarge ? { kind: 'tooLarge', setting: 'limits.bodyBytesMax', bytesMax } : { kind: 'whole', body: this.#body },
    );
  }

  writeHead(status: number, _reason: string, headers: string[]): void {
    if (this.status !== null) throw new Error('a second head was written');
    for (let i = 0; i < headers.length; i += 2) validateHeaderValue(headers[i] ?? '', headers[i + 1] ?? '');
    this.status = status;
    this.headers = headers;
  }

  write(chunk: Buffer): boolean {
    if (this.ended || this.destroyed || this.status === null) throw new Error('written at the wrong time');
    this.received += chunk.toString();
    return this.roomy;
  }

  end(chunk: Buffer | null): void {
    if (this.ended || this.destroyed) throw new Error('ended twice');
    if (chunk !== null) this.received += chunk.toString();
    this.ended = true;
    if (this.reads) this.#listener?.onSent();
  }

  destroy(): void {
    this.destroyed = true;
  }

  leave(): void {
    if (this.destroyed || (this.ended && this.reads)) return;
    this.destroyed = true;
    this.#listener?.onClientGone();
  }

  drains(): void {
    this.roomy = true;
    this.#listener?.onDrain();
  }

  got(lowerName: string): string | null {
    const i = this.headers.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === lowerName);
    return i < 0 ? null : (this.headers[i + 1] ?? null);
  }
}

export const CHAT = '/openai/deployments/chat/chat/completions?api-version=2024-10-21';

export class TestGateway {
  readonly clock = new FakeClock();
  readonly estimator = new Estimator();
  readonly upstream = new TestUpstream();
  readonly events: GatewayEvent[] = [];
  readonly context: Context;

  constructor(settings: TestSettings = {}) {
    const {
      members = settings.open === undefined ? THREE : [],
      open = [],
      clients = [],
      adminKey = null,
      prices = null,
    } = settings;
    const limits = { ...DEFAULT_GATEWAY.limits, ...settings.limits };
    const gateway: GatewaySettings = { ...DEFAULT_GATEWAY, ...settings.gateway, limits };
    const doors = { ...DEFAULT_DOORS, ...settings.doors };
    const policy = { ...DEFAULT_POLICY, ...settings.policy };
    const config: Config = { fleet: testFleet(members, open), policy, clients, gateway, doors, prices };
    const tracing = settings.tracer === undefined ? null : new ExchangeTracing(settings.tracer, this.clock);
    const deadlines = new Deadlines(this.clock);
    const names = { namesMax: limits.learnedNamesMax, expiryMs: limits.learnedNameExpiryMs };
    const ledger = new Ledger(config.fleet, names);
    this.context = {
      config,
      doors: new Doors({
        clients,
        settings: doors,
        signIn: null,
        adminKey,
        allowAnonymous: false,
        nowMs: () => this.clock.nowMs(),
      }),
      ledger,
      lobby: new Lobby({ states: ledger, clock: this.clock, deadlines, settings: () => this.context.config.policy }),
      upstream: this.upstream,
      spool: new Spool(),
      crowd: new Crowd(),
      home: { seal: new Seal(settings.sealKeys ?? ['a key for tests']), owners: new Owners() },
      hedges: new HedgeBudget(),
      estimator: this.estimator,
      sampler: new Sampler(this.estimator, () => ({ count: () => {}, close: () => {} })),
      credential: settings.credential ?? keyOf,
      clock: this.clock,
      unit: () => 0,
      deadlines,
      emit: (event) => {
        this.events.push(event);
        tracing?.fold(event);
      },
      tracing,
      inFlight: 0,
      draining: false,
      onExchangeEnd: () => {},
    };
  }

  ask(ask: TestAsk = {}): TestInbound {
    const inbound = new TestInbound(ask);
    new Exchange(this.context, inbound).start();
    return inbound;
  }

  /** The newest call to a backend. */
  get call(): TestCall {
    const call = this.upstream.calls.at(-1);
    if (call === undefined) throw new Error('no backend was called');
    return call;
  }

  /** Host of each call to a backend so far, in turn. */
  get called(): string[] {
    return this.upstream.calls.map((call) => new URL(call.request.origin).hostname.split('.')[0] ?? '');
  }

  get exchanges(): ExchangeRecord[] {
    return this.events.flatMap((event) => (event.kind === 'exchangeEnded' ? [event.exchange] : []));
  }

  stateOf(id: string) {
    const deployment = this.context.ledger.fleet.deployments.find((each) => each.id === id);
    if (deployment === undefined) throw new Error(`no deployment ${id}`);
    return this.context.ledger.deployment(deployment);
  }
}

function keyOf(backend: Backend): CredentialSource {
  const value = backend.credential.kind === 'key' ? backend.credential.key : 'none';
  const header = { name: 'api-key', value } as const;
  return { current: () => header, ready: () => Promise.resolve(header), refused: () => {}, close: () => {} };
}

/** Asserts that a client got exactly this answer, and all of it. */
export function assertWhole(inbound: TestInbound, status: number, body: string): void {
  assert.deepEqual(
    { status: inbound.status, body: inbound.received, ended: inbound.ended, destroyed: inbound.destroyed },
    { status, body, ended: true, destroyed: false },
  );
}
