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
  /** null: bound by nothing but `principals`. */
  readonly applications: readonly string[] | null;
  /** Object ids that come listed, for the template's parameter `allowedPrincipals`; null: callers are bound by `applications` alone. */
  readonly principals: readonly string[] | null;
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
  refuseCode(entry);
  return {
    clientId: client.id,
    from: fromOf(entry),
    audiences: [...entry.audiences, ...(entry.azureTokens ? AZURE_AUDIENCES : [])],
    applications: entry.applications,
    // Without either of them, everybody in the tenant could come: then only those who are listed.
    principals: entry.principals ?? (entry.applications === null ? [] : null),
    roles: entry.roles ?? [],
  };
}

/** What API Management would run (`@(…)`, `@{…}`) or replace (`{{…}}`) in a text of a policy; there is no way to escape it there. */
const CODE = /@[({]|\{\{/;
const SHOWN_CHARS_MAX = 60;

/** An object id goes into a text of C#, and several have commas between them. */
const LISTABLE = /^[\w.-]{1,100}$/;

function refuseCode({ client, from, audiences, applications, principals, roles }: SignInEntry): void {
  const issuers = from.kind === 'issuer' ? [from.issuer] : [];
  const lists = { issuer: issuers, audiences, applications: applications ?? [], roles: roles ?? [] };
  for (const [key, values] of Object.entries(lists)) {
    const found = values.find((value) => CODE.test(value));
    if (found !== undefined)
      throw problem(client, key, found, 'has "@(", "@{" or "{{", which API Management would run');
  }
  const notAnId = principals?.find((id) => !LISTABLE.test(id));
  if (notAnId !== undefined) throw problem(client, 'principals', notAnId, 'is not an object id');
}

function problem(client: string, key: string, value: string, rule: string): Error {
  const shown = JSON.stringify(value.slice(0, SHOWN_CHARS_MAX));
  return new Error(`signIn of ${client}: ${key}: ${shown} ${rule}; correct it, or remove the entry for API Management`);
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
