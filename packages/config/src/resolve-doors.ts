/** The doors of a checked file: clients with their keys, and whose tokens are taken. */
import type { Allowance, Pool } from '@spillway/policy';
import type { Client, ClientKey, DoorSettings, SignInEntry } from './config.ts';
import { endOf } from './date.ts';
import type { ClientData, FileData } from './schema.ts';
import { isKeyHash } from './schema-doors.ts';

/** @param pools by every name that leads to them: what a client may use is kept as names of pools. */
export function toClient(
  data: ClientData,
  allowance: Allowance | null,
  pools: ReadonlyMap<string, Pick<Pool, 'name'>>,
): Client {
  const { name, key, keys = [], models, operations = null, addresses = null, waitMsMax = null } = data;
  const pool = (asked: string): string => pools.get(asked)?.name ?? asked;
  const access = { models: models?.map(pool) ?? null, operations, addresses };
  const all = key === undefined ? keys : [key, ...keys];
  return { name, keys: all.map(toKey), allowance, access, class: data.class, waitMsMax };
}

function toKey(data: string | { readonly key: string; readonly expires?: string | undefined }): ClientKey {
  const { key, expires } = typeof data === 'string' ? { key: data } : data;
  const expiresMs = expires === undefined ? null : endOf(expires);
  if (!isKeyHash(key)) return { kind: 'plain', key, expiresMs };
  return { kind: 'sha256', hex: key.slice(key.indexOf(':') + 1).toLowerCase(), expiresMs };
}

export function resolveDoors(file: FileData): DoorSettings {
  return {
    signIn: file.signIn.map(toEntry),
    addresses: file.addresses ?? null,
    trustedProxies: file.trustedProxies ?? null,
    tls: file.tls ?? null,
    corsOrigins: file.cors?.origins.map((origin) => origin.toLowerCase()) ?? [],
    sealKeys: file.sealKeys,
  };
}

function toEntry(data: FileData['signIn'][number]): SignInEntry {
  const { client, tenant, authority = null, issuer = '', jwksUrl = null } = data;
  const { audiences = [], azureTokens, applications = null, principals = null, roles = null, clockSkewSeconds } = data;
  return {
    client,
    from:
      tenant === undefined
        ? { kind: 'issuer', issuer, jwksUrl }
        : { kind: 'tenant', tenant: tenant.toLowerCase(), authority },
    audiences,
    azureTokens,
    applications,
    principals,
    roles,
    clockSkewSeconds,
  };
}
