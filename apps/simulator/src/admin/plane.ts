/**
 * The admin port: what the simulator is doing, and how to make it behave otherwise. JSON in and out. Routes are a table; each
 * decides, and the sending is done once for all.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parsedJson } from '@spillway/azure-model';
import { readBody } from '../body.ts';
import { isDataPath } from '../front.ts';
import { Refused } from '../refused.ts';
import type { Simulation } from '../simulation.ts';
import type { Target } from '../target.ts';
import type { AdminAccess } from './access.ts';
import { type AdminRoute, failed, type Outcome } from './outcome.ts';
import { ADMIN_ROUTES } from './routes.ts';

/** Largest body of an admin request. Bytes. */
export const ADMIN_BODY_BYTES_MAX = 2 * 1024 * 1024;

export type AdminPlane = (request: IncomingMessage, response: ServerResponse, target: Target) => void;

export function adminPlane(simulation: Simulation, access: AdminAccess): AdminPlane {
  return (request, response, target) => {
    readBody(request, ADMIN_BODY_BYTES_MAX, (bytes) => {
      const text = bytes === null ? null : bytes.toString('utf8');
      answer(simulation, access, { request, target, text }).then(
        (outcome) => send(response, outcome),
        (error: unknown) => send(response, failed(500, 'internal', [String(error)])),
      );
    });
  };
}

interface Received {
  readonly request: IncomingMessage;
  readonly target: Target;
  /** null: too large. */
  readonly text: string | null;
}

async function answer(simulation: Simulation, access: AdminAccess, received: Received): Promise<Outcome> {
  const { request, target, text } = received;
  const refusal = access.refusal(request.method ?? 'GET', (name) => first(request.headers[name]));
  if (refusal !== null) return failed(refusal.status, refusal.code, [refusal.message]);
  if (text === null) return failed(413, 'tooLarge', [`body: larger than ${ADMIN_BODY_BYTES_MAX} bytes; send less`]);
  const found = routeFor(simulation, request.method, target.path);
  if ('status' in found) return found;
  const body = parsed(text);
  if (body === NOT_JSON) return failed(400, 'notJson', ['body: is not JSON']);
  try {
    return await found.route.act(simulation, { names: found.names, query: new URLSearchParams(target.query), body });
  } catch (error) {
    if (error instanceof Refused) return failed(error.reason === 'invalid' ? 400 : 409, error.reason, error.errors);
    throw error;
  }
}

interface Hit {
  readonly route: AdminRoute;
  readonly names: readonly string[];
}

function routeFor(simulation: Simulation, method: string | undefined, path: string): Hit | Outcome {
  const hits = ADMIN_ROUTES.flatMap((route): readonly Hit[] => {
    const names = match(route.path, path);
    return names === null ? [] : [{ route, names }];
  });
  if (hits.length === 0) return isDataPath(path) ? noHost(simulation, path) : noRoute(path);
  const methods = hits.map(({ route }) => route.method).join(', ');
  return (
    hits.find(({ route }) => route.method === method) ??
    failed(405, 'methodNotAllowed', [`${path}: takes ${methods}, not ${method}`])
  );
}

function noRoute(path: string): Outcome {
  return failed(404, 'notFound', [`${path}: no such route; GET /admin lists those there are`]);
}

/** A request for a model that came to the wrong door. */
function noHost(simulation: Simulation, path: string): Outcome {
  const ways = simulation.sites.map(({ facts, listener }) => `${facts.name} at ${listener.url}`);
  const rule = 'this is the admin port, and `host` names no resource, as NAME.openai.azure.com and NAME.localhost do';
  return failed(404, 'noSuchHost', [`${path}: ${rule}; there are ${ways.join(', ') || 'none'}`]);
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
  const value = parsedJson(text);
  return value === undefined ? NOT_JSON : value;
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

function send(response: ServerResponse, { status, body, isForPeople }: Outcome): void {
  const text = `${isForPeople ? JSON.stringify(body, null, 1) : JSON.stringify(body)}\n`;
  const headers = ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(text))];
  if (status === 413) headers.push('connection', 'close');
  response.writeHead(status, headers);
  response.end(text);
}
