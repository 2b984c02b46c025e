/** The shapes of the API by their names, as JSON Schema: made from what requests are checked with, and from what answers are held to. */
import { z } from 'zod';
import { completionRequest } from '../compat/openai.ts';
import { sampleRequest } from '../compat/request.ts';
import { evaluationRequest } from '../eval/evaluations.ts';
import {
  chatRequest,
  collectionChange,
  conversationChange,
  documentsMove,
  feedbackRequest,
  overrides,
  searchRequest,
  signInRequest,
} from '../server/api.ts';
import * as evaluation from './evaluation-views.ts';
import { about, answerEvent, gateway, source } from './event-views.ts';
import * as others from './other-views.ts';
import { refusal } from './refusals.ts';
import { indexForm, uploadForm } from './requests.ts';
import * as views from './views.ts';

const REQUESTS = {
  ChatRequest: chatRequest,
  CompletionRequest: completionRequest,
  CollectionChange: collectionChange,
  ConversationChange: conversationChange,
  DocumentsMove: documentsMove,
  EvaluationRequest: evaluationRequest,
  FeedbackRequest: feedbackRequest,
  IndexForm: indexForm,
  McpMessage: others.mcpMessage,
  Overrides: overrides,
  SampleRequest: sampleRequest,
  SearchRequest: searchRequest,
  SignInRequest: signInRequest,
  UploadForm: uploadForm,
};

const ANSWERS = {
  AnswerEvent: answerEvent,
  Chunk: views.chunk,
  ChunkList: views.chunkList,
  CollectionList: views.collectionList,
  Completion: others.completion,
  CompletionChunk: others.completionChunk,
  ConfigView: views.configView,
  ConversationList: views.conversationList,
  ConversationRow: views.conversationRow,
  ConversationView: views.conversationView,
  DocumentList: views.documentList,
  DocumentRow: views.documentRow,
  EvaluationDiff: evaluation.evaluationDiff,
  EvaluationOutcome: evaluation.evaluationOutcome,
  EvaluationRun: evaluation.evaluationRun,
  EvaluationsView: evaluation.evaluationsView,
  EvaluationStarted: evaluation.evaluationStarted,
  EvaluationView: evaluation.evaluationView,
  FileOutcome: views.fileOutcome,
  Gateway: gateway,
  Health: views.health,
  Job: views.job,
  JobList: views.jobList,
  JobView: views.jobView,
  McpAnswer: others.mcpAnswer,
  MeView: views.meView,
  ModelList: others.modelList,
  Moved: views.moved,
  NotShared: views.notShared,
  OpenAiError: others.openAiError,
  OwnData: views.ownData,
  OwnExport: views.ownExport,
  Readiness: views.readiness,
  Refusal: refusal,
  Removed: views.removed,
  SampleAnswer: others.sampleAnswer,
  SampleError: others.sampleError,
  SampleLine: others.sampleLine,
  SampleSettings: others.sampleSettings,
  SampleSignIn: others.sampleSignIn,
  SearchView: views.searchView,
  SharedSource: views.sharedSource,
  SharedTurn: views.sharedTurn,
  SharedView: views.sharedView,
  ShareView: views.shareView,
  Source: source,
  StepAbout: about,
  TextView: views.textView,
  Turn: views.turn,
  Unready: views.unready,
};

export type RequestName = keyof typeof REQUESTS;
export type AnswerName = keyof typeof ANSWERS;
export type JsonSchema = z.core.JSONSchema.BaseSchema;

export function pathOfSchema(name: string): string {
  return `#/components/schemas/${name}`;
}

/** By name, in the order of names. */
export function schemas(): Readonly<Record<string, JsonSchema>> {
  const all = [...named(REQUESTS, 'input'), ...named(ANSWERS, 'output')];
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function named(
  types: Readonly<Record<string, z.ZodType>>,
  io: 'input' | 'output',
): readonly (readonly [name: string, schema: JsonSchema])[] {
  const registry = z.registry<{ id: string }>();
  for (const [id, type] of Object.entries(types)) registry.add(type, { id });
  const made = z.toJSONSchema(registry, { io, uri: pathOfSchema, unrepresentable: 'any', override: opened(io) });
  return Object.entries(made.schemas).map(([name, { $schema: _, $id: __, ...schema }]) => [name, schema]);
}

/**
 * Fields may be added to answers without notice: a program that holds them to this document is not to break then. Bounds of what a
 * number of JavaScript holds say nothing.
 */
function opened(io: 'input' | 'output'): (context: { readonly jsonSchema: JsonSchema }) => void {
  return ({ jsonSchema }) => {
    if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  };
}
