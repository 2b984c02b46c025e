/** Closed by default (design §4.8): without client keys the gateway is for this machine alone. */
import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host === 'localhost';
  return loopback.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

export interface Exposure {
  readonly host: string;
  /** Those with keys, and entries of sign-in. */
  readonly clients: number;
  readonly allowAnonymous: boolean;
  readonly adminHost: string;
  readonly hasAdminKey: boolean;
}

/** Why the gateway must not listen like this, with the ways out; null where it may. */
export function exposureProblem(exposure: Exposure): string | null {
  const { host, clients, allowAnonymous, adminHost, hasAdminKey } = exposure;
  if (!isLoopback(host) && clients === 0 && !allowAnonymous) {
    return (
      `--host ${host}: anybody who reaches it could spend your quota, since no client keys are configured, and no sign-in. ` +
      'Set client keys (CLIENT_1_NAME and CLIENT_1_KEY, or clients: in spillway.yaml) or signIn:, ' +
      'or keep to --host 127.0.0.1, or say --allow-anonymous if the network in front keeps strangers out.'
    );
  }
  if (!isLoopback(adminHost) && !hasAdminKey) {
    return (
      `--admin-host ${adminHost}: anybody who reaches it could pause deployments. ` +
      'Set SPILLWAY_ADMIN_KEY, or keep to --admin-host 127.0.0.1.'
    );
  }
  return null;
}

/** `localhost` of `localhost:8081`, `::1` of `[::1]:8081`. */
export function nameOfHost(host: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(host);
  return (bracketed?.[1] ?? host.replace(/:\d+$/, '')).toLowerCase();
}

/** Host and port of an origin; null for `null` and anything else that is none. */
export function hostOfOrigin(origin: string): string | null {
  return URL.parse(origin)?.host ?? null;
}
