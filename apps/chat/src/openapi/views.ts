/** What the routes below `/api` answer with, as the document tells it; the compiler holds each to the type that the route sends. */
import type { Chunk } from '@spillway/rag';
import { z } from 'zod';
import type { Job } from '../ingest/queue.ts';
import type {
  CollectionList,
  CollectionView,
  ConfigView,
  ConversationView,
  DocumentList,
  MeView,
  OwnData,
  SearchView,
  SharedSource,
  SharedTurn,
  SharedView,
  ShareView,
  TurnView,
} from '../server/api.ts';
import type { ConversationRow, DocumentRow } from '../store/store.ts';
import { answerEvent, EVENTS, mode, source } from './event-views.ts';

const texts = z.array(z.string());
const count = z.int().min(0);
const atMs = z.number().describe('Milliseconds since 1970');
const user = z.string().nullable().describe('null: nobody was signed in');

export const conversationRow = z.object({
  id: z.string(),
  user,
  title: z.string(),
  isPinned: z.boolean(),
  createdMs: atMs,
  changedMs: atMs,
}) satisfies z.ZodType<ConversationRow>;

const feedback = z.object({ liked: z.boolean(), comment: z.string().nullable() });

export const turn = z.object({
  id: z.string(),
  conversation: z.string(),
  replaces: z.string().nullable().describe('The turn that it was edited from, or asked again in place of'),
  question: z.string(),
  answer: z.string(),
  feedback: feedback.nullable(),
  createdMs: atMs,
  events: z.array(answerEvent).describe('As they were streamed, without those of type delta'),
}) satisfies z.ZodType<TurnView>;

export const conversationView = z.object({
  conversation: conversationRow,
  turns: z.array(turn),
  answering: z.string().nullable().describe('A turn whose answer is still being made'),
}) satisfies z.ZodType<ConversationView>;

export const conversationList = z.object({ conversations: z.array(conversationRow) });
export const removed = z.object({ removed: count.describe('So many') });

export const shareView = z.object({
  link: z.string(),
  url: z.string().describe('Of the page that shows it, on this app'),
  sharedMs: atMs.describe('What was said later is not read. Milliseconds since 1970'),
}) satisfies z.ZodType<ShareView>;

export const notShared = z.object({ link: z.null(), url: z.null(), sharedMs: z.null() });

export const sharedSource = source
  .extend({ isWithheld: z.boolean().describe('The reader may not see the document, or it is no more') })
  .describe('A passage that a shared answer rests on') satisfies z.ZodType<SharedSource>;

export const sharedTurn = z.object({
  id: z.string(),
  question: z.string(),
  answer: z.string(),
  createdMs: atMs,
  events: z.array(
    z.discriminatedUnion('type', [
      EVENTS.citation,
      EVENTS.check,
      EVENTS.error,
      EVENTS.sources.extend({ sources: z.array(sharedSource) }),
    ]),
  ),
}) satisfies z.ZodType<SharedTurn>;

export const sharedView = z.object({
  title: z.string(),
  sharedMs: atMs,
  turns: z.array(sharedTurn).describe('As they stand, oldest first'),
}) satisfies z.ZodType<SharedView>;

export const searchView = z.object({ mode, sources: z.array(source) }) satisfies z.ZodType<SearchView>;

export const documentRow = z.object({
  id: z.string(),
  path: z.string(),
  title: z.string(),
  category: z.string().nullable(),
  language: z.string().nullable(),
  hash: z.string().describe('Of the file and of how it was cut; changes with either'),
  mediaType: z.string(),
  bytes: count,
  pages: count.nullable(),
  chunks: count.describe('Passages'),
  owner: z.string().nullable().describe('Uploaded by; null: indexed by the operator'),
  access: z
    .object({ users: texts, groups: texts })
    .describe('Who may see it beside owner and admins; two empty lists: everybody'),
  indexedMs: atMs,
}) satisfies z.ZodType<DocumentRow>;

export const documentList = z.object({
  documents: z.array(documentRow),
  next: z.string().nullable().describe('To go on with, as after; null: that was all'),
}) satisfies z.ZodType<DocumentList>;

const collection = z
  .object({
    name: z.string().nullable().describe('null: of no collection'),
    documents: count,
    chunks: count.describe('Passages'),
    bytes: count,
    indexedMs: atMs.describe('Of the document that was indexed last. Milliseconds since 1970'),
  })
  .describe('Of the documents that you may see') satisfies z.ZodType<CollectionView>;

export const collectionList = z.object({
  collections: z.array(collection),
  isWhole: z.boolean().describe('false: there are more documents than are counted at once'),
}) satisfies z.ZodType<CollectionList>;

export const moved = z.object({ moved: count.describe('Documents that had another category') });

export const chunk = z
  .object({
    index: count,
    text: z.string(),
    headings: texts,
    pageFrom: z.int().nullable(),
    pageTo: z.int().nullable(),
    start: count.describe("Place in the document's text, UTF-16 units"),
    end: count.describe('Behind its last character'),
  })
  .describe('A passage') satisfies z.ZodType<Chunk>;

export const chunkList = z.object({ chunks: z.array(chunk) });
export const textView = z.object({ text: z.string().nullable() });

const failureCode = z.enum([
  'tooLarge',
  'unsupported',
  'damaged',
  'encrypted',
  'noText',
  'unsafe',
  'badFront',
  'timeout',
  'notTaken',
  'embedding',
  'store',
  'inside',
  'stopped',
]);
const fileFailure = z.object({ path: z.string(), code: failureCode, reason: z.string() });

export const fileOutcome = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('indexed'), path: z.string(), id: z.string(), chunks: count, notes: texts }),
    z.object({ kind: z.literal('unchanged'), path: z.string(), id: z.string() }),
    fileFailure.extend({ kind: z.literal('failed') }),
  ])
  .describe('What became of a file');

export const job = z
  .object({
    id: z.string(),
    state: z.enum(['waiting', 'running', 'done', 'failed', 'stopped']),
    progress: z.object({
      files: count.nullable().describe('null: still being counted'),
      filesDone: count,
      indexed: count,
      skipped: count.describe('Unchanged'),
      failed: count,
      ignored: count.describe('Of kinds that are not read; not among files'),
      chunks: count.describe('Passages'),
      embedded: count,
    }),
    failures: z.array(fileFailure).describe('The first ones'),
    last: fileOutcome.nullable().describe('Of the file that was done last'),
    reason: z.string().nullable().describe('Of a job that failed as a whole'),
    owner: z.string().nullable(),
    createdMs: atMs,
    endedMs: atMs.nullable(),
    retryAtMs: atMs
      .nullable()
      .describe('When the embedding model is asked again, which this job or the one before it waits for'),
  })
  .describe('Files on their way into the index') satisfies z.ZodType<Job>;

export const jobView = z.object({ job });
export const jobList = z.object({ jobs: z.array(job) });

const auth = z.enum(['none', 'password', 'oidc', 'proxy']);

export const configView = z.object({
  version: z.string(),
  auth,
  signInUrl: z.string().nullable(),
  title: z.string(),
  examples: texts,
  retrieval: z.object({ mode, why: z.string(), isProbing: z.boolean() }),
  mayUpload: z.boolean(),
  uploadBytesMax: count,
  uploadTypes: texts.describe('Endings of names'),
  speechInput: z.boolean(),
  speechOutput: z.boolean(),
  languagePicker: z.boolean(),
  defaults: z.object({
    top: count,
    followups: z.boolean(),
    rerank: z.boolean().describe('Passages are reranked, unless a question says otherwise; false: the app cannot'),
  }),
}) satisfies z.ZodType<ConfigView>;

export const meView = z.object({
  user,
  groups: texts,
  isAdmin: z.boolean(),
  auth,
}) satisfies z.ZodType<MeView>;

export const ownData = z.object({
  conversations: count,
  questions: count.describe('Asked in them, edited ones among them'),
  rated: count.describe('Questions whose answer has feedback'),
  shared: count.describe('Conversations that can be read by a link'),
  documents: count.describe('Uploaded by you'),
  documentBytes: count,
}) satisfies z.ZodType<OwnData>;

export const ownExport = z.object({
  user,
  exportedMs: atMs,
  conversations: z.array(conversationView),
  isWhole: z.boolean().describe('false: there are more conversations than go into one file'),
  documents: z.array(documentRow).describe('Uploaded by you; the files themselves are below /content'),
});

export const health = z.object({ status: z.literal('ok') });
export const readiness = z.object({ status: z.literal('ok'), documents: count, chunks: count });
export const unready = z.object({ status: z.enum(['draining', 'storeDown']) });
