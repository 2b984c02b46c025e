/**
 * Where traces go, as OpenTelemetry's own variables say. Sources: OpenTelemetry specification, "OpenTelemetry Protocol Exporter" and
 * "OpenTelemetry Environment Variable Specification"; Microsoft Learn, "Collect and read OpenTelemetry data in Azure Container Apps".
 */

const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export type Variables = Readonly<Record<string, string | undefined>>;

export interface Destination {
  readonly protocol: Protocol;
  /** With its path; of gRPC, scheme and host alone. */
  readonly url: URL;
  /** In lower case. May hold credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** For one try to send. Milliseconds. */
  readonly timeoutMs: number;
  readonly isCompressed: boolean;
  /** Files of the collector's CA, our key and our certificate; null where none is named. */
  readonly tls: { readonly ca: string | null; readonly key: string | null; readonly cert: string | null };
}

export type Wanted =
  | { readonly kind: 'nothing' }
  /** They are wanted, and cannot be had: why, with the way out. */
  | { readonly kind: 'problem'; readonly message: string }
  | { readonly kind: 'traces'; readonly to: Destination };

/** What Container Apps sets where its own agent is on; in some environments it alone. It takes gRPC and nothing else. */
const AGENT = 'CONTAINERAPP_OTEL_TRACING_GRPC_ENDPOINT';
const PREFIX = 'OTEL_EXPORTER_OTLP_';
const TIMEOUT_MS = 10_000;

export function wantedOf(env: Variables): Wanted {
  const value = (name: string) => env[name]?.trim() ?? '';
  const own = value(`${PREFIX}TRACES_ENDPOINT`);
  const common = value(`${PREFIX}ENDPOINT`);
  const agent = own === '' && common === '' ? value(AGENT) : '';
  const isOff = value('OTEL_SDK_DISABLED').toLowerCase() === 'true' || value('OTEL_TRACES_EXPORTER') === 'none';
  if (isOff || (own === '' && common === '' && agent === '')) return { kind: 'nothing' };
  const named = agent === '' ? ofTraces(value, 'PROTOCOL') || 'http/protobuf' : 'grpc';
  const protocol = PROTOCOLS.find((one) => one === named);
  if (protocol === undefined) {
    const name = `${PREFIX}${value(`${PREFIX}TRACES_PROTOCOL`) === '' ? '' : 'TRACES_'}PROTOCOL`;
    return problem(`${name} is ${named}, which is none of ${PROTOCOLS.join(', ')}`);
  }
  const url = urlOf(own || common || agent, protocol, own === '', ofTraces(value, 'INSECURE'));
  if (url === null) {
    const name = agent !== '' ? AGENT : `${PREFIX}${own === '' ? '' : 'TRACES_'}ENDPOINT`;
    return problem(`${name} is no address such as http://127.0.0.1:${protocol === 'grpc' ? 4317 : 4318}`);
  }
  const headers = { ...headersOf(value(`${PREFIX}HEADERS`)), ...headersOf(value(`${PREFIX}TRACES_HEADERS`)) };
  const to = { protocol, url, headers, timeoutMs: positive(ofTraces(value, 'TIMEOUT')) ?? TIMEOUT_MS };
  const isCompressed = ofTraces(value, 'COMPRESSION') === 'gzip';
  const file = (name: string) => ofTraces(value, name) || null;
  const tls = { ca: file('CERTIFICATE'), key: file('CLIENT_KEY'), cert: file('CLIENT_CERTIFICATE') };
  return { kind: 'traces', to: { ...to, isCompressed, tls } };
}

function problem(what: string): Wanted {
  return { kind: 'problem', message: `${what}: no traces are sent. Mend it, or set OTEL_SDK_DISABLED=true.` };
}

/** What is said of traces goes before what is said of all. */
function ofTraces(value: (name: string) => string, name: string): string {
  return value(`${PREFIX}TRACES_${name}`) || value(`${PREFIX}${name}`);
}

/** @param isCommon the address is one for all kinds of data, each below a path of its own. */
function urlOf(text: string, protocol: Protocol, isCommon: boolean, insecure: string): URL | null {
  const scheme = insecure.toLowerCase() === 'true' ? 'http' : 'https';
  const full = protocol === 'grpc' && !/^[a-z+]+:\/\//i.test(text) ? `${scheme}://${text}` : text;
  const url = URL.parse(full);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') return null;
  if (protocol === 'grpc') return new URL(url.origin);
  if (isCommon) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  return url;
}

/** `name=value,name=value`, values as in a URL. Pairs that are none are left out. */
function headersOf(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',')) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, at)).trim().toLowerCase();
    if (/^[\w!#$%&'*+.^`|~-]+$/.test(name)) headers[name] = decoded(pair.slice(at + 1).trim());
  }
  return headers;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A whole number above 0; null for anything else. */
export function positive(text: string | undefined): number | null {
  const number = Number(text?.trim() || Number.NaN);
  return Number.isSafeInteger(number) && number > 0 ? number : null;
}
