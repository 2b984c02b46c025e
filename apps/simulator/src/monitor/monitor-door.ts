/**
 * Azure Monitor's metrics of the simulated resources, as `{region}.metrics.monitor.azure.com` (several resources at once) and
 * `management.azure.com` (one) have them, and the same facts for Prometheus.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parsedJson } from '@spillway/azure-model';
import { isRecord } from '@spillway/protocol';
import type { AdminAccess } from '../admin/access.ts';
import type { AdminDoor } from '../admin/doors.ts';
import { readBody } from '../body.ts';
import type { Simulation } from '../simulation.ts';
import type { Site } from '../site.ts';
import type { Target } from '../target.ts';
import { findAccount, isSame, readAccountId, regionId } from './account.ts';
import { parametersOf, readMetricsQuery } from './metrics-query.ts';
import { PROMETHEUS_TYPE, prometheusText } from './prometheus-text.ts';
import { badRequest, NO_API_VERSION, type Refusal, tooManyPoints } from './refusals.ts';
import { batchValue, definitionsBody, foundOf, metricsBody, namespacesBody, POINTS_MAX, pointsOf } from './render.ts';

/** Of a list of resource ids. Bytes. */
export const BATCH_BODY_BYTES_MAX = 256 * 1024;
/** Source: Microsoft Learn, "How to migrate from the metrics API to the getBatch API". */
export const BATCH_RESOURCES_MAX = 50;

const BATCH = /^\/subscriptions\/([^/]+)\/metrics:getBatch\/?$/i;
const OF_ACCOUNT = /^(\/.+)\/providers\/Microsoft\.Insights\/(metrics|metricDefinitions|metricNamespaces)\/?$/i;

interface Sending {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

export function monitorDoor(simulation: Simulation, access: AdminAccess): AdminDoor {
  return (request, response, target) => {
    const path = decoded(target.path);
    const batch = BATCH.exec(path)?.[1];
    const [, resource, what] = OF_ACCOUNT.exec(path) ?? [];
    if (path === '/metrics') {
      request.resume();
      send(response, prometheus(simulation, access, request));
    } else if (batch !== undefined) {
      readBody(request, BATCH_BODY_BYTES_MAX, (bytes) => {
        const text = bytes === null ? null : bytes.toString('utf8');
        send(response, guarded(request, access, 'POST') ?? batchOf(simulation, { request, target, text }, batch));
      });
    } else if (resource !== undefined && what !== undefined) {
      request.resume();
      send(response, guarded(request, access, 'GET') ?? ofAccount(simulation, target, resource, what));
    } else return false;
    return true;
  };
}

function prometheus({ sites, clock }: Simulation, access: AdminAccess, request: IncomingMessage): Sending {
  const { method = 'GET' } = request;
  const refusal = access.refusal(method, headerOf(request));
  if (refusal !== null) return failed(refusal);
  if (method !== 'GET' && method !== 'HEAD') return failed(wrongMethod(method, 'GET'));
  return { status: 200, type: PROMETHEUS_TYPE, text: prometheusText({ sites, clock }) };
}

/**
 * As on the admin routes; and a client of Azure's signs in with a token, which is not looked into: where a key guards the port, the key
 * is the token. @returns null where it may ask.
 */
function guarded(request: IncomingMessage, access: AdminAccess, method: 'GET' | 'POST'): Sending | null {
  const header = headerOf(request);
  const refusal = access.refusal(method, header, 'azure');
  if (refusal !== null) {
    return failed({ ...refusal, code: refusal.status === 401 ? 'AuthenticationFailed' : 'AuthorizationFailed' });
  }
  if (!/^Bearer +\S/i.test(header('authorization') ?? '')) return failed(NOT_SIGNED_IN);
  return request.method === method ? null : failed(wrongMethod(request.method ?? '', method));
}

function ofAccount(simulation: Simulation, { query }: Target, id: string, what: string): Sending {
  const given = parametersOf(new URLSearchParams(query));
  if (given('api-version') === null) return failed(NO_API_VERSION);
  const account = readAccountId(id);
  // A guess.
  if (account === null) return failed({ status: 404, code: 'ResourceNotFound', message: `${id} names no account.` });
  const site = findAccount(simulation.sites, account);
  if ('status' in site) return failed(site);
  switch (what.toLowerCase()) {
    case 'metricdefinitions':
      return json(definitionsBody(site));
    case 'metricnamespaces':
      return json(namespacesBody(site));
    default: {
      const nowMs = simulation.clock.nowMs();
      const read = readMetricsQuery(given, '$filter', nowMs);
      if (read.kind === 'refused') return bare(read.refusal);
      const found = foundOf(site, read.query, nowMs);
      const points = pointsOf([found], read.query, nowMs);
      if (points > POINTS_MAX) return bare(tooManyPoints(points, POINTS_MAX));
      return json(metricsBody(site, found, read.query, nowMs));
    }
  }
}

interface Received {
  readonly request: IncomingMessage;
  readonly target: Target;
  /** null: too large. */
  readonly text: string | null;
}

function batchOf(simulation: Simulation, { request, target, text }: Received, subscription: string): Sending {
  const given = parametersOf(new URLSearchParams(target.query));
  if (given('api-version') === null) return failed(NO_API_VERSION);
  const missing = ['metricnamespace', 'metricnames'].find((name) => (given(name) ?? '') === '');
  // These three texts are guesses.
  if (missing !== undefined) return failed(badRequest(`The query parameter ${missing} is required.`));
  if (text === null)
    return failed({ ...badRequest(`The body is larger than ${BATCH_BODY_BYTES_MAX} bytes.`), status: 413 });
  const sites = sitesOf(simulation.sites, text, subscription);
  if ('status' in sites) return failed(sites);
  const nowMs = simulation.clock.nowMs();
  const read = readMetricsQuery(given, 'filter', nowMs);
  if (read.kind === 'refused') return failed(read.refusal);
  const region = /^([a-z0-9]+)\.metrics\.monitor\.azure\.com(:\d+)?$/i.exec(request.headers.host ?? '')?.[1];
  const isElsewhere = (site: Site): boolean =>
    region !== undefined && region.toLowerCase() !== regionId(site.facts.region);
  const all = sites.map((site) => ({ site, found: foundOf(site, read.query, nowMs, isElsewhere(site)) }));
  const points = pointsOf(
    all.map(({ found }) => found),
    read.query,
    nowMs,
  );
  if (points > POINTS_MAX) return failed(tooManyPoints(points, POINTS_MAX));
  return json({ values: all.map(({ site, found }) => batchValue(site, found, read.query, nowMs)) });
}

/** Each once, in the order of asking. The texts are guesses. */
function sitesOf(there: readonly Site[], text: string, subscription: string): readonly Site[] | Refusal {
  const body = parsedJson(text);
  const ids = isRecord(body) && Array.isArray(body.resourceids) ? body.resourceids : [];
  if (ids.length === 0) return badRequest('The body has no resourceids: {"resourceids": ["/subscriptions/…"]}.');
  if (ids.length > BATCH_RESOURCES_MAX) {
    return badRequest(`Requested resource ids count: ${ids.length} bigger than allowed max: ${BATCH_RESOURCES_MAX}`);
  }
  const found = new Set<Site>();
  for (const id of ids) {
    const account = typeof id === 'string' ? readAccountId(id) : null;
    if (account === null) return badRequest(`The resource id ${JSON.stringify(id)} is not of the metric namespace.`);
    if (!isSame(account.subscription, subscription)) {
      return badRequest(`The resource id ${id} is not in the subscription ${subscription}.`);
    }
    const site = findAccount(there, account);
    if ('status' in site) return site;
    found.add(site);
  }
  return [...found];
}

/** As Azure Resource Manager says it. */
const NOT_SIGNED_IN: Refusal = {
  status: 401,
  code: 'AuthenticationFailed',
  message: "Authentication failed. The 'Authorization' header is missing.",
};

function wrongMethod(method: string, right: string): Refusal {
  return { status: 405, code: 'MethodNotAllowed', message: `This path takes ${right}, not ${method}.` };
}

function json(body: unknown): Sending {
  return { status: 200, type: 'application/json', text: JSON.stringify(body) };
}

function failed({ status, code, message }: Refusal): Sending {
  return { status, type: 'application/json', text: JSON.stringify({ error: { code, message } }) };
}

/** Metrics of one resource are refused without the wrapping. Source: as {@link BATCH_RESOURCES_MAX}, "Error response changes". */
function bare({ status, code, message }: Refusal): Sending {
  return { status, type: 'application/json', text: JSON.stringify({ code, message }) };
}

function send(response: ServerResponse, { status, type, text }: Sending): void {
  const headers = ['content-type', type, 'content-length', String(Buffer.byteLength(text))];
  // The rest of the body is not read.
  if (status === 413) headers.push('connection', 'close');
  if (status === 401) headers.push('www-authenticate', 'Bearer');
  response.writeHead(status, headers);
  response.end(text);
}

function headerOf({ headers }: IncomingMessage): (lowerName: string) => string | undefined {
  return (lowerName) => {
    const value = headers[lowerName];
    return typeof value === 'string' ? value : value?.[0];
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
