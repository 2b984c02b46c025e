/**
 * Tokens of the person who is signed in with `az login`, for a desk. The one method that is not ours: `@azure/identity` knows
 * how to find and call the Azure CLI on each system. It is large (52 MB, a fifth of a second to load), so it is loaded when
 * nothing else is there, and may be missing.
 */
import type { Fetched, Method } from './method.ts';
import { quoteSafely } from './secret-safe.ts';
import { tokenFault } from './token-answer.ts';

/** The part of `@azure/identity` that is used. */
export interface IdentityModule {
  readonly AzureCliCredential: new () => {
    getToken(scope: string): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
  };
}

export type LoadIdentity = () => Promise<IdentityModule>;

export const loadAzureIdentity: LoadIdentity = () => import('@azure/identity');

const WAY_OUT = [
  'give the backend an apiKey',
  'or assign a managed identity to this app or machine',
  'or set up workload identity',
  'or, on a desk, install the Azure CLI and run `az login`',
].join(', ');

export function azureCliMethod(scope: string, load: LoadIdentity): Method {
  return {
    name: 'az login',
    asks: 'the Azure CLI',
    unreachable: 'try `az account get-access-token` by hand',
    async fetch(clock) {
      const nowMs = clock.nowMs();
      try {
        const { AzureCliCredential } = await load();
        const got = await new AzureCliCredential().getToken(scope);
        if (got === null) return failed('the Azure CLI gave no token');
        const fault = tokenFault(got.token);
        if (fault !== null) return failed(`the Azure CLI gave ${fault}`);
        if (!(got.expiresOnTimestamp > nowMs)) return failed("the Azure CLI's token has expired; run `az login` anew");
        return { kind: 'token', token: { value: got.token, expiresAtMs: got.expiresOnTimestamp } };
      } catch (error) {
        return failed(describe(error));
      }
    },
  };
}

function failed(why: string): Fetched {
  return { kind: 'failed', why, wayOut: WAY_OUT, transient: false, retryAfterMs: 0 };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'the Azure CLI failed';
  if ('code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
    return 'the package @azure/identity is not installed, which calls the Azure CLI (npm install @azure/identity)';
  }
  // What a parser says of JSON quotes it, and with it perhaps the token.
  return /\bJSON\b/.test(error.message) ? 'the Azure CLI printed no JSON' : quoteSafely(error.message, []);
}
