/** Why there was no answer, and the way out. */
import type { Backend } from '@spillway/policy';
import type { UpstreamFailure } from '../forward/upstream.ts';

export interface NoAnswer {
  readonly text: string;
  readonly wayOut: string;
}

const DNS = /^(?:ENOTFOUND|EAI_)/;
/** Codes of OpenSSL and of Node's own checks. */
const TLS = /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|EPROTO$)/;

export function failureWayOut({ kind, code }: UpstreamFailure, backend: Backend): NoAnswer {
  const host = new URL(backend.url).host;
  if (kind === 'malformed') {
    return {
      text: `the request cannot be sent (${code})`,
      wayOut: 'look for characters in the credential that no header may hold',
    };
  }
  if (kind === 'broken') {
    const wayOut = 'try again; if it goes on, look at what stands between here and there';
    return { text: `the connection broke before the answer was whole (${code})`, wayOut };
  }
  if (DNS.test(code)) {
    const wayOut = "check the host in 'url', and with a private endpoint its DNS zone";
    return { text: `the name ${host} does not resolve (${code})`, wayOut };
  }
  if (TLS.test(code)) {
    const wayOut = "check the scheme and host in 'url'; NODE_EXTRA_CA_CERTS makes a private authority known";
    return { text: `no secure connection to ${host} (${code})`, wayOut };
  }
  if (code === 'ECONNREFUSED') {
    return { text: `nothing listens at ${host} (${code})`, wayOut: "check host and port in 'url'" };
  }
  return { text: `no connection to ${host} (${code})`, wayOut: routeWayOut(host) };
}

export function lateWayOut(connected: boolean, waitMs: number, backend: Backend): NoAnswer {
  const host = new URL(backend.url).host;
  const seconds = Math.round(waitMs / 1000);
  if (!connected) return { text: `no connection to ${host} within ${seconds} s`, wayOut: routeWayOut(host) };
  const wayOut = 'see whether the resource is overloaded, or something in between holds the answer back';
  return { text: `connected, but no whole answer within ${seconds} s`, wayOut };
}

function routeWayOut(host: string): string {
  return `check the way to ${host}: firewall, proxy, private endpoint`;
}
