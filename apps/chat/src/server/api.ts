/**
 * What the page and programs may ask of the server, and what they get: the routes below `/api`. Requests are parsed here, once; an
 * answer is a type of this file, or of the store. Every refusal is a {@link Refusal}.
 *
 *     POST   /api/chat                          ChatRequest → NDJSON of AnswerEvent, the first one is `begun`
 *     GET    /api/chat/:turnId/stream?after=n   the same stream behind event n, while it is kept; 404 after that
 *     POST   /api/chat/:turnId/stop             204
 *     GET    /api/conversations?search&limit    { conversations: ConversationRow[] }
 *     GET    /api/conversations/:id             ConversationView
 *     PATCH  /api/conversations/:id             ConversationChange → 204
 *     DELETE /api/conversations/:id             204
 *     DELETE /api/conversations                 { removed }
 *     GET    /api/conversations/:id/export?format=markdown|json
 *     GET    /api/conversations/:id/share       ShareView, with null in each field where it is not shared
 *     POST   /api/conversations/:id/share       ShareView: what was said so far can be read by the link
 *     DELETE /api/conversations/:id/share       204: the link leads nowhere
 *     GET    /api/shared/:link                  SharedView, for every user of the app
 *     POST   /api/feedback                      FeedbackRequest → 204
 *     POST   /api/search                        SearchRequest → SearchView
 *     GET    /api/documents?after&limit&search&category   DocumentList, by path; `category=` (empty): of no collection
 *     PATCH  /api/documents                     { documents, category } → { moved }
 *     POST   /api/documents                     multipart: file, category?, groups?, users? → 202 { job }
 *     GET    /api/documents/:id                 DocumentRow
 *     GET    /api/documents/:id/chunks          { chunks: Chunk[] }
 *     GET    /api/documents/:id/text            { text }
 *     DELETE /api/documents/:id                 204
 *     POST   /api/documents/:id/reindex         202 { job }: anew from the file that is kept
 *     DELETE /api/documents                     { removed }, for admins
 *     GET    /api/collections                   CollectionList: categories with their figures
 *     PATCH  /api/collections/:name             { name } → { moved }, for admins
 *     DELETE /api/collections/:name             { removed }, for admins
 *     GET    /api/jobs, /api/jobs/:id           { jobs }, { job }: Job of ingest/queue.ts
 *     GET    /api/evaluations                   EvaluationsView; this and the following for admins
 *     POST   /api/evaluations                   EvaluationRequest → 202 { running }
 *     POST   /api/evaluations/:id/stop          204: the run under way ends, and nothing of it is kept
 *     GET    /api/evaluations/:id               EvaluationView
 *     DELETE /api/evaluations/:id               204
 *     GET    /api/evaluations/:id/diff/:other   EvaluationDiff: what changed from the other one to this
 *     GET    /api/config                        ConfigView; open to everybody, since the sign-in page needs it
 *     GET    /api/me                            MeView, or 401
 *     GET    /api/me/data                       OwnData: what the app keeps of whoever asks
 *     GET    /api/me/export                     the same as a file, for the user to keep
 *     POST   /api/sign-in                       SignInRequest → MeView
 *     POST   /api/sign-out                      204
 *     GET    /content/<path of the document>    the file as it was
 */
import { z } from 'zod';
import { type AnswerEvent, RETRIEVAL_MODES, type RetrievalMode, type SourceEvent } from '../events.ts';
import { REASONING_EFFORTS } from '../settings/reasoning-effort.ts';
import type { ConversationCounts, ConversationRow, DocumentRow, TurnRow } from '../store/store.ts';

/** UTF-16 units. */
export const QUESTION_CHARS_MAX = 8_000;
const TITLE_CHARS_MAX = 200;
const COMMENT_CHARS_MAX = 2_000;
const ID_CHARS_MAX = 100;
export const CATEGORY_CHARS_MAX = 300;
/** UTF-16 units, as stores take them. */
const PATH_CHARS_MAX = 1_000;
const PROMPT_CHARS_MAX = 8_000;
/** Of a list, in one answer. */
const LISTED_MAX = 200;
export const TOP_MAX = 20;
const RERANK_SCORE_MAX = 4;

const id = z.string().min(1).max(ID_CHARS_MAX);

/** What a developer may set for one question; absent: as the settings say. */
export const overrides = z.strictObject({
  /** Passages that the answer is made from. */
  top: z.number().int().min(1).max(TOP_MAX).optional(),
  retrievalMode: z.enum(RETRIEVAL_MODES).optional(),
  /** Whether passages are reranked, where the app can. */
  rerank: z.boolean().optional(),
  /** Passages that the search service's ranker gives less are left out; it gives 0 to 4. */
  rerankScoreMin: z.number().min(0).max(RERANK_SCORE_MAX).optional(),
  temperature: z.number().min(0).max(2).optional(),
  seed: z.number().int().optional(),
  reasoningEffort: z.enum(REASONING_EFFORTS).optional(),
  includeCategory: z.string().min(1).max(CATEGORY_CHARS_MAX).optional(),
  excludeCategory: z.string().min(1).max(CATEGORY_CHARS_MAX).optional(),
  /** Ids; only these are searched. */
  documents: z.array(id).min(1).max(LISTED_MAX).optional(),
  /** In place of the system prompt; behind `>>>` it is added to it. */
  promptTemplate: z.string().max(PROMPT_CHARS_MAX).optional(),
  followups: z.boolean().optional(),
});
export type Overrides = z.infer<typeof overrides>;

export const chatRequest = z.strictObject({
  question: z.string().trim().min(1).max(QUESTION_CHARS_MAX),
  /** Absent or null: a new one. */
  conversationId: id.nullish(),
  /** The turn that this one takes the place of: edited, or asked again. */
  replaces: id.nullish(),
  /** `ask`: the question stands alone, and no query is planned. */
  mode: z.enum(['chat', 'ask']).default('chat'),
  overrides: overrides.default({}),
});
export type ChatRequest = z.infer<typeof chatRequest>;

export const conversationChange = z
  .strictObject({ title: z.string().trim().min(1).max(TITLE_CHARS_MAX), isPinned: z.boolean() })
  .partial();

export const feedbackRequest = z.strictObject({
  turnId: id,
  /** null takes the feedback back. */
  liked: z.boolean().nullable(),
  comment: z.string().max(COMMENT_CHARS_MAX).nullish(),
});

export const searchRequest = z.strictObject({
  query: z.string().trim().min(1).max(QUESTION_CHARS_MAX),
  overrides: overrides.default({}),
});

export const signInRequest = z.strictObject({
  user: z.string().trim().min(1).max(TITLE_CHARS_MAX),
  password: z.string().min(1).max(1_000),
});

export const listQuery = z.object({
  search: z.string().trim().max(TITLE_CHARS_MAX).optional(),
  limit: z.coerce.number().int().min(1).max(LISTED_MAX).default(100),
});

export const documentsQuery = listQuery.extend({
  /** The path of the last one that is known: `next` of the answer before. */
  after: z.string().min(1).max(PATH_CHARS_MAX).optional(),
  /** Empty: those of no collection. */
  category: z.string().max(CATEGORY_CHARS_MAX).optional(),
});

const category = z.string().trim().min(1).max(CATEGORY_CHARS_MAX);
export const documentsMove = z.strictObject({
  documents: z.array(id).min(1).max(LISTED_MAX),
  /** null: into no collection. */
  category: category.nullable(),
});
/** Where one of the new name is there, both become one. */
export const collectionChange = z.strictObject({ name: category });

export const streamQuery = z.object({ after: z.coerce.number().int().min(0).default(0) });
export const exportQuery = z.object({ format: z.enum(['markdown', 'json']).default('markdown') });

export interface ConversationView {
  readonly conversation: ConversationRow;
  readonly turns: readonly TurnView[];
  /** A turn whose answer is still being made: its stream can be gone on with. */
  readonly answering: string | null;
}

export interface TurnView extends Omit<TurnRow, 'details'> {
  /** As they were streamed, without `delta`. */
  readonly events: readonly AnswerEvent[];
}

export interface ShareView {
  readonly link: string;
  /** Of the page that shows it, on this app: `/shared/<link>`. */
  readonly url: string;
  /** What was said later is not read; sharing again moves this. */
  readonly sharedMs: number;
}

export interface SharedView {
  readonly title: string;
  readonly sharedMs: number;
  /** As they stand: without those that were edited or asked again. Oldest first. */
  readonly turns: readonly SharedTurn[];
}

export interface SharedTurn extends Pick<TurnRow, 'id' | 'question' | 'answer' | 'createdMs'> {
  readonly events: readonly (
    | Extract<AnswerEvent, { type: 'citation' | 'check' | 'error' }>
    | (Omit<Extract<AnswerEvent, { type: 'sources' }>, 'sources'> & { readonly sources: readonly SharedSource[] })
  )[];
}

/** Withheld where the reader may not see the document, or it is no more: then label and title alone are filled. */
export interface SharedSource extends SourceEvent {
  readonly isWithheld: boolean;
}

export interface DocumentList {
  readonly documents: readonly DocumentRow[];
  /** To go on with, as `after`; null: that was all. */
  readonly next: string | null;
}

/** Of the documents that the reader may see. */
export interface CollectionView {
  /** null: of no collection. */
  readonly name: string | null;
  readonly documents: number;
  readonly chunks: number;
  readonly bytes: number;
  /** Of the one that was indexed last. */
  readonly indexedMs: number;
}

export interface CollectionList {
  readonly collections: readonly CollectionView[];
  /** false: there are more documents than are counted at once; the figures are of the first ones by path. */
  readonly isWhole: boolean;
}

export interface SearchView {
  /** How it was searched in the end. */
  readonly mode: RetrievalMode;
  readonly sources: readonly SourceEvent[];
}

export interface MeView {
  readonly user: string | null;
  readonly groups: readonly string[];
  readonly isAdmin: boolean;
  readonly auth: AuthKind;
}

/** What the app keeps of a user. */
export interface OwnData extends ConversationCounts {
  /** Uploaded by the user. */
  readonly documents: number;
  readonly documentBytes: number;
}

export type AuthKind = 'none' | 'password' | 'oidc' | 'proxy';

/** Nothing secret: it is served before anybody signs in. */
export interface ConfigView {
  readonly version: string;
  readonly auth: AuthKind;
  /** Where a browser goes to sign in with OIDC; null where it does not. */
  readonly signInUrl: string | null;
  readonly title: string;
  readonly examples: readonly string[];
  /** What the index can do: `text` where vectors do not help. To admins `why` tells what was measured, and which setting changes it. */
  readonly retrieval: {
    readonly mode: RetrievalMode;
    readonly why: string;
    /** It is being found out: ask again in a moment. */
    readonly isProbing: boolean;
  };
  /** Whoever asks this; before sign-in whether anybody may beside admins. */
  readonly mayUpload: boolean;
  readonly uploadBytesMax: number;
  /** Endings of names: `.pdf`. */
  readonly uploadTypes: readonly string[];
  readonly speechInput: boolean;
  readonly speechOutput: boolean;
  readonly languagePicker: boolean;
  /** `rerank`: passages are put in order by reading them, unless a question says otherwise; false: the app cannot. */
  readonly defaults: { readonly top: number; readonly followups: boolean; readonly rerank: boolean };
}

/** Why something is refused. Stable: programs go by it, and the page says it in its own language. */
export type RefusalCode =
  | 'badName'
  | 'badRequest'
  | 'busy'
  | 'conversationFull'
  | 'draining'
  | 'evaluating'
  | 'foreignHost'
  | 'foreignOrigin'
  | 'internal'
  | 'nameTaken'
  | 'noAnswer'
  | 'noCollection'
  | 'noConversation'
  | 'noDocument'
  | 'noFile'
  | 'noJob'
  | 'noLength'
  | 'noLink'
  | 'noPasswords'
  | 'noQuestions'
  | 'noRoute'
  | 'noRun'
  | 'noTurn'
  | 'noUploads'
  | 'notAllowed'
  | 'notIndexed'
  | 'notJson'
  | 'notShared'
  | 'notSignedIn'
  | 'notYours'
  | 'otherMode'
  | 'queueFull'
  | 'tooLarge'
  | 'tooManyQuestions'
  | 'tooManyTries'
  | 'tooManyUploads'
  | 'wrongPassword';

/** The body of every answer that is not 2xx. */
export interface Refusal {
  readonly error: {
    readonly code: RefusalCode;
    /** For a person: what is wrong, and the way out. */
    readonly message: string;
    readonly retryAfterMs?: number;
  };
}
