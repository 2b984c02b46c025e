/** The chat app put together: settings in, a server that answers out. */
import { type Clock, systemClock } from '@spillway/clock';
import { Answerer } from './answer/answerer.ts';
import { Answers } from './answer/answers.ts';
import { Retriever } from './answer/retriever.ts';
import { exposureProblem, isLoopback } from './auth/exposure.ts';
import { OidcSignIn } from './auth/oidc.ts';
import { Visitors } from './auth/visitor.ts';
import { COMPATIBLE } from './compat/compat.ts';
import { Evaluations, type Mode } from './eval/evaluations.ts';
import { ownAsker, ownRetriever } from './eval/own-asker.ts';
import type { Subject } from './eval/run.ts';
import { folderShelf, memoryShelf } from './eval/shelf.ts';
import { openIndex } from './indexing.ts';
import { Expiry } from './ingest/expiry.ts';
import { ModelClient } from './models/model-client.ts';
import type { Models } from './models/models.ts';
import { openApiRoutes } from './openapi/routes.ts';
import { chatApp } from './server/app.ts';
import type { Log, Parts } from './server/context.ts';
import { Counters } from './server/counters.ts';
import { Rate } from './server/rate.ts';
import { chatServer, closed, FLUSH_MS_MAX, flushed, listening, within } from './server/serve.ts';
import type { Settings } from './settings/settings.ts';
import type { Stores } from './store/open.ts';
import { storesOf } from './stores.ts';
import { TracedModels } from './telemetry/traced-models.ts';
import { NO_TRACING, type Tracing } from './telemetry/tracing.ts';

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
  /** Closed by who opened it. Absent: nothing is traced. */
  readonly tracing?: Tracing;
  /** In place of those that the settings name, for tests. */
  readonly stores?: Stores;
  readonly models?: Models;
}

export interface Chat {
  readonly url: string;
  readonly parts: Parts;
  /** No new questions from now on; resolves when answers under way have ended and were read, or the time for it (`drainMs`) is over. */
  drain(): Promise<void>;
  /** Ends whatever is under way. */
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
  const server = chatServer(chatApp(parts, [...COMPATIBLE, openApiRoutes]));
  const taken = await listening(server, host, port).catch(async (error: unknown) => {
    await closeParts(parts);
    throw error;
  });
  probe(parts.retriever);
  const expiry = expiryOf(parts);
  expiry?.start();
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    parts,
    drain: async () => {
      isReady = false;
      const { clock, answers, evaluations } = parts;
      // An evaluation is not waited for: whoever began it can begin it anew.
      const ended = Promise.all([evaluations.close(), answers.idle(), uploaded(parts)]);
      await within(clock, settings.limits.drainMs, ended);
      answers.stopAll();
      await flushed(server, clock);
    },
    close: async () => {
      isReady = false;
      parts.answers.stopAll();
      // What was written of them is kept first: the store closes after this.
      const ended = Promise.all([parts.evaluations.close(), parts.answers.idle()]);
      await within(parts.clock, FLUSH_MS_MAX, ended);
      await closed(server);
      await expiry?.close();
      await closeParts(parts);
    },
  };
}

/** Not waited for: questions that come before it is over are searched by words. What fails is told to those. */
function probe(retriever: Retriever): void {
  retriever.verdictSoFar().catch(() => {});
}

/** Elsewhere somebody may be called like a visitor by signing in; null: nothing is taken out. */
function expiryOf({ settings, documents: store, clock, log }: Parts): Expiry | null {
  if (settings.auth.how.kind !== 'none') return null;
  return new Expiry({
    store,
    clock,
    keptMs: settings.limits.visitorUploadsMs,
    onRemoved: (removed) => log('info', 'Files that visitors uploaded were removed: their time is over.', { removed }),
    onFailure: (reason) => log('warn', 'Files of visitors could not be looked through.', { reason }),
  });
}

/** Uploads are in memory alone; a folder is still there for the next run. */
function uploaded({ queue }: Parts): Promise<unknown> {
  const open = queue.jobs().filter(({ owner, endedMs }) => owner !== null && endedMs === null);
  return Promise.all(open.map(({ id }) => queue.ended(id)));
}

async function closeParts({ queue, documents, conversations, retriever }: Parts): Promise<void> {
  retriever.close();
  await queue.close();
  await documents.close();
  await conversations.close();
}

const SILENT: Log = () => {};
const MINUTE_MS = 60_000;
/** Tries to sign in, of one name or address, in a quarter of an hour. */
const SIGN_INS_MAX = 20;

function partsOf(options: ChatOptions, stores: Stores, isOwnMachine: boolean, isReady: () => boolean): Parts {
  const { settings, version, clock = systemClock, log = SILENT, tracing = NO_TRACING } = options;
  const { auth, limits, retrieval, evaluation } = settings;
  const models = modelsOf(options, clock);
  const onUnranked = (reason: string) => log('warn', 'Passages were not reranked.', { reason });
  const retriever = new Retriever({ documents: stores.documents, models, settings: retrieval, clock, onUnranked });
  const onFailure = ({ kind, message, detail }: { kind: string; message: string; detail: string }) =>
    log('warn', message, { kind, detail });
  const { documents } = stores;
  const answering = {
    models,
    retriever,
    documents,
    settings: retrieval,
    clock,
    waitMsMax: limits.waitMsMax,
    onFailure,
    tracing,
  };
  const answerer = new Answerer(answering);
  const visitors = new Visitors(auth, isOwnMachine, clock);
  const rate = (marks: number, perMs: number) => new Rate({ marks, perMs, nowMs: () => clock.nowMs() });
  return {
    version,
    settings,
    clock,
    ...stores,
    answers: new Answers({ clock, answersMax: limits.answersMax, keptMs: limits.keptMs }),
    answerer,
    retriever,
    queue: openIndex({ documents: stores.documents, models, limits, clock, onEnded: () => probe(retriever) }),
    evaluations: new Evaluations({
      shelf: evaluation.folder === null ? memoryShelf() : folderShelf(evaluation.folder),
      settings: evaluation,
      subjectOf: subjectsOf({ answerer, retriever, clock }),
      documents: stores.documents,
      model: settings.models.chat,
      clock,
      log,
    }),
    visitors,
    oidc: auth.how.kind === 'oidc' ? new OidcSignIn(auth.how, visitors.tickets, clock) : null,
    counters: new Counters(),
    rates: {
      questions: rate(limits.questionsPerMinute, MINUTE_MS),
      uploads: rate(limits.uploadsPerHour, 60 * MINUTE_MS),
      signIns: rate(SIGN_INS_MAX, 15 * MINUTE_MS),
    },
    log,
    tracing,
    isOwnMachine,
    isReady,
  };
}

interface Measured {
  readonly answerer: Answerer;
  readonly retriever: Retriever;
  readonly clock: Clock;
}

function subjectsOf({ answerer, retriever, clock }: Measured): (mode: Mode) => Subject {
  const asker = ownAsker({ answerer, nowMs: () => clock.nowMs() });
  return (mode) => (mode === 'answers' ? { mode, asker } : { mode, retriever: ownRetriever(retriever) });
}

function modelsOf({ settings, models, tracing }: ChatOptions, clock: Clock): Models {
  const asked = models ?? new ModelClient({ settings: settings.models, clock });
  return tracing === undefined ? asked : new TracedModels(asked, settings.models, tracing);
}
