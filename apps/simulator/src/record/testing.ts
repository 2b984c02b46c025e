/** For tests: a recording behind a port, before an upstream that does what the test says. Time is held by hand. */

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Faults, Resource, SharedQuotas } from '@spillway/azure-model';
import { FakeClock, seededUnit } from '@spillway/clock';
import { planOf, type ResourceOptions } from '../options.ts';
import { targetOf } from '../target.ts';
import { type Received, type Sending, send } from '../testing.ts';
import type { RecordLimits } from './limits.ts';
import { Recording, type RecordingSettings, type RecordRequest } from './recording.ts';

/** A request as it came to the upstream. */
export interface Forwarded {
  readonly request: IncomingMessage;
  readonly body: string;
  readonly response: ServerResponse;
}

export interface Rig {
  /** Of what is simulated. */
  readonly clock: FakeClock;
  readonly networkClock: FakeClock;
  readonly forwarded: Forwarded[];
  readonly warnings: string[];
  /** Of requests that are over. */
  readonly statuses: (number | null)[];
  readonly recording: Recording;
  /** Sends a chat completion to the deployment `chat`. */
  chat(body: unknown, sending?: Sending): Promise<Received>;
  /** @param path with its query. */
  send(path: string, sending?: Sending): Promise<Received>;
  closeUpstream(): Promise<void>;
}

export interface RigOptions extends Partial<RecordingSettings> {
  /** Answers a request whose body is there. Default: a JSON text. */
  readonly upstream?: (forwarded: Forwarded) => void;
  /** In place of an upstream of the test's own; null: the resource has none. */
  readonly upstreamUrl?: string | null;
  readonly upstreamKey?: string;
  readonly limits?: Partial<RecordLimits>;
  readonly resource?: Partial<ResourceOptions>;
}

export const CHAT = '/openai/deployments/chat/chat/completions?api-version=2024-10-21';
export const KEY = 'simulated-key-1';
export const UPSTREAM_KEY = 'key-of-the-real-resource';
/** What a mode that generates answers here. */
export const GENERATED = 'generated';

/** Runs with a recording for as long as `run` takes. */
export async function withRig(options: RigOptions, run: (rig: Rig) => Promise<void>): Promise<void> {
  const {
    upstream: answer = answerJson,
    upstreamUrl,
    upstreamKey = UPSTREAM_KEY,
    limits = {},
    resource,
    ...given
  } = options;
  const clock = new FakeClock();
  const networkClock = new FakeClock();
  const forwarded: Forwarded[] = [];
  const warnings: string[] = [];
  const statuses: (number | null)[] = [];
  const settings = { mode: 'record', file: null, storeErrors: false, speed: 1, ...given } as const;
  const parts = { clock, networkClock, limits, onWarning: (text: string) => warnings.push(text) };
  const recording = Recording.open(settings, parts);
  if (recording === null) throw new Error('this mode generates');
  const upstream = createServer(
    afterBody((request, response, body) => {
      const one = { request, response, body: body.toString() };
      forwarded.push(one);
      answer(one);
    }),
  );
  const ownUrl = await listening(upstream);
  const url = upstreamUrl === undefined ? ownUrl : upstreamUrl;
  const site = { resource: resourceOf(resource), upstream: url === null ? null : { url, key: upstreamKey } };
  const server = createServer(
    afterBody((request, response, body) => {
      const turn = recording.turn(recordRequest(request, body), site);
      if (turn === null) response.end(GENERATED);
      else turn.begin(response, (status) => statuses.push(status));
    }),
  );
  const base = await listening(server);
  const headers = { 'content-type': 'application/json', 'api-key': KEY };
  try {
    await run({
      clock,
      networkClock,
      forwarded,
      warnings,
      statuses,
      recording,
      chat: (body, sending) => send(`${base}${CHAT}`, { headers, body, ...sending }),
      send: (path, sending) => send(`${base}${path}`, { headers, ...sending }),
      closeUpstream: () => closed(upstream),
    });
  } finally {
    await Promise.all([recording.close(), closed(server), closed(upstream)]);
  }
}

/** Of a recording; the folder is removed afterwards. */
export async function withFile(run: (path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-recording-'));
  try {
    await run(join(folder, 'below', 'recording.jsonl'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function answerJson({ response, body }: Forwarded): void {
  const text = JSON.stringify({ upstream: true, asked: body.length });
  response.writeHead(200, { 'content-type': 'application/json', 'x-ms-region': 'Real East', 'set-cookie': 'secret=1' });
  response.end(text);
}

function resourceOf(options: Partial<ResourceOptions> = {}): Resource {
  const { models, resources, seed } = planOf({ resources: [{ name: 'openai1', ...options }] });
  const [planned] = resources;
  if (planned === undefined) throw new Error('a plan without its resource');
  const modelFacts = (name: string) => models.facts(name);
  const quotas = new SharedQuotas([], modelFacts);
  return new Resource(planned.facts, { modelFacts, faults: new Faults(), quotas, seeded: seededUnit, seed });
}

function recordRequest(request: IncomingMessage, body: Buffer): RecordRequest {
  const { method = 'GET', rawHeaders, headers } = request;
  const header = (lowerName: string): string | undefined => {
    const value = headers[lowerName];
    return typeof value === 'string' ? value : value?.[0];
  };
  return { method, ...targetOf(request.url ?? '/'), rawHeaders, header, body };
}

function afterBody(then: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => then(request, response, Buffer.concat(chunks)));
  };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
