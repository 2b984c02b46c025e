/** Whose tokens are taken: at most one entry of the configuration, since API Management refuses what the first check refuses. */
import type { Config, SignInEntry } from '@spillway/config';
import type { PlannedClient } from './plan.ts';

export interface PlannedSignIn {
  /** The subscription whose bounds they have. */
  readonly clientId: string;
  /** `tenant` empty: that of the deployment. */
  readonly from:
    | { readonly kind: 'tenant'; readonly tenant: string }
    | { readonly kind: 'issuer'; readonly issuer: string };
  readonly audiences: readonly string[];
  /** null: callers are listed by object id, as the template's parameter `allowedPrincipals`. */
  readonly applications: readonly string[] | null;
  readonly roles: readonly string[];
}

/** As Azure's own clients ask tokens for; with and without the slash, and the application's id, which v2 tokens carry. */
const AZURE_AUDIENCES = [
  'https://cognitiveservices.azure.com',
  'https://cognitiveservices.azure.com/',
  'https://ai.azure.com',
  'https://ai.azure.com/',
];

export function signInOf(config: Config, clients: readonly PlannedClient[]): PlannedSignIn | null {
  const entry = takenEntry(config, clients);
  const client = clients.find(({ name }) => name === entry?.client);
  if (entry === null || client === undefined) return null;
  return {
    clientId: client.id,
    from: fromOf(entry),
    audiences: [...entry.audiences, ...(entry.azureTokens ? AZURE_AUDIENCES : [])],
    applications: entry.applications,
    roles: entry.roles ?? [],
  };
}

/** A tenant of zeros in a configuration stands for that of the deployment, which is not known yet. */
const ANY_TENANT = '00000000-0000-0000-0000-000000000000';

function fromOf({ from }: SignInEntry): PlannedSignIn['from'] {
  if (from.kind === 'issuer') return { kind: 'issuer', issuer: from.issuer };
  return { kind: 'tenant', tenant: from.tenant === ANY_TENANT ? '' : from.tenant };
}

/** The first whose client is here. */
export function takenEntry({ doors }: Config, clients: readonly PlannedClient[]): SignInEntry | null {
  return doors.signIn.find((entry) => clients.some(({ name }) => name === entry.client)) ?? null;
}
