/** The events of an answer as the document tells them. The compiler holds each to its type in events.ts, and finds one that is missing. */
import { z } from 'zod';
import {
  type AnswerEvent,
  type AnswerEventBody,
  type CallParameters,
  FAILURE_KINDS,
  type GatewayEvent,
  MODEL_CALLS,
  type PassageScores,
  RERANKED,
  RETRIEVAL_MODES,
  type SourceEvent,
  type StepAbout,
  type ToldMessage,
} from '../events.ts';

const texts = z.array(z.string());
const milliseconds = z.number().describe('Milliseconds since 1970');
export const mode = z.enum(RETRIEVAL_MODES).describe('How passages were searched for in the end');
const place = z.int().min(0).describe('UTF-16 units, from 0');

export const source = z
  .object({
    label: z.string().describe('As cited: S1'),
    documentId: z.string(),
    chunkId: z.string(),
    path: z.string(),
    title: z.string(),
    headings: texts.describe('Path of headings above the passage'),
    pageFrom: z.int().nullable(),
    pageTo: z.int().nullable(),
    start: place.describe("Place in the document's text, UTF-16 units"),
    end: place.describe('Behind its last character'),
    text: z.string(),
  })
  .describe('A passage that was found') satisfies z.ZodType<SourceEvent>;

export const gateway = z
  .object({
    requestId: z.string().nullable(),
    deployment: z.string().nullable(),
    attempts: z.int().nullable(),
    decision: z.string().nullable().describe('The header x-spillway-decision, JSON as text'),
    waitedMs: z.number().nullable().describe('Milliseconds'),
  })
  .describe("Of the gateway's headers; null where another gateway answered") satisfies z.ZodType<GatewayEvent>;

const failureKind = z.enum(FAILURE_KINDS);

type Abouts = {
  readonly [kind in StepAbout['kind']]: z.ZodObject & z.ZodType<Extract<StepAbout, { kind: kind }>>;
};

const scores = z
  .object({
    label: z.string(),
    words: z.number().nullable().describe('null: not among those that words found'),
    vectors: z.number().nullable(),
    ranker: z.number().exactOptional().describe('Of what put passages in order; absent: nothing did'),
    fused: z.number().describe('What it is ranked by in the end'),
  })
  .describe('Of a passage; larger is better, within its own ranking alone') satisfies z.ZodType<PassageScores>;

const toldMessage = z.object({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string(),
  cut: z.int().describe('So much of its end was sent, too, and is not told. UTF-16 units'),
}) satisfies z.ZodType<ToldMessage>;

const parameters = z.object({
  model: z.string(),
  temperature: z.number().nullable(),
  tokensMax: z.int(),
  reasoningEffort: z.string().nullable(),
  seed: z.int().nullable(),
}) satisfies z.ZodType<CallParameters>;

const ABOUTS = {
  scope: z
    .object({
      kind: z.literal('scope'),
      documents: z.array(z.object({ id: z.string(), title: z.string().nullable() })),
      category: z.string().nullable(),
      without: z.string().nullable(),
    })
    .describe('What alone was asked'),
  queries: z.object({ kind: z.literal('queries'), queries: texts, failed: failureKind.nullable() }),
  search: z.object({
    kind: z.literal('search'),
    queries: texts,
    mode,
    passages: z.int(),
    withoutVectors: failureKind.nullable().describe('Why meaning was wanted and not searched'),
    isProbing: z.boolean().exactOptional().describe('How the index is searched best is being found out'),
    reranked: z
      .enum(RERANKED)
      .exactOptional()
      .describe('What put the passages in order; absent: nothing was to, or a step tells it'),
    scores: z.array(scores).exactOptional(),
  }),
  rerank: z
    .object({ kind: z.literal('rerank'), passages: z.int(), failed: failureKind.nullable() })
    .describe('The chat model put passages in order, or why it did not'),
  prompt: z
    .object({
      kind: z.literal('prompt'),
      call: z.enum(MODEL_CALLS),
      messages: z.array(toldMessage),
      leftOut: z.int().describe('Messages that were sent and are not told'),
      parameters,
    })
    .describe('What a model was told'),
  shortened: z.object({ kind: z.literal('shortened'), kept: z.int(), of: z.int() }),
  cut: z.object({ kind: z.literal('cut') }),
  invented: z.object({ kind: z.literal('invented'), labels: texts }),
  check: z.object({ kind: z.literal('check'), unsupported: z.int().describe('Sentences') }),
} satisfies Abouts;

export const about = z
  .discriminatedUnion('kind', [
    ABOUTS.scope,
    ABOUTS.queries,
    ABOUTS.search,
    ABOUTS.rerank,
    ABOUTS.prompt,
    ABOUTS.shortened,
    ABOUTS.cut,
    ABOUTS.invented,
    ABOUTS.check,
  ])
  .describe('A step in figures, for pages in other languages') satisfies z.ZodType<StepAbout>;

const id = { id: z.int().min(1).describe('Grows by the event; go on behind the last one you have') };

type Each = {
  readonly [type in AnswerEventBody['type']]: z.ZodObject & z.ZodType<Extract<AnswerEvent, { type: type }>>;
};

export const EVENTS = {
  begun: z
    .object({
      type: z.literal('begun'),
      turnId: z.string(),
      conversationId: z.string(),
      question: z.string().exactOptional(),
      ...id,
    })
    .describe('The first one'),
  phase: z.object({
    type: z.literal('phase'),
    phase: z.enum(['planning', 'searching', 'answering', 'checking']),
    ...id,
  }),
  step: z
    .object({
      type: z.literal('step'),
      title: z.string(),
      text: z.string(),
      ms: z.number().describe('Milliseconds, to a tenth'),
      about: about.exactOptional(),
      ...id,
    })
    .describe('What went in and out of a step, in English'),
  sources: z.object({ type: z.literal('sources'), sources: z.array(source), mode, ...id }),
  delta: z.object({ type: z.literal('delta'), text: z.string(), ...id }).describe('The next piece of the answer'),
  citation: z.object({
    type: z.literal('citation'),
    label: z.string().describe('Of one of the sources'),
    at: place.describe("Place in the answer's text so far, UTF-16 units"),
    ...id,
  }),
  followups: z.object({ type: z.literal('followups'), questions: texts, ...id }),
  gateway: z.object({ type: z.literal('gateway'), step: z.enum([...MODEL_CALLS, 'embed']), gateway, ...id }),
  usage: z.object({
    type: z.literal('usage'),
    promptTokens: z.int().nullable(),
    completionTokens: z.int().nullable(),
    ...id,
  }),
  check: z
    .object({ type: z.literal('check'), unsupported: z.array(z.object({ start: place, end: place })), ...id })
    .describe('Sentences without support in what they cite'),
  waiting: z
    .object({ type: z.literal('waiting'), retryAtMs: milliseconds, ...id })
    .describe('Every deployment is out of quota: tried once more then'),
  error: z
    .object({
      type: z.literal('error'),
      kind: failureKind,
      message: z.string(),
      retryAfterMs: z.number().nullable().describe('Milliseconds'),
      ...id,
    })
    .describe('What was found and written before it stays'),
  done: z
    .object({ type: z.literal('done'), turnId: z.string(), conversationId: z.string(), ...id })
    .describe('The last'),
} satisfies Each;

const { begun, phase, step, sources, delta, citation, followups, usage, check, waiting, error, done } = EVENTS;

export const answerEvent = z
  .discriminatedUnion('type', [
    begun,
    phase,
    step,
    sources,
    delta,
    citation,
    followups,
    EVENTS.gateway,
    usage,
    check,
    waiting,
    error,
    done,
  ])
  .describe('One line of an answer; programs pass over types they do not know') satisfies z.ZodType<AnswerEvent>;
