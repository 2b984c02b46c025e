/**
 * The admin port: what the simulator is doing, and how to make it misbehave. JSON in and out; meant for loopback, so without a key.
 * Routes are a table; each decides, and the sending is done once for all.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Deployment, type Faults, readFault } from '@spillway/azure-model';
import type { Clock } from '@spillway/clock';
import { isRecord } from '@spillway/protocol';
import { readBody } from './body.ts';
import type { Journal } from './journal.ts';
import type { Site } from './site.ts';
import { deploymentState, resourceState } from './state.ts';

export interface AdminParts {
  readonly sites: readonly Site[];
  readonly faults: Faults;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** Largest body of an admin request. Bytes. */
export const ADMIN_BODY_BYTES_MAX = 2 * 1024 * 1024;

interface Outcome {
  readonly status: number;
  readonly body: unknown;
}

/** @property names what stands in the path in place of `{…}`, decoded, in order. */
interface Call {
  readonly names: readonly string[];
  /** Parsed; undefined where there is none. */
  readonly body: unknown;
}

type Action = (parts: AdminParts, call: Call) => Outcome | Promise<Outcome>;

interface AdminRoute {
  readonly method: string;
  readonly path: string;
  readonly act: Action;
}

const ROUTES: readonly AdminRoute[] = [
  { method: 'GET', path: '/admin/resources', act: listResources },
  { method: 'POST', path: '/admin/resources/{resource}/stop', act: stopResource },
  { method: 'POST', path: '/admin/resources/{resource}/start', act: startResource },
  { method: 'POST', path: '/admin/resources/{resource}/deployments/{deployment}/throttle', act: throttle },
  { method: 'POST', path: '/admin/resources/{resource}/deployments/{deployment}/reset', act: reset },
  { method: 'POST', path: '/admin/faults', act: addFault },
  { method: 'GET', path: '/admin/faults', act: ({ faults }) => ok({ faults: faults.list() }) },
  { method: 'DELETE', path: '/admin/faults', act: clearFaults },
  { method: 'GET', path: '/admin/faults/{id}', act: showFault },
  { method: 'DELETE', path: '/admin/faults/{id}', act: removeFault },
  { method: 'GET', path: '/admin/journal', act: ({ journal }) => ok({ requests: journal.entries() }) },
];

export function adminPlane(parts: AdminParts): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    readBody(request, ADMIN_BODY_BYTES_MAX, (text) => {
      answer(parts, request, text).then(
        (outcome) => send(response, outcome),
        (error: unknown) => send(response, failed(500, 'internal', [String(error)])),
      );
    });
  };
}

async function answer(parts: AdminParts, request: IncomingMessage, text: string | null): Promise<Outcome> {
  if (text === null) return failed(413, 'tooLarge', [`body: larger than ${ADMIN_BODY_BYTES_MAX} bytes; send less`]);
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const found = ROUTES.map((route) => ({ route, names: match(route.path, path) })).filter(
    ({ names }) => names !== null,
  );
  if (found.length === 0) return failed(404, 'notFound', [`${path}: no such route; there are ${routeList()}`]);
  const hit = found.find(({ route }) => route.method === request.method);
  if (hit === undefined || hit.names === null) {
    const methods = found.map(({ route }) => route.method).join(', ');
    return failed(405, 'methodNotAllowed', [`${path}: takes ${methods}, not ${request.method}`]);
  }
  const body = parsed(text);
  if (body === NOT_JSON) return failed(400, 'notJson', ['body: is not JSON']);
  return hit.route.act(parts, { names: hit.names, body });
}

function routeList(): string {
  return ROUTES.map((route) => `${route.method} ${route.path}`).join(', ');
}

/** @returns the names in the path, null where it is not this route's. */
function match(pattern: string, path: string): readonly string[] | null {
  const want = pattern.split('/');
  const have = path.split('/');
  if (want.length !== have.length) return null;
  const names: string[] = [];
  for (let i = 0; i < want.length; i++) {
    if (want[i]?.startsWith('{')) names.push(decoded(have[i] ?? ''));
    else if (want[i] !== have[i]) return null;
  }
  return names;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

const NOT_JSON = Symbol('not JSON');

function parsed(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return NOT_JSON;
  }
}

function ok(body: unknown): Outcome {
  return { status: 200, body };
}

function failed(status: number, code: string, errors: readonly string[]): Outcome {
  return { status, body: { error: { code, message: errors.join('; '), errors } } };
}

function send(response: ServerResponse, { status, body }: Outcome): void {
  const text = `${JSON.stringify(body)}\n`;
  const headers = ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(text))];
  if (status === 413) headers.push('connection', 'close');
  response.writeHead(status, headers);
  response.end(text);
}

function listResources({ sites, clock }: AdminParts): Outcome {
  return ok({ resources: sites.map((site) => resourceState(site, clock.nowMs())) });
}

/** @returns the resource, or the answer that there is none of that name. */
function siteOf({ sites }: AdminParts, call: Call): Site | Outcome {
  const name = call.names[0];
  const names = sites.map((site) => site.resource.facts.name).join(', ');
  return (
    sites.find((site) => site.resource.facts.name === name) ??
    failed(404, 'noSuchResource', [`resource: "${name}" does not exist; there are ${names}`])
  );
}

async function stopResource(parts: AdminParts, call: Call): Promise<Outcome> {
  const site = siteOf(parts, call);
  if ('status' in site) return site;
  await site.listener.stop();
  return ok(resourceState(site, parts.clock.nowMs()));
}

async function startResource(parts: AdminParts, call: Call): Promise<Outcome> {
  const site = siteOf(parts, call);
  if ('status' in site) return site;
  try {
    await site.listener.start();
  } catch (error) {
    return failed(409, 'portTaken', [error instanceof Error ? error.message : String(error)]);
  }
  return ok(resourceState(site, parts.clock.nowMs()));
}

function onDeployment(parts: AdminParts, call: Call, act: (deployment: Deployment) => Outcome | null): Outcome {
  const site = siteOf(parts, call);
  if ('status' in site) return site;
  const deployment = site.resource.deployments.get(call.names[1] ?? '');
  if (deployment === undefined) {
    const names = [...site.resource.deployments.keys()].join(', ');
    return failed(404, 'noSuchDeployment', [`deployment: "${call.names[1]}" does not exist; there are ${names}`]);
  }
  return act(deployment) ?? ok(deploymentState(deployment, parts.clock.nowMs()));
}

/** Longest throttle. Seconds; a day, the longest wait that Azure was seen to ask for (wire §3.4). */
const THROTTLE_SECONDS_MAX = 86_400;

function throttle(parts: AdminParts, call: Call): Outcome {
  const seconds = isRecord(call.body) ? call.body.seconds : undefined;
  return onDeployment(parts, call, ({ window }) => {
    if (typeof seconds !== 'number' || !(seconds > 0 && seconds <= THROTTLE_SECONDS_MAX)) {
      return failed(400, 'invalid', [
        `seconds: ${JSON.stringify(seconds) ?? 'nothing'} is not above 0 and at most ${THROTTLE_SECONDS_MAX}`,
      ]);
    }
    window.throttleUntil(parts.clock.nowMs() + seconds * 1000);
    return null;
  });
}

function reset(parts: AdminParts, call: Call): Outcome {
  return onDeployment(parts, call, ({ window }) => {
    window.reset();
    return null;
  });
}

function addFault({ sites, faults }: AdminParts, call: Call): Outcome {
  const names = new Map(sites.map(({ resource }) => [resource.facts.name, [...resource.deployments.keys()]]));
  const read = readFault(call.body, names);
  if (read.kind === 'errors') return failed(400, 'invalid', read.errors);
  const fault = faults.add(read.spec);
  if (fault === null) return failed(409, 'tooMany', ['faults: too many are waiting; delete some']);
  return { status: 201, body: fault };
}

function showFault({ faults }: AdminParts, { names }: Call): Outcome {
  const fault = faults.get(names[0] ?? '');
  return fault === null ? noSuchFault(names[0]) : ok(fault);
}

function removeFault({ faults }: AdminParts, { names }: Call): Outcome {
  return faults.remove(names[0] ?? '') ? ok({ removed: names[0] }) : noSuchFault(names[0]);
}

function clearFaults({ faults }: AdminParts): Outcome {
  const removed = faults.list().map((fault) => fault.id);
  faults.clear();
  return ok({ removed });
}

function noSuchFault(id: string | undefined): Outcome {
  return failed(404, 'noSuchFault', [`fault: "${id}" does not exist; GET /admin/faults lists those there are`]);
}
