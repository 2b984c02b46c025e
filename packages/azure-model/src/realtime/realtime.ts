/**
 * Doors of the WebSockets: `realtime` in both dialects, `responses` on v1; and the keys of an hour that browsers open them with.
 * Source: wire §1.4, §1.5; Microsoft Learn, "GPT Realtime API via WebRTC" (`realtimeapi/sessions`); OpenAI's API reference, client secrets.
 */
import { type HeaderLookup, isRecord } from '@spillway/protocol';
import type { Deployment } from '../deployment.ts';
import { refuse } from '../media/desk.ts';
import { type Answer, answerOf } from '../reply.ts';
import type { Premises, Service, ServiceCall } from '../service.ts';
import {
  DEPLOYMENT_NOT_FOUND,
  invalidValue,
  missingParameter,
  NOT_JSON,
  operationNotSupported,
  type Refusal,
} from '../wire/refusals.ts';
import type { RealtimeDialect } from './dialect.ts';
import { ResponsesSocket } from './responses-socket.ts';
import { RealtimeSession } from './session.ts';
import { merged, newSession, type SessionRecord } from './session-settings.ts';
import type { OpenSocket } from './socket-session.ts';

/** Keys that are good at once; the oldest makes room. */
export const SECRETS_MAX = 1_000;
const SECRET_SECONDS = 600;
const SECRET_SECONDS_MIN = 10;
const SECRET_SECONDS_MAX = 7_200;

interface Secret {
  readonly expiresMs: number;
  readonly session: SessionRecord;
}

export class Realtime implements Service {
  readonly #premises: Premises;
  readonly #secrets = new Map<string, Secret>();

  constructor(premises: Premises) {
    this.#premises = premises;
  }

  answer(call: ServiceCall): Answer | null {
    const { method, segments, dialect } = call;
    const path = segments.join('/');
    if (method === 'GET' && call.header('upgrade')?.toLowerCase() === 'websocket') return this.#upgrade(call, path);
    if (method !== 'POST') return null;
    if (dialect === 'v1' && path === 'realtime/client_secrets') return this.#clientSecret(call);
    const sessions = dialect === 'v1' ? path === 'realtime/sessions' : path === 'realtimeapi/sessions';
    return sessions ? this.#sessionSecret(call) : null;
  }

  /** Whether a key of ours opens that path: it is neither one of the resource's nor a token. */
  admits({ path, header }: { readonly path: string; readonly header: HeaderLookup }, nowMs: number): boolean {
    return /\/realtime$/.test(path) && this.#secretOf(header, nowMs) !== null;
  }

  #secretOf(header: HeaderLookup, nowMs: number): Secret | null {
    const bearer = /^Bearer +(\S+)$/i.exec(header('authorization') ?? '')?.[1];
    const secret = this.#secrets.get(header('api-key') ?? bearer ?? '');
    return secret !== undefined && secret.expiresMs > nowMs ? secret : null;
  }

  #upgrade(call: ServiceCall, path: string): Answer | null {
    if (path === 'responses' && call.dialect === 'v1') {
      return switched(call, null, (nowMs) => new ResponsesSocket(this.#premises, nowMs));
    }
    if (path !== 'realtime' || call.dialect === 'classic' || call.query('call_id') !== null) return null;
    const dialect: RealtimeDialect = call.dialect === 'v1' ? 'ga' : 'preview';
    const preset = this.#secretOf(call.header, call.nowMs)?.session ?? {};
    const { context, apiVersion } = call;
    const open = (deployment: Deployment | null): Answer =>
      switched(call, deployment?.name ?? null, (nowMs) => {
        const setup = { dialect, deployment, context, apiVersion, preset };
        return new RealtimeSession(this.#premises, setup, nowMs);
      });
    if (call.query('intent') === 'transcription') return open(null);
    const given = call.query('model') ?? call.query('deployment');
    const name = given ?? (typeof preset.model === 'string' ? preset.model : null);
    const deployment = this.#deployment(name, dialect === 'ga' ? 'model' : 'deployment');
    return 'body' in deployment ? refuse(call, deployment, name) : open(deployment);
  }

  #deployment(name: string | null, param: string): Deployment | Refusal {
    if (name === null) return missingParameter(param);
    const deployment = this.#premises.deployments.get(name);
    if (deployment === undefined) return DEPLOYMENT_NOT_FOUND;
    const { kind, name: model } = deployment.facts;
    return kind === 'realtime' ? deployment : operationNotSupported('realtime', model);
  }

  #clientSecret(call: ServiceCall): Answer {
    const { body } = call;
    if (body !== undefined && !isRecord(body)) return refuse(call, NOT_JSON, null);
    const after = isRecord(body?.expires_after) ? body.expires_after : {};
    const { seconds = SECRET_SECONDS } = after;
    if (typeof seconds !== 'number' || seconds < SECRET_SECONDS_MIN || seconds > SECRET_SECONDS_MAX) {
      const rule = `expected a number from ${SECRET_SECONDS_MIN} to ${SECRET_SECONDS_MAX}`;
      return refuse(call, invalidValue('expires_after.seconds', rule), null);
    }
    const wanted = isRecord(body?.session) ? body.session : {};
    const made = this.#make(call, wanted, 'ga', seconds);
    if ('body' in made) return refuse(call, made, null);
    const { value, expiresAt, session } = made;
    return answerOf(JSON.stringify({ value, expires_at: expiresAt, session }), call.headers, null, 0);
  }

  #sessionSecret(call: ServiceCall): Answer {
    const { body } = call;
    if (!isRecord(body)) return refuse(call, NOT_JSON, null);
    const made = this.#make(call, body, call.dialect === 'v1' ? 'ga' : 'preview', SECRET_SECONDS);
    if ('body' in made) return refuse(call, made, null);
    const { value, expiresAt, session } = made;
    const secret = { ...session, client_secret: { value, expires_at: expiresAt } };
    return answerOf(JSON.stringify(secret), call.headers, null, 0);
  }

  #make(call: ServiceCall, wanted: SessionRecord, dialect: RealtimeDialect, seconds: number) {
    const name = typeof wanted.model === 'string' ? wanted.model : null;
    const deployment = this.#deployment(name, 'session.model');
    if ('body' in deployment) return deployment;
    const { ids } = this.#premises;
    const value = ids.object('ek_');
    const expiresAt = Math.floor(call.nowMs / 1000) + seconds;
    const { model: _, ...preset } = wanted;
    const oldest = this.#secrets.keys().next().value;
    if (this.#secrets.size >= SECRETS_MAX && oldest !== undefined) this.#secrets.delete(oldest);
    this.#secrets.set(value, { expiresMs: expiresAt * 1000, session: { ...preset, model: name } });
    const shown = newSession(dialect, { id: ids.object('sess_'), model: deployment.servedModel, expiresAt });
    return { value, expiresAt, session: merged(shown, preset) };
  }
}

/** Azure's answer to the handshake: nothing but what makes it a WebSocket. */
function switched(call: ServiceCall, deployment: string | null, socket: OpenSocket): Answer {
  return { ...answerOf('', call.headers, deployment, 0), status: 101, socket };
}
