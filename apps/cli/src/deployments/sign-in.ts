/**
 * Proof of who asks: for Azure a token of Entra ID, found as every tool of Azure finds it (service principal in the environment,
 * workload identity, managed identity, `az login`); for a simulator its admin key, if it has one, and never a token.
 * @azure/identity is large (52 MB, a fifth of a second to load), so it is loaded for Azure alone.
 */
import type { Clock } from '@spillway/clock';
import { ArmFailure } from './arm-failure.ts';
import { type Endpoint, SIMULATOR_WAY } from './endpoint.ts';

/** Looking for an identity; a machine without one is asked for a managed identity, which may stay silent. Milliseconds. */
export const TOKEN_MS_MAX = 60_000;
/** A token this near to its end is fetched anew. Milliseconds. */
const TOKEN_REST_MS = 300_000;

interface Token {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresOnTimestamp: number;
}

/** The part of `@azure/identity` that is used. */
export interface IdentityModule {
  readonly DefaultAzureCredential: new () => {
    getToken(scope: string, options: { readonly abortSignal: AbortSignal }): Promise<Token | null>;
  };
}

export type LoadIdentity = () => Promise<IdentityModule>;

export interface SignInDeps {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly loadIdentity: LoadIdentity;
}

export const loadAzureIdentity: LoadIdentity = () => import('@azure/identity');

/** @returns what gives the headers of a request; it throws an ArmFailure where nobody is signed in. */
export function signIn(endpoint: Endpoint, deps: SignInDeps): () => Promise<Readonly<Record<string, string>>> {
  if (endpoint.isAzure) return azureSignIn(`${endpoint.url}/.default`, deps);
  const key = deps.env.SPILLWAY_ADMIN_KEY?.trim() ?? '';
  return () => Promise.resolve(key === '' ? {} : { 'api-key': key });
}

function azureSignIn(scope: string, deps: SignInDeps): () => Promise<Readonly<Record<string, string>>> {
  let held: Token | null = null;
  return async () => {
    if (held === null || held.expiresOnTimestamp - TOKEN_REST_MS < deps.clock.nowMs())
      held = await fetchToken(scope, deps);
    return { authorization: `Bearer ${held.token}` };
  };
}

async function fetchToken(scope: string, { clock, loadIdentity }: SignInDeps): Promise<Token> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const abort = new AbortController();
  const timer = clock.after(TOKEN_MS_MAX, () => {
    abort.abort();
    reject(notSignedIn(`no identity answered within ${TOKEN_MS_MAX / 1_000} s`));
  });
  try {
    const token = await Promise.race([late, ask(scope, loadIdentity, abort.signal)]);
    if (token === null) throw notSignedIn('no identity gave a token');
    return token;
  } catch (error) {
    throw error instanceof ArmFailure ? error : notSignedIn(reasonOf(error));
  } finally {
    timer.cancel();
  }
}

async function ask(scope: string, load: LoadIdentity, abortSignal: AbortSignal): Promise<Token | null> {
  const { DefaultAzureCredential } = await load();
  return new DefaultAzureCredential().getToken(scope, { abortSignal });
}

function notSignedIn(why: string): ArmFailure {
  return new ArmFailure(
    'NotSignedIn',
    `Azure was not asked, since nobody is signed in (${why}). Sign in with: az login. Or write ${SIMULATOR_WAY}`,
    null,
  );
}

/** Entra's own words, by their code; anything else that the library says may quote what a tool printed, and with it a token. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no identity was found';
  if ('code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
    return 'the package @azure/identity is not installed: npm install @azure/identity';
  }
  return /\bAADSTS\d+: [^\r\n]{1,300}/.exec(error.message)?.[0] ?? 'no identity was found';
}
