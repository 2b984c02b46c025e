/** What the routes answer with that other front ends and programs know: the samples' dialects, OpenAI's API, MCP. */
import { z } from 'zod';

const texts = z.array(z.string());
const assistant = z.literal('assistant');
const state = z.unknown().describe('As it was sent');
const index = z.literal(0);
const record = z.record(z.string(), z.unknown());

const context = z.object({
  data_points: z.object({
    text: texts.describe('Passages, each behind its path and page'),
    images: z.array(z.never()),
    citations: texts,
  }),
  thoughts: z
    .array(
      z.object({
        title: z.string(),
        description: z.union([z.string(), z.array(record)]).describe('A text, or rows'),
        props: record,
      }),
    )
    .describe('Steps, and which back end answered'),
  followup_questions: texts.optional(),
});

/** Of the JavaScript sample: as HTML, escaped. */
const jsContext = z.object({ data_points: z.object({ text: texts }), thoughts: z.string() });

const message = z.object({ role: assistant, content: z.string() });
const jsMessage = message.extend({ context: jsContext });

export const sampleAnswer = z
  .union([
    z.object({ message, context, session_state: state }).describe('python'),
    z.object({ message, context, sessionState: state }).describe('protocol'),
    z.object({ output_text: z.string(), context, session_state: state }).describe('responses'),
    z
      .object({
        choices: z.array(z.object({ index, message: jsMessage })),
        object: z.literal('chat.completion'),
      })
      .describe('js'),
  ])
  .describe('One of four dialects: as the header x-chat-dialect says, else the shape of the request, else a setting');

const delta = z.object({ role: assistant, content: z.string().optional() });
const withState = { delta, context };
/** In a stream and in place of it. */
const plainError = z.object({ error: z.string() }).describe('python, responses');
const protocolError = z.object({ error: z.string(), code: z.string(), message: z.string() }).describe('protocol');
const jsError = z
  .object({ statusCode: z.int(), code: z.string(), error: z.string(), message: z.string() })
  .describe('js');

const jsLine = z
  .object({
    choices: z.array(
      z.object({
        index,
        delta: z.object({ role: assistant.optional(), content: z.string(), context: jsContext.optional() }),
        finish_reason: z.string().nullable(),
      }),
    ),
    object: z.literal('chat.completion.chunk'),
  })
  .describe('js');

export const sampleLine = z
  .union([
    z.object({ ...withState, session_state: state }).describe('python: first and last'),
    z.object({ ...withState, sessionState: state }).describe('protocol: first and last'),
    z.object({ delta }).describe('python, protocol: a piece of the text'),
    z
      .object({ type: z.literal('response.context'), context, session_state: state })
      .describe('responses: first and last'),
    z.object({ type: z.literal('response.output_text.delta'), delta: z.string() }).describe('responses'),
    jsLine,
    plainError,
    protocolError,
    z.object({ error: jsError }).describe('js'),
  ])
  .describe('One line of a stream');

export const sampleError = z.union([plainError, protocolError, jsError]).describe('In the shape of the dialect');

export const sampleSettings = z
  .record(z.string(), z.union([z.boolean(), z.string()]))
  .describe("What the Python sample's page may show");

export const sampleSignIn = z
  .record(z.string(), z.unknown())
  .describe("Tells the Python sample's page that nobody signs in by it");

export const modelList = z.object({
  object: z.literal('list'),
  data: z.array(
    z.object({ id: z.string(), object: z.literal('model'), created: z.int(), owned_by: z.literal('spillway') }),
  ),
});

const base = { id: z.string(), created: z.int().describe('Seconds since 1970'), model: z.literal('documents') };

export const completion = z.object({
  ...base,
  object: z.literal('chat.completion'),
  choices: z.array(
    z.object({
      index,
      message: z.object({ role: assistant, content: z.string(), refusal: z.null() }),
      logprobs: z.null(),
      finish_reason: z.enum(['stop', 'length', 'content_filter']),
    }),
  ),
  usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() }),
  citations: texts.describe('Paths of what the text cites, with the page'),
});

const openAiErrorBody = z.object({
  code: z.string(),
  message: z.string(),
  type: z.literal('invalid_request_error'),
  param: z.null(),
});
export const openAiError = z.object({ error: openAiErrorBody });

const completionDelta = z.object({
  ...base,
  object: z.literal('chat.completion.chunk'),
  choices: z.array(
    z.object({
      index,
      delta: z.object({ role: assistant.optional(), content: z.string().optional() }),
      logprobs: z.null(),
      finish_reason: z.enum(['stop', 'length', 'content_filter']).nullable(),
    }),
  ),
});

export const completionChunk = z
  .union([completionDelta, openAiError])
  .describe('What follows `data: `; `[DONE]` is the last');

const rpcId = z.union([z.string(), z.number(), z.null()]);

export const mcpMessage = z
  .object({
    jsonrpc: z.literal('2.0'),
    id: rpcId.optional().describe('Absent: a notification'),
    method: z.string().optional().describe('initialize, tools/list, tools/call'),
    params: record.optional(),
  })
  .describe('A message of the Model Context Protocol; tools are search_documents and read_document');

export const mcpAnswer = z.union([
  z.object({ jsonrpc: z.literal('2.0'), id: rpcId, result: record }),
  z.object({
    jsonrpc: z.literal('2.0'),
    id: rpcId,
    error: z.object({ code: z.int(), message: z.string(), data: z.unknown().optional() }),
  }),
]);
