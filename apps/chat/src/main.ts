/** The chat app put together: settings in, a server that answers out. */
import { type Clock, systemClock } from '@spillway/clock';
import { Answerer } from './answer/answerer.ts';
import { Answers } from './answer/answers.ts';
import { Retriever } from './answer/retriever.ts';
import { exposureProblem, isLoopback } from './auth/exposure.ts';
import { OidcSignIn } from './auth/oidc.ts';
import { Visitors } from './auth/visitor.ts';
import { COMPATIBLE } from './compat/compat.ts';
import { openIndex } from './indexing.ts';
import { ModelClient } from './models/model-client.ts';
import type { Models } from './models/models.ts';
import { chatApp } from './server/app.ts';
import type { Log, Parts } from './server/context.ts';
import { Counters } from './server/counters.ts';
import { Rate } from './server/rate.ts';
import { chatServer, closed, listening } from './server/serve.ts';
import type { Settings } from './settings/settings.ts';
import type { Stores } from './store/open.ts';
import { storesOf } from './stores.ts';

export interface ChatOptions {
  readonly settings: Settings;
  readonly version: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 3000; 0 takes a free one. */
  readonly port?: number;
  /** Serve strangers beyond this machine without sign-in. */
  readonly allowAnonymous?: boolean;
  readonly clock?: Clock;
  readonly log?: Log;
  /** In place of those that the settings name, for tests. */
  readonly stores?: Stores;
  readonly models?: Models;
}

export interface Chat {
  readonly url: string;
  readonly parts: Parts;
  /** No new questions; answers that are being written go on for `close` to end. */
  drain(): void;
  close(): Promise<void>;
}

/** The app was started as it must not be; the message names the ways out. */
export class UsageError extends Error {}

/** @throws UsageError, StoreError, or the system's error where the port cannot be had. */
export async function startChat(options: ChatOptions): Promise<Chat> {
  const { settings, host = '127.0.0.1', port = 3000, allowAnonymous = false } = options;
  const problem = exposureProblem(host, settings.auth.how, allowAnonymous);
  if (problem !== null) throw new UsageError(problem);
  const stores = options.stores ?? (await storesOf(settings.store, (message) => options.log?.('warn', message)));
  let isReady = true;
  const parts = partsOf(options, stores, isLoopback(host), () => isReady);
  const server = chatServer(chatApp(parts, COMPATIBLE));
  const taken = await listening(server, host, port).catch(async (error: unknown) => {
    await closeParts(parts);
    throw error;
  });
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    parts,
    drain: () => {
      isReady = false;
    },
    close: async () => {
      isReady = false;
      parts.answers.stopAll();
      await closed(server);
      await closeParts(parts);
    },
  };
}

async function closeParts({ queue, documents, conversations }: Parts): Promise<void> {
  await queue.close();
  await documents.close();
  await conversations.close();
}

const SILENT: Log = () => {};
const MINUTE_MS = 60_000;
/** Tries to sign in, of one name or address, in a quarter of an hour. */
const SIGN_INS_MAX = 20;

function partsOf(options: ChatOptions, stores: Stores, isOwnMachine: boolean, isReady: () => boolean): Parts {
  const { settings, version, clock = systemClock, log = SILENT } = options;
  const { auth, limits, retrieval, models: modelSettings } = settings;
  const models = options.models ?? new ModelClient({ settings: modelSettings, clock });
  const retriever = new Retriever({ documents: stores.documents, models, settings: retrieval });
  const onFailure = ({ kind, message, detail }: { kind: string; message: string; detail: string }) =>
    log('warn', message, { kind, detail });
  const answering = { models, retriever, settings: retrieval, clock, waitMsMax: limits.waitMsMax, onFailure };
  const visitors = new Visitors(auth, isOwnMachine, clock);
  const rate = (marks: number, perMs: number) => new Rate({ marks, perMs, nowMs: () => clock.nowMs() });
  return {
    version,
    settings,
    clock,
    ...stores,
    answers: new Answers({ clock, answersMax: limits.answersMax, keptMs: limits.keptMs }),
    answerer: new Answerer(answering),
    retriever,
    queue: openIndex({ documents: stores.documents, models, limits, clock }),
    visitors,
    oidc: auth.how.kind === 'oidc' ? new OidcSignIn(auth.how, visitors.tickets, clock) : null,
    counters: new Counters(),
    rates: {
      questions: rate(limits.questionsPerMinute, MINUTE_MS),
      uploads: rate(limits.uploadsPerHour, 60 * MINUTE_MS),
      signIns: rate(SIGN_INS_MAX, 15 * MINUTE_MS),
    },
    log,
    isOwnMachine,
    isReady,
  };
}
