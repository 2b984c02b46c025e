/**
 * Puts the gateway together: configuration → ledger → upstream → listeners, and takes it down again without losing a request.
 */
import type { Server } from 'node:http';
import { type Clock, Deadlines, systemClock, systemUnit, type Unit } from '@spillway/clock';
import type { Config, GatewaySettings } from '@spillway/config';
import { type Backend, type Deployment, Estimator } from '@spillway/policy';
import { openTracer, TRACES_FLUSH_MS_MAX } from '@spillway/tracing';
import { adminApp } from './admin/admin.ts';
import { adminServer } from './admin/serve.ts';
import { Spool } from './body/spool.ts';
import { type CredentialSource, type SharedTokens, sharedTokens } from './credential/credential.ts';
import { Entrance } from './entrance.ts';
import type { Context } from './exchange/context.ts';
import { Exchange } from './exchange/exchange.ts';
import { HedgeBudget } from './exchange/hedge.ts';
import { idle } from './exchange/idle.ts';
import { DecisionRing } from './explain/ring.ts';
import { UndiciUpstream } from './forward/undici.ts';
import type { Upstream } from './forward/upstream.ts';
import { Owners } from './home/owners.ts';
import { exposureProblem } from './listen/exposure.ts';
import type { Inbound } from './listen/inbound.ts';
import { listenOn, UsageError } from './listen/listen-on.ts';
import { createListener, type Listener, type ListenerLimits } from './listen/node-http.ts';
import { WorkerCounter } from './need/counter.ts';
import { Sampler } from './need/sampler.ts';
import { Counters } from './observe/counters.ts';
import { credentialNotice } from './observe/credential-notice.ts';
import type { Emit } from './observe/events.ts';
import { ProcessWatch } from './observe/process-readings.ts';
import { health } from './route/health.ts';
import { isKnock } from './socket/knock.ts';
import { SocketPlane } from './socket/plane.ts';
import { Crowd } from './state/crowd.ts';
import { Ledger } from './state/ledger.ts';
import { ExchangeTracing } from './tracing/exchange-tracing.ts';
import { VERSION } from './version.ts';
import { Lobby } from './waiting/lobby.ts';

export interface GatewayOptions {
  readonly config: Config;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 takes a free one. Default 8080. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly adminHost?: string;
  /** 0 takes a free one. Default 8081. */
  readonly adminPort?: number;
  /** Serve strangers on a host that is not loopback. Default false. */
  readonly allowAnonymous?: boolean;
  /** Asked for on the admin port and for pinning; null: there is none, and the admin port stays on loopback. Default null. */
  readonly adminKey?: string | null;
  /** Told of everything that happens; see observe/. */
  readonly emit?: Emit;
  /** Where Entra ID's own settings, and OpenTelemetry's, are looked for. Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  readonly unit?: Unit;
  readonly upstream?: Upstream;
}

export interface Gateway {
  readonly url: string;
  readonly adminUrl: string;
  /**
   * Takes a new configuration; requests under way end as they began, learned state stays. One that would let strangers in is
   * not taken.
   * @returns why it was not taken, with the ways out; null where it was.
   */
  reload(config: Config): string | null;
  /** Not ready from now on; resolves when every exchange has ended or the time for it (`drainMs`) has, then all is closed. */
  drain(): Promise<void>;
  /** At once, without waiting for anybody. */
  close(): Promise<void>;
}

/** @throws UsageError where it must not or cannot listen as asked. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { host = '127.0.0.1', port = 8080, adminHost = '127.0.0.1', adminPort = 8081, adminKey = null } = options;
  const problem = strangersProblem(options, options.config);
  if (problem !== null) throw new UsageError(problem);
  const running = new RunningGateway(options, adminHost, adminKey, await tracingOf(options));
  try {
    await running.listen({ host, port, adminHost, adminPort });
  } catch (error) {
    await running.close();
    throw error;
  }
  return running;
}

/** Why these doors must not stand open with this configuration; null where they may. */
function strangersProblem(options: GatewayOptions, config: Config): string | null {
  const { host = '127.0.0.1', adminHost = '127.0.0.1', allowAnonymous = false, adminKey = null } = options;
  const clients = config.clients.length + config.doors.signIn.length;
  return exposureProblem({ host, clients, allowAnonymous, adminHost, hasAdminKey: adminKey !== null });
}

/** How long answers already written may take to reach their clients once every exchange has ended. Milliseconds. */
const LAST_BYTES_MS_MAX = 2_000;
/** How long exchanges that are cut may take to end: as long as Node takes to say that their connections have closed. Milliseconds. */
const CUT_MS_MAX = 500;
/** An end that nobody waits for, without a drain or in the midst of one, waits no longer for a collector. Milliseconds. */
const TRACES_AT_ONCE_MS_MAX = 500;

/** null: no traces are wanted, and nothing for them is loaded. */
async function tracingOf({ env = {}, emit, clock = systemClock }: GatewayOptions): Promise<ExchangeTracing | null> {
  const warn = (message: string, { reason }: Readonly<Record<string, unknown>>): void =>
    emit?.({
      kind: 'operatorProblem',
      subject: 'traces',
      message: reason === undefined ? message : `${message} (${reason})`,
    });
  const tracer = await openTracer({ name: 'spillway-gateway', version: VERSION, env, warn, clock });
  return tracer === null ? null : new ExchangeTracing(tracer, clock);
}

/** Those that are told of everything that happens. */
interface Told {
  readonly counters: Counters;
  readonly decisions: DecisionRing;
  readonly tracing: ExchangeTracing | null;
  readonly tell: Emit | undefined;
}

function emitTo({ counters, decisions, tracing, tell = () => {} }: Told): Emit {
  return (event) => {
    counters.fold(event);
    decisions.fold(event);
    tracing?.fold(event);
    tell(event);
  };
}

interface Listen {
  readonly host: string;
  readonly port: number;
  readonly adminHost: string;
  readonly adminPort: number;
}

class RunningGateway implements Gateway {
  readonly #context: Context;
  readonly #listener: Listener;
  readonly #sockets: SocketPlane;
  readonly #admin: Server;
  readonly #watch = new ProcessWatch();
  readonly #decisions: DecisionRing;
  readonly #spool = new Spool();
  readonly #tokens: SharedTokens;
  readonly #options: GatewayOptions;
  readonly #entrance: Entrance;
  #sources: Map<string, CredentialSource>;
  #listening = false;
  #cutting: Promise<void> | null = null;
  #closing: Promise<void> | null = null;
  url = '';
  adminUrl = '';

  constructor(options: GatewayOptions, adminHost: string, adminKey: string | null, tracing: ExchangeTracing | null) {
    const { config, clock = systemClock, unit = systemUnit, upstream = new UndiciUpstream(), env = {} } = options;
    const counters = new Counters((deployment) => this.#isConfigured(deployment));
    const decisions = new DecisionRing(config.gateway.explain.recordsMax);
    this.#decisions = decisions;
    const emit = emitTo({ counters, decisions, tracing, tell: options.emit });
    this.#options = options;
    const { allowAnonymous = false } = options;
    this.#entrance = new Entrance(config, { clock, emit, env, adminKey, allowAnonymous });
    this.#tokens = sharedTokens({ clock, unit, env, onEvent: (event) => emit(credentialNotice(event)) });
    this.#sources = this.#openSources(config.fleet.backends);
    const { learnedNamesMax, learnedNameExpiryMs } = config.gateway.limits;
    const estimator = new Estimator();
    const deadlines = new Deadlines(clock);
    const names = { namesMax: learnedNamesMax, expiryMs: learnedNameExpiryMs };
    const ledger = new Ledger(config.fleet, names, config.policy.quota);
    this.#context = {
      config,
      doors: this.#entrance.doors,
      ledger,
      lobby: new Lobby({ states: ledger, clock, deadlines, settings: () => this.#context.config.policy }),
      upstream,
      spool: this.#spool,
      crowd: new Crowd(),
      home: { seal: this.#entrance.seal, owners: new Owners() },
      hedges: new HedgeBudget(),
      estimator,
      sampler: new Sampler(estimator, () => new WorkerCounter()),
      credential: (backend) => this.#source(backend),
      clock,
      unit,
      deadlines,
      emit,
      tracing,
      inFlight: 0,
      draining: false,
      onExchangeEnd: () => {},
    };
    this.#listener = createListener({
      limits: listenerLimits(config.gateway),
      onInbound: this.#onInbound,
      isDraining: () => this.#context.draining,
      tls: this.#entrance.tlsPair,
      isUpgrade: isKnock,
    });
    this.#sockets = new SocketPlane(this.#context, this.#listener.server);
    this.#spool.sweep(config.gateway.limits.spoolFolder);
    this.#admin = adminServer(
      adminApp({
        ledger: this.#context.ledger,
        counters,
        decisions,
        estimator,
        process: this.#watch,
        spans: () => tracing?.counts ?? null,
        nowMs: () => clock.nowMs(),
        startedMs: clock.nowMs(),
        version: VERSION,
        phase: () => (this.#context.draining ? 'draining' : this.#listening ? 'ready' : 'starting'),
        waiters: (pool) => this.#context.lobby.waiters(pool),
        config: () => this.#context.config,
        emit,
        adminHost,
        adminKey,
      }),
    );
  }

  /** The admin port first: what watches the gateway can then see it start. */
  async listen({ host, port, adminHost, adminPort }: Listen): Promise<void> {
    this.adminUrl = await listenOn(this.#admin, adminHost, adminPort, '--admin-port');
    this.url = await listenOn(this.#listener.server, host, port, '--port');
    this.#entrance.serves(this.#listener.server);
    this.#listening = true;
  }

  reload(config: Config): string | null {
    const problem = strangersProblem(this.#options, config) ?? this.#entrance.reload(config);
    if (problem !== null) return problem;
    const context = this.#context;
    const old = this.#sources;
    this.#sources = this.#openSources(config.fleet.backends);
    for (const source of old.values()) source.close();
    const { learnedNamesMax, learnedNameExpiryMs } = config.gateway.limits;
    const names = { namesMax: learnedNamesMax, expiryMs: learnedNameExpiryMs };
    context.ledger.reload(config.fleet, names, config.policy.quota);
    context.doors = this.#entrance.doors;
    context.home = { ...context.home, seal: this.#entrance.seal };
    context.config = config;
    this.#listener.limit(listenerLimits(config.gateway));
    this.#decisions.limit(config.gateway.explain.recordsMax);
    this.#spool.sweep(config.gateway.limits.spoolFolder);
    return null;
  }

  async drain(): Promise<void> {
    const context = this.#context;
    if (this.#closing !== null) return this.#closing;
    context.draining = true;
    const { drainMs } = context.config.gateway;
    context.emit({
      kind: 'notice',
      message: `Draining: not ready; ${context.inFlight} under way, at most ${drainMs} ms`,
    });
    context.lobby.drain(context.clock.nowMs());
    this.#sockets.drain();
    await idle(context, drainMs);
    await this.#lastBytes();
    // A span is there when its exchange has ended: those that are cut are told of too.
    await this.#cut();
    await context.tracing?.close(TRACES_FLUSH_MS_MAX);
    return this.close();
  }

  /** Answers written a moment ago are still on their way; each closes its connection, since the gateway drains. */
  async #lastBytes(): Promise<void> {
    if (this.#context.inFlight > 0) return;
    const late = new Promise<void>((resolve) => {
      this.#context.clock.after(LAST_BYTES_MS_MAX, resolve);
    });
    await Promise.race([this.#stopListening(), late]);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The admin port last, so that metrics and readiness can be read until the end. */
  async #close(): Promise<void> {
    await this.#cut();
    for (const source of this.#sources.values()) source.close();
    await this.#context.tracing?.close(TRACES_AT_ONCE_MS_MAX);
    const adminStopped = closed(this.#admin);
    this.#admin.closeAllConnections();
    await adminStopped;
    this.#watch.close();
    this.#entrance.close();
  }

  /** Breaks off what is under way, once. */
  #cut(): Promise<void> {
    this.#cutting ??= this.#cutAll();
    return this.#cutting;
  }

  async #cutAll(): Promise<void> {
    const { sampler, upstream, tracing } = this.#context;
    this.#sockets.close();
    sampler.close();
    const stopped = this.#stopListening();
    this.#listener.server.closeAllConnections();
    await Promise.all([stopped, upstream.close()]);
    // Node says that a server has closed before it says so of its connections, and exchanges end with these.
    if (tracing !== null) await idle(this.#context, CUT_MS_MAX);
  }

  #stopListening(): Promise<void> {
    const stopped = closed(this.#listener.server);
    this.#listener.connections.closeQuiet();
    return stopped;
  }

  #isConfigured({ id, name }: Deployment): boolean {
    return name === '' || this.#context.ledger.fleet.deployments.some((configured) => configured.id === id);
  }

  readonly #onInbound = (inbound: Inbound): void => {
    const healthy = inbound.target.startsWith('/openai')
      ? null
      : health(inbound.target.split('?', 1)[0] ?? '', this.#context.draining);
    if (healthy === null) {
      const admitted = this.#entrance.cors.admit(inbound);
      if (admitted !== null) new Exchange(this.#context, admitted).start();
      return;
    }
    const headers = ['content-type', 'application/json', 'content-length', String(healthy.body.length)];
    inbound.writeHead(healthy.status, '', headers);
    inbound.end(healthy.body);
  };

  #openSources(backends: readonly Backend[]): Map<string, CredentialSource> {
    const sources = new Map(backends.map((backend) => [backend.name, this.#tokens.source(backend.credential)]));
    // Signing in begins now, so that no request waits for it and a bad set-up is logged at once; failures are told as events.
    for (const source of sources.values()) source.ready().catch(() => {});
    return sources;
  }

  /** A backend that a reload removed may still have an exchange that turns to it; it gets a source of its own. */
  #source(backend: Backend): CredentialSource {
    let source = this.#sources.get(backend.name);
    if (source === undefined) {
      source = this.#tokens.source(backend.credential);
      this.#sources.set(backend.name, source);
    }
    return source;
  }
}

function listenerLimits({ timeouts, limits }: GatewaySettings): ListenerLimits {
  return { ...timeouts, ...limits };
}

/** Resolves when the last connection has ended; at once where it never listened. */
function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
