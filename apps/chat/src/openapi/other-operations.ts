/** Routes that other front ends and programs know, and those of whoever runs the app. */
import { DIALECTS } from '../settings/settings.ts';
import { type Answer, JSON_TYPE, json, NOTHING, type Operation } from './operation.ts';

const DIALECT = {
  headers: [{ name: 'x-chat-dialect', says: 'Whose dialect; else by shape', values: DIALECTS }],
  body: { type: JSON_TYPE, schema: 'SampleRequest' },
  refusals: ['tooManyQuestions', 'busy', 'draining'],
} as const;

const LINES = { type: 'application/x-ndjson', schema: ['SampleLine'] } as const;
const LINES_OF_OTHERS = [
  LINES,
  { ...LINES, type: 'application/jsonl' },
  { ...LINES, type: 'application/json-lines' },
] as const;
/** Where no model answered: 400 filtered or too long, 429, 503 not there, 504 too late. */
const FAILED: readonly Answer[] = [400, 429, 500, 503, 504].map((status) => ({
  status,
  says: 'No answer came of it, or the request is refused',
  bodies: [{ type: JSON_TYPE, schema: ['SampleError', 'Refusal'] }],
}));

const SAMPLES: readonly Operation[] = [
  {
    method: 'post',
    path: '/chat',
    group: 'samples',
    summary: 'Ask within a conversation; whole, or streamed with `stream`',
    ...DIALECT,
    answers: [
      {
        status: 200,
        says: 'The answer, or with `stream` a line for each piece of it',
        bodies: [{ type: JSON_TYPE, schema: ['SampleAnswer'] }, ...LINES_OF_OTHERS],
      },
      ...FAILED,
    ],
  },
  {
    method: 'post',
    path: '/chat/stream',
    group: 'samples',
    summary: 'Ask within a conversation; streamed',
    ...DIALECT,
    answers: [{ status: 200, says: 'A line for each piece of the answer', bodies: LINES_OF_OTHERS }, ...FAILED],
  },
  {
    method: 'post',
    path: '/ask',
    group: 'samples',
    summary: 'Ask a question that stands alone',
    ...DIALECT,
    answers: [json('SampleAnswer'), ...FAILED],
  },
  {
    method: 'get',
    path: '/config',
    group: 'samples',
    summary: 'What the page of the Python sample shows',
    access: 'open',
    answers: [json('SampleSettings')],
  },
  {
    method: 'get',
    path: '/auth_setup',
    group: 'samples',
    summary: 'How the page of the Python sample signs in: not at all',
    access: 'open',
    answers: [json('SampleSignIn')],
  },
  {
    method: 'post',
    path: '/indexes',
    group: 'samples',
    summary: 'Make an index: there is one already',
    access: 'admins',
    answers: [NOTHING],
    refusals: ['notAllowed', 'draining'],
  },
  {
    method: 'delete',
    path: '/indexes/{name}',
    group: 'samples',
    summary: 'Remove all documents',
    access: 'admins',
    answers: [NOTHING],
    refusals: ['notAllowed'],
  },
  {
    method: 'post',
    path: '/indexes/{name}/files',
    group: 'samples',
    summary: 'Put a document in',
    access: 'admins',
    body: { type: 'multipart/form-data', schema: 'IndexForm' },
    answers: [
      { status: 202, says: 'Taken', bodies: [] },
      { ...NOTHING, says: 'Indexed, where `wait` is true' },
    ],
    refusals: ['noFile', 'badRequest', 'notAllowed', 'tooLarge', 'notIndexed', 'queueFull', 'draining'],
  },
  {
    method: 'delete',
    path: '/indexes/{name}/files/{filename}',
    group: 'samples',
    summary: 'Remove a document',
    access: 'admins',
    answers: [NOTHING],
    refusals: ['noDocument', 'notAllowed'],
  },
];

/** Source: MCP 2025-06-18, "Streamable HTTP". */
const NO_STREAM: Answer = { status: 405, says: 'There are no sessions, so nothing to listen to or end', bodies: [] };

const PROGRAMS: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/models',
    group: 'programs',
    summary: 'The one model there is: documents',
    answers: [json('ModelList')],
  },
  {
    method: 'post',
    path: '/v1/chat/completions',
    group: 'programs',
    summary: "OpenAI's API with the model `documents`",
    body: { type: JSON_TYPE, schema: 'CompletionRequest' },
    answers: [
      {
        status: 200,
        says: 'The answer, or with `stream` events with a piece of it each',
        bodies: [
          { type: JSON_TYPE, schema: ['Completion'] },
          { type: 'text/event-stream', schema: ['CompletionChunk'] },
        ],
      },
      ...[400, 404, 429, 500, 503, 504].map((status) => ({
        status,
        says: 'No answer came of it, or the request is refused',
        bodies: [{ type: JSON_TYPE, schema: ['OpenAiError', 'Refusal'] as const }],
      })),
    ],
    refusals: ['tooManyQuestions', 'busy', 'draining'],
  },
  {
    method: 'post',
    path: '/mcp',
    group: 'programs',
    summary: 'MCP over streamable HTTP: tools search_documents and read_document',
    body: { type: JSON_TYPE, schema: 'McpMessage' },
    headers: [
      {
        name: 'accept',
        says: 'Both, as MCP has it',
        values: ['application/json, text/event-stream'],
      },
    ],
    answers: [
      json('McpAnswer'),
      { status: 202, says: 'A notification was taken', bodies: [] },
      { status: 400, says: 'No message of MCP', bodies: [{ type: JSON_TYPE, schema: ['McpAnswer', 'Refusal'] }] },
      {
        status: 406,
        says: 'The header `accept` lacks one of the two',
        bodies: [{ type: JSON_TYPE, schema: ['McpAnswer'] }],
      },
    ],
    refusals: ['tooManyQuestions', 'draining'],
  },
  { method: 'get', path: '/mcp', group: 'programs', summary: 'Nothing to listen to', answers: [NO_STREAM] },
  { method: 'delete', path: '/mcp', group: 'programs', summary: 'Nothing to end', answers: [NO_STREAM] },
];

const RUNNING: readonly Operation[] = [
  {
    method: 'get',
    path: '/healthz',
    group: 'running',
    summary: 'The process is alive',
    access: 'open',
    answers: [json('Health')],
  },
  {
    method: 'get',
    path: '/livez',
    group: 'running',
    summary: 'The process is alive',
    access: 'open',
    answers: [json('Health')],
  },
  {
    method: 'get',
    path: '/readyz',
    group: 'running',
    summary: 'It takes questions, and its store answers',
    access: 'open',
    answers: [
      json('Readiness'),
      { status: 503, says: 'Not now', bodies: [{ type: JSON_TYPE, schema: ['Unready', 'Refusal'] }] },
    ],
  },
  {
    method: 'get',
    path: '/metrics',
    group: 'running',
    summary: 'Figures, in the text format of Prometheus',
    access: 'admins',
    answers: [{ status: 200, says: 'Figures', bodies: [{ type: 'text/plain', schema: 'text' }] }],
    refusals: ['notAllowed'],
  },
  {
    method: 'get',
    path: '/openapi',
    group: 'running',
    summary: 'This document: for a browser as a page, else as JSON',
    access: 'open',
    answers: [
      {
        status: 200,
        says: 'By the header `accept`',
        bodies: [
          { type: JSON_TYPE, schema: 'document' },
          { type: 'text/html', schema: 'text' },
        ],
      },
    ],
  },
  {
    method: 'get',
    path: '/openapi.json',
    group: 'running',
    summary: 'This document as JSON, whoever asks',
    access: 'open',
    answers: [{ status: 200, says: 'OpenAPI 3.1', bodies: [{ type: JSON_TYPE, schema: 'document' }] }],
  },
];

export const OTHER_OPERATIONS: readonly Operation[] = [...SAMPLES, ...PROGRAMS, ...RUNNING];
