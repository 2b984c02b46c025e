/**
 * Azure's control plane (ARM): accounts, deployments, usages, models, as `management.azure.com` has them. Who may ask is decided as
 * for the admin routes; where no key guards the port, whatever token comes is taken.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { parsedJson } from '@spillway/azure-model';
import type { AdminAccess } from '../admin/access.ts';
import type { AdminDoor } from '../admin/doors.ts';
import { readBody } from '../body.ts';
import { Refused } from '../refused.ts';
import type { Simulation } from '../simulation.ts';
import type { Target } from '../target.ts';
import { ArmError, apiVersionInvalid, apiVersionMissing, contentInvalid, propertiesInvalid } from './arm-error.ts';
import type { ArmAnswer } from './call.ts';
import { armRouteOf, isArmPath } from './routes.ts';

/** ARM takes 4 MB; nothing that is read here is larger. Bytes. */
export const ARM_BODY_BYTES_MAX = 1024 * 1024;

/** Any date passes: later versions than ours exist, and of the earlier ones those that clients still send. */
const API_VERSION = /^20\d\d-\d\d-\d\d(-preview)?$/;

export function armDoor(simulation: Simulation, access: AdminAccess): AdminDoor {
  let asked = 0;
  return (request, response, target) => {
    if (!isArmPath(target.path)) return false;
    asked++;
    const requestId = `00000000-0000-4000-9000-${asked.toString(16).padStart(12, '0')}`;
    const reply = (answer: ArmAnswer): void => send(request, response, answer, requestId);
    readBody(request, ARM_BODY_BYTES_MAX, (bytes) => {
      // A defect ends this answer and not the process.
      answerTo(simulation, access, { request, target, bytes })
        .then(reply)
        .catch((error: unknown) => reply(answerOf(error)))
        .catch(() => response.destroy());
    });
    return true;
  };
}

interface Received {
  readonly request: IncomingMessage;
  readonly target: Target;
  /** null: too large. */
  readonly bytes: Buffer | null;
}

async function answerTo(simulation: Simulation, access: AdminAccess, received: Received): Promise<ArmAnswer> {
  const { request, target, bytes } = received;
  const { method = 'GET', headers } = request;
  checkAccess(access, request, method);
  const query = new URLSearchParams(target.query);
  const apiVersion = apiVersionIn(query);
  if (bytes === null) throw new ArmError(413, 'RequestEntityTooLarge', 'The request content is too large.');
  const { route, names } = armRouteOf(method, target.path, apiVersion);
  const secure = request.socket instanceof TLSSocket;
  const origin = `${secure ? 'https' : 'http'}://${headers.host ?? 'localhost'}`;
  const nowMs = simulation.clock.nowMs();
  return route.act({ simulation, names, query, body: bodyIn(bytes), origin, apiVersion, nowMs });
}

function checkAccess(access: AdminAccess, { headers }: IncomingMessage, method: string): void {
  const refusal = access.refusal(
    method,
    (name) => {
      const value = headers[name];
      return typeof value === 'string' ? value : value?.[0];
    },
    'azure',
  );
  if (refusal === null) return;
  const code = refusal.status === 401 ? 'AuthenticationFailed' : 'AuthorizationFailed';
  throw new ArmError(refusal.status, code, refusal.message);
}

function apiVersionIn(query: URLSearchParams): string {
  const version = [...query].find(([name]) => name.toLowerCase() === 'api-version')?.[1] ?? '';
  if (version === '') throw apiVersionMissing();
  if (!API_VERSION.test(version)) throw apiVersionInvalid(version);
  return version;
}

function bodyIn(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  if (text.trim() === '') return undefined;
  const body = parsedJson(text);
  if (body === undefined) throw contentInvalid('it is not JSON');
  return body;
}

function answerOf(error: unknown): ArmAnswer {
  const { status, code, message } = asArmError(error);
  const headers = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
  return { status, body: { error: { code, message } }, headers };
}

function asArmError(error: unknown): ArmError {
  if (error instanceof ArmError) return error;
  // What the simulation refuses and Azure would not: its own bounds.
  if (error instanceof Refused && error.reason === 'invalid') return propertiesInvalid(error.message);
  if (error instanceof Refused) return new ArmError(409, 'Conflict', error.message);
  return new ArmError(500, 'InternalServerError', error instanceof Error ? error.message : String(error));
}

function send(request: IncomingMessage, response: ServerResponse, answer: ArmAnswer, requestId: string): void {
  const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
  const clientRequestId = request.headers['x-ms-client-request-id'];
  response.writeHead(answer.status, {
    'cache-control': 'no-cache',
    ...(text === '' ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...(answer.status === 204 ? {} : { 'content-length': Buffer.byteLength(text) }),
    ...(answer.status === 413 ? { connection: 'close' } : {}),
    'x-ms-request-id': requestId,
    'x-ms-correlation-request-id': requestId,
    ...(clientRequestId === undefined ? {} : { 'x-ms-client-request-id': clientRequestId }),
    ...answer.headers,
  });
  response.end(text);
}
