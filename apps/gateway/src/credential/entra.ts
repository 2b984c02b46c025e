/**
 * Which way to a token this process has. What the environment names is taken and nothing else: a workload identity that fails must not
 * silently become another identity. Only where it names nothing are the machine's identity and then the person at the desk asked.
 */
import type { Clock } from '@spillway/clock';
import { clientSecretMethod, workloadIdentityMethod } from './authority.ts';
import type { LoadIdentity } from './azure-cli.ts';
import { azureCliMethod } from './azure-cli.ts';
import type { Tried } from './credential-error.ts';
import { appIdentityMethod, machineIdentityMethod } from './managed-identity.ts';
import type { AccessToken, Environment, Failed, Fetched, Method, MethodName } from './method.ts';
import { variable } from './method.ts';
import { nameOf } from './secret-safe.ts';

/** One attempt, all methods it tries included. Milliseconds; the Azure CLI is the slowest. */
export const ATTEMPT_MS_MAX = 15_000;

export type Obtained =
  | { readonly kind: 'token'; readonly token: AccessToken; readonly method: MethodName }
  | {
      readonly kind: 'failed';
      readonly tried: readonly Tried[];
      readonly wayOut: string;
      readonly transient: boolean;
      readonly retryAfterMs: number;
    };

/** Where tokens of one scope come from. */
export interface TokenSupply {
  /** Never rejects. One call at a time. */
  obtain(clock: Clock, closing: AbortSignal): Promise<Obtained>;
}

interface Choice {
  /** In the order in which they are tried. */
  readonly methods: readonly Method[];
  readonly passedOver: readonly Tried[];
}

/** Tries this process's ways to a token of one scope, and stays with the one that worked. */
export class EntraId implements TokenSupply {
  readonly #choice: Choice;
  #proven: Method | null = null;

  constructor(scope: string, env: Environment, loadIdentity: LoadIdentity) {
    this.#choice = chooseMethods(scope, env, loadIdentity);
  }

  /** Never rejects; settles within `ATTEMPT_MS_MAX`, or when `closing` aborts, whatever a method is still waiting for. */
  async obtain(clock: Clock, closing: AbortSignal): Promise<Obtained> {
    const limit = new AbortController();
    const timer = clock.after(ATTEMPT_MS_MAX, () => limit.abort());
    const obtained = await this.#tryEach(clock, AbortSignal.any([closing, limit.signal]));
    timer.cancel();
    return obtained;
  }

  async #tryEach(clock: Clock, signal: AbortSignal): Promise<Obtained> {
    const tried: Tried[] = [...this.#choice.passedOver];
    let last: Failed = NOTHING_HERE;
    for (const method of this.#proven === null ? this.#choice.methods : [this.#proven]) {
      const fetched = await fetchWithin(method, clock, signal);
      if (fetched.kind === 'token') {
        this.#proven = method;
        return { kind: 'token', token: fetched.token, method: method.name };
      }
      tried.push({ method: method.name, outcome: fetched.why });
      // A method that has worked before is not absent but away for a moment.
      last = fetched.kind === 'failed' ? fetched : { ...NOTHING_HERE, transient: this.#proven !== null };
      if (fetched.kind === 'failed') break;
    }
    const { wayOut, transient, retryAfterMs } = last;
    return { kind: 'failed', tried, wayOut, transient, retryAfterMs };
  }
}

const NOTHING_HERE: Failed = {
  kind: 'failed',
  why: '',
  wayOut: 'give the backend an apiKey, or assign a managed identity to this app or machine',
  transient: false,
  retryAfterMs: 0,
};

/** Client secret, workload identity, managed identity of the app: the first that the environment names in full. Else the rest in turn. */
function chooseMethods(scope: string, env: Environment, loadIdentity: LoadIdentity): Choice {
  const passedOver: Tried[] = [];
  const named = (method: MethodName, ...names: readonly string[]): boolean => {
    const missing = names.filter((name) => variable(env, name) === null);
    if (missing.length > 0) passedOver.push({ method, outcome: `${missing.join(', ')} not set` });
    return missing.length === 0;
  };
  const of = (name: string): string => variable(env, name) ?? '';
  const app = { scope, env, clientId: of('AZURE_CLIENT_ID'), tenantId: of('AZURE_TENANT_ID') };
  if (named('client secret', 'AZURE_CLIENT_SECRET', 'AZURE_CLIENT_ID', 'AZURE_TENANT_ID')) {
    return { methods: [clientSecretMethod(app, of('AZURE_CLIENT_SECRET'))], passedOver };
  }
  if (named('workload identity', 'AZURE_FEDERATED_TOKEN_FILE', 'AZURE_CLIENT_ID', 'AZURE_TENANT_ID')) {
    return { methods: [workloadIdentityMethod(app, of('AZURE_FEDERATED_TOKEN_FILE'))], passedOver };
  }
  if (named('managed identity of the app', 'IDENTITY_ENDPOINT', 'IDENTITY_HEADER')) {
    return { methods: [appIdentityMethod(app, of('IDENTITY_ENDPOINT'), of('IDENTITY_HEADER'))], passedOver };
  }
  return { methods: [machineIdentityMethod(app), azureCliMethod(scope, loadIdentity)], passedOver };
}

/** A method may wait for what no signal reaches (a file, another process): it is left alone when time is up. */
function fetchWithin(method: Method, clock: Clock, signal: AbortSignal): Promise<Fetched> {
  return new Promise((resolve) => {
    const expire = () => resolve(noAnswer(method, `gave no answer within ${ATTEMPT_MS_MAX} ms`));
    const crash = (error: unknown) => resolve(noAnswer(method, `could not be asked (${nameOf(error)})`));
    signal.addEventListener('abort', expire, { once: true });
    if (signal.aborted) expire();
    else method.fetch(clock, signal).then(resolve, crash);
  });
}

function noAnswer(method: Method, what: string): Failed {
  return { ...NOTHING_HERE, why: `${method.asks} ${what}`, wayOut: method.unreachable, transient: true };
}
