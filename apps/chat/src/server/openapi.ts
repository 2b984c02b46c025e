/** The API in the form that tools read (OpenAPI 3.1), made from the schemas that requests are checked with. */
import { z } from 'zod';
import { chatRequest, conversationChange, feedbackRequest, searchRequest, signInRequest } from './api.ts';

interface Route {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  readonly path: string;
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly answer?: string;
}

const NDJSON = 'application/x-ndjson';
const JSON_TYPE = 'application/json';

const ROUTES: readonly Route[] = [
  {
    method: 'post',
    path: '/api/chat',
    summary: 'Ask; the answer as events, one JSON object a line',
    body: chatRequest,
    answer: NDJSON,
  },
  { method: 'get', path: '/api/chat/{turnId}/stream', summary: 'The same stream behind event `after`', answer: NDJSON },
  { method: 'post', path: '/api/chat/{turnId}/stop', summary: 'Stop an answer' },
  { method: 'get', path: '/api/conversations', summary: 'List or search conversations', answer: JSON_TYPE },
  { method: 'delete', path: '/api/conversations', summary: 'Remove all conversations', answer: JSON_TYPE },
  { method: 'get', path: '/api/conversations/{id}', summary: 'One conversation with its turns', answer: JSON_TYPE },
  { method: 'patch', path: '/api/conversations/{id}', summary: 'Rename or pin', body: conversationChange },
  { method: 'delete', path: '/api/conversations/{id}', summary: 'Remove a conversation' },
  { method: 'get', path: '/api/conversations/{id}/export', summary: 'As Markdown or JSON', answer: 'text/markdown' },
  {
    method: 'get',
    path: '/api/conversations/{id}/share',
    summary: 'The link to it; null in each field where there is none',
    answer: JSON_TYPE,
  },
  { method: 'post', path: '/api/conversations/{id}/share', summary: 'Share what was said so far', answer: JSON_TYPE },
  { method: 'delete', path: '/api/conversations/{id}/share', summary: 'Take the link back' },
  { method: 'get', path: '/api/shared/{link}', summary: 'A conversation that was shared', answer: JSON_TYPE },
  { method: 'post', path: '/api/feedback', summary: 'Good or bad answer', body: feedbackRequest },
  { method: 'post', path: '/api/search', summary: 'Passages without a model', body: searchRequest, answer: JSON_TYPE },
  { method: 'get', path: '/api/documents', summary: 'List documents', answer: JSON_TYPE },
  {
    method: 'post',
    path: '/api/documents',
    summary: 'Upload: multipart with file, category, groups, users',
    answer: JSON_TYPE,
  },
  { method: 'delete', path: '/api/documents', summary: 'Remove all documents', answer: JSON_TYPE },
  { method: 'get', path: '/api/documents/{id}', summary: 'One document', answer: JSON_TYPE },
  { method: 'delete', path: '/api/documents/{id}', summary: 'Remove a document' },
  { method: 'get', path: '/api/documents/{id}/chunks', summary: 'Its passages', answer: JSON_TYPE },
  { method: 'get', path: '/api/documents/{id}/text', summary: 'Its text', answer: JSON_TYPE },
  { method: 'get', path: '/api/jobs', summary: 'Files on their way into the index', answer: JSON_TYPE },
  { method: 'get', path: '/api/config', summary: 'What the page shows', answer: JSON_TYPE },
  { method: 'get', path: '/api/me', summary: 'Who is signed in', answer: JSON_TYPE },
  { method: 'post', path: '/api/sign-in', summary: 'Sign in with a password', body: signInRequest, answer: JSON_TYPE },
  { method: 'post', path: '/api/sign-out', summary: 'Sign out' },
  { method: 'get', path: '/content/{path}', summary: 'A document as it was', answer: 'application/octet-stream' },
  {
    method: 'post',
    path: '/v1/chat/completions',
    summary: "OpenAI's API with the model `documents`",
    answer: JSON_TYPE,
  },
  { method: 'post', path: '/mcp', summary: 'MCP: tools search_documents and read_document', answer: JSON_TYPE },
];

export function openApi(version: string): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of ROUTES) {
    const at = paths[route.path] ?? {};
    at[route.method] = operation(route);
    paths[route.path] = at;
  }
  return { openapi: '3.1.0', info: { title: 'Spillway chat', version }, paths };
}

function operation({ summary, body, answer, path }: Route): unknown {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => {
    return { name, in: 'path', required: true, schema: { type: 'string' } };
  });
  const success =
    answer === undefined
      ? { 204: { description: 'Done' } }
      : { 200: { description: 'Done', content: { [answer]: {} } } };
  return {
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { [JSON_TYPE]: { schema: schemaOf(body) } } } }),
    responses: { ...success, default: { description: 'Refused: { error: { code, message } }' } },
  };
}

function schemaOf(body: z.ZodType): unknown {
  return z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' });
}
