/** Closed by default: without sign-in the app is for this machine alone, and not for pages of other sites in a browser on it. */
import { BlockList, isIP } from 'node:net';
import type { Auth } from '../settings/auth-settings.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host === 'localhost';
  return loopback.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

/** Why the app must not listen like this, with the ways out; null where it may. */
export function exposureProblem(host: string, auth: Auth, allowAnonymous: boolean): string | null {
  if (isLoopback(host) || auth.kind !== 'none' || allowAnonymous) return null;
  return (
    `--host ${host}: whoever reaches it could read your documents and spend your quota, since nobody has to sign in. ` +
    'Set SPILLWAY_CHAT_AUTH to password, oidc or proxy, or keep to --host 127.0.0.1, or say --allow-anonymous if the network in front keeps strangers out.'
  );
}

/** `localhost` of `localhost:3000`, `::1` of `[::1]:3000`. */
export function nameOfHost(host: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(host);
  return (bracketed?.[1] ?? host.replace(/:\d+$/, '')).toLowerCase();
}
