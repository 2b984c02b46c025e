/** What the routes work with, put together in main.ts. */
import type { Clock } from '@spillway/clock';
import type { Context as HonoContext } from 'hono';
import type { Answerer } from '../answer/answerer.ts';
import type { Answers } from '../answer/answers.ts';
import type { Retriever } from '../answer/retriever.ts';
import type { OidcSignIn } from '../auth/oidc.ts';
import type { Visitors } from '../auth/visitor.ts';
import type { Evaluations } from '../eval/evaluations.ts';
import type { IngestQueue } from '../ingest/queue.ts';
import type { Settings } from '../settings/settings.ts';
import type { ConversationStore, DocumentStore, Reader } from '../store/store.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import type { Counters } from './counters.ts';
import type { Rate } from './rate.ts';

export type Log = (
  level: 'info' | 'warn' | 'error',
  message: string,
  facts?: Readonly<Record<string, unknown>>,
) => void;

export interface Parts {
  readonly version: string;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly documents: DocumentStore;
  readonly conversations: ConversationStore;
  readonly answers: Answers;
  readonly answerer: Answerer;
  readonly retriever: Retriever;
  /** Fills the index. */
  readonly queue: IngestQueue;
  /** Measures answers and search, for admins. */
  readonly evaluations: Evaluations;
  readonly visitors: Visitors;
  /** null where nobody signs in that way. */
  readonly oidc: OidcSignIn | null;
  readonly counters: Counters;
  readonly rates: { readonly questions: Rate; readonly uploads: Rate; readonly signIns: Rate };
  readonly log: Log;
  readonly tracing: Tracing;
  /** Listens on loopback: asked by another name, it refuses. */
  readonly isOwnMachine: boolean;
  /** Whether new questions are taken. */
  readonly isReady: () => boolean;
}

export interface Env {
  Variables: {
    reader: Reader;
    /** Of the connection: a proxy's, where there is one. */
    address: string;
    /** Of who asks, as far as a proxy that is named tells it: what is counted for those without a name. */
    client: string;
  };
}
export type Ctx = HonoContext<Env>;
