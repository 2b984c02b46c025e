/**
 * `spillway check --connect`: asks each deployment of a configuration the smallest thing, on the ways the gateway itself goes (the
 * upstream seam, the credential sources), and tells what is well and what is not. It costs a few tokens for each deployment.
 */
import { type Clock, systemClock, systemUnit, type Unit } from '@spillway/clock';
import type { Config } from '@spillway/config';
import { type AuthHeader, CredentialError, type CredentialSource, sharedTokens } from '../credential/credential.ts';
import type { Environment } from '../credential/method.ts';
import { quoteSafely } from '../credential/secret-safe.ts';
import { UndiciUpstream } from '../forward/undici.ts';
import type { Upstream } from '../forward/upstream.ts';
import { asksOf, type ConnectAsk } from './ask.ts';
import { call, type PendingCall } from './call.ts';
import type { ConnectFinding, ConnectStep, Verdict } from './finding.ts';
import { type Judgement, judgeReply } from './judge.ts';

export interface ConnectDeps {
  /** Default: undici. One that is given is not closed here. */
  readonly upstream?: Upstream;
  readonly clock?: Clock;
  readonly unit?: Unit;
  /** Where Entra ID's own settings are looked for. Default: none. */
  readonly env?: Environment;
}

/** Deployments asked at the same time. */
export const CONCURRENT_MAX = 4;
/** Longest time for an answer, once there is a token (which has a limit of its own, keeper.ts). Milliseconds. */
export const ANSWER_MS_MAX = 30_000;

/** In the order of the configuration, each as soon as it and those before are known. Ends early where the caller stops asking. */
export async function* connectCheck(config: Config, deps: ConnectDeps = {}): AsyncGenerator<ConnectFinding, void> {
  const asks = asksOf(config.fleet);
  const check = new ConnectCheck(config, deps);
  try {
    const findings: Array<Promise<ConnectFinding>> = [];
    for (let i = 0; i < asks.length; i++) {
      for (const ask of asks.slice(findings.length, i + CONCURRENT_MAX)) findings.push(check.ask(ask));
      const finding = await findings[i];
      if (finding !== undefined) yield finding;
    }
  } finally {
    await check.close();
  }
}

class ConnectCheck {
  readonly #clock: Clock;
  readonly #upstream: Upstream;
  readonly #ownUpstream: boolean;
  readonly #sources: ReadonlyMap<string, CredentialSource>;
  readonly #pending = new Set<PendingCall>();
  #closed = false;

  constructor({ fleet }: Config, deps: ConnectDeps) {
    const { clock = systemClock, unit = systemUnit, env = {} } = deps;
    const tokens = sharedTokens({ clock, unit, env });
    this.#clock = clock;
    this.#ownUpstream = deps.upstream === undefined;
    this.#upstream = deps.upstream ?? new UndiciUpstream();
    this.#sources = new Map(fleet.backends.map(({ name, credential }) => [name, tokens.source(credential)]));
  }

  /** Never rejects. */
  async ask(ask: ConnectAsk): Promise<ConnectFinding> {
    const startedMs = this.#clock.nowMs();
    const auth = await this.#credential(ask);
    const judgement = 'name' in auth ? await this.#judged(ask, auth) : auth;
    return finding(ask, judgement, this.#clock.nowMs() - startedMs);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const pending of this.#pending) pending.cancel();
    for (const source of this.#sources.values()) source.close();
    if (this.#ownUpstream) await this.#upstream.close();
  }

  async #credential({ backend }: ConnectAsk): Promise<AuthHeader | Judgement> {
    const source = this.#sources.get(backend.name);
    try {
      if (source === undefined) throw new Error(`no credential source for ${backend.name}`);
      return source.current(this.#clock.nowMs()) ?? (await source.ready());
    } catch (error) {
      return withoutCredential(error);
    }
  }

  async #judged(ask: ConnectAsk, auth: AuthHeader): Promise<Judgement> {
    const { origin, method, path } = ask;
    if (this.#closed) return judgeReply(ask, { kind: 'cancelled' }, { waitMs: 0, quote: () => '' });
    const headers = ['accept', 'application/json', auth.name, auth.value];
    if (ask.body !== null) headers.push('content-type', 'application/json');
    const body = ask.body === null ? null : Buffer.from(ask.body);
    const pending = call(this.#upstream, { origin, method, path, headers, body }, this.#clock, ANSWER_MS_MAX);
    this.#pending.add(pending);
    const reply = await pending.reply;
    this.#pending.delete(pending);
    const secrets = [auth.value, auth.value.replace(/^Bearer /, '')];
    const judged = judgeReply(ask, reply, { waitMs: ANSWER_MS_MAX, quote: (text) => quoteSafely(text, secrets) });
    return ask.backend.credential.kind === 'key' ? judged : { ...judged, steps: [SIGNED_IN, ...judged.steps] };
  }
}

const SIGNED_IN: ConnectStep = { name: 'credential', verdict: 'ok', text: 'Entra ID gave a token' };

function withoutCredential(error: unknown): Judgement {
  const known = error instanceof CredentialError;
  const text = known ? error.message : 'no token could be had';
  const wayOut = known ? error.wayOut : 'set an apiKey, or see how the gateway signs in to Entra ID';
  const steps: ConnectStep[] = [{ name: 'credential', verdict: 'fail', text }];
  return { steps, answered: 'nothing: not asked, for want of a token', wayOut, status: null, model: null };
}

function finding(ask: ConnectAsk, judgement: Judgement, durationMs: number): ConnectFinding {
  const verdict = worst(judgement.steps);
  return { backend: ask.backend.name, deployment: ask.id, verdict, asked: ask.text, ...judgement, durationMs };
}

function worst(steps: readonly ConnectStep[]): Verdict {
  if (steps.some(({ verdict }) => verdict === 'fail')) return 'fail';
  return steps.some(({ verdict }) => verdict === 'warn') ? 'warn' : 'ok';
}
