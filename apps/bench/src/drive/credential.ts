/** The credential of a target as a header, read when the run begins. Entra's tokens are fetched anew before they end. */
import type { Credential } from '../spec.ts';

const SCOPE = 'https://cognitiveservices.azure.com/.default';
/** A token is fetched anew so long before its end. Milliseconds. */
const RENEW_MS = 5 * 60_000;

/** What may stand in a header's value (RFC 9110 §5.5), without what no key has. */
const HEADER_TEXT = /^[\x20-\x7e]+$/;

export class CredentialError extends Error {}

/** Header with its value; null: none. Never printed. */
export type CredentialHeader = readonly [name: string, value: string] | null;

export interface Credentials {
  /** As it is now. */
  header(): CredentialHeader;
  /** Keeps it fresh. @throws CredentialError which says what is missing. */
  prepare(nowMs: number): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;
interface Token {
  readonly token: string;
  readonly expiresOnTimestamp: number;
}

/** @param fetchToken in place of @azure/identity, for tests. */
export function credentialsOf(
  credential: Credential,
  env: Environment,
  fetchToken: () => Promise<Token | null> = tokenOfIdentity,
): Credentials {
  switch (credential.kind) {
    case 'none':
      return { header: () => null, prepare: async () => {} };
    case 'key':
      return ofKey(credential, env);
    case 'entra':
      return ofToken(fetchToken);
  }
}

function ofKey({ header, variable }: Extract<Credential, { kind: 'key' }>, env: Environment): Credentials {
  const key = env[variable]?.trim() ?? '';
  const value = header === 'authorization' ? `Bearer ${key}` : key;
  return {
    header: () => [header, value],
    prepare: async () => {
      if (key !== '' && HEADER_TEXT.test(key)) return;
      if (key !== '') {
        throw new CredentialError(
          `the key in ${variable} has a character that no header may hold; copy it anew, without quotes and line breaks`,
        );
      }
      throw new CredentialError(
        `no key: ${variable} is not set; export it, name another variable by --api-key-env (of the second target by --against-key-env), or use --entra or --no-key`,
      );
    },
  };
}

function ofToken(fetchToken: () => Promise<Token | null>): Credentials {
  let token: Token | null = null;
  return {
    header: () => (token === null ? null : ['authorization', `Bearer ${token.token}`]),
    prepare: async (nowMs) => {
      if (token !== null && token.expiresOnTimestamp - nowMs > RENEW_MS) return;
      try {
        token = await fetchToken();
      } catch (error) {
        throw new CredentialError(
          `no token of Entra ID: ${error instanceof Error ? error.name : 'unknown'}; try az login`,
        );
      }
      if (token === null) throw new CredentialError('no token of Entra ID; try az login');
    },
  };
}

async function tokenOfIdentity(): Promise<Token | null> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential().getToken(SCOPE);
}
