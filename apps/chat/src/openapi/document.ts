/** The API in the form that tools read. Source: OpenAPI Specification 3.1.1. */
import { z } from 'zod';
import type { RefusalCode } from '../server/api.ts';
import { type JsonSchema, pathOfSchema, schemas } from './components.ts';
import { EVALUATION_OPERATIONS } from './evaluation-operations.ts';
import { type Answer, type AnswerBody, GROUPS, JSON_TYPE, type Operation } from './operation.ts';
import { OTHER_OPERATIONS } from './other-operations.ts';
import { OWN_OPERATIONS } from './own-operations.ts';
import { REFUSAL_STATUS } from './refusals.ts';

export const OPERATIONS: readonly Operation[] = [...OWN_OPERATIONS, ...EVALUATION_OPERATIONS, ...OTHER_OPERATIONS];

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

export interface ApiDocument {
  readonly openapi: '3.1.1';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: ReadonlyArray<{ readonly name: string }>;
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
  readonly security: readonly unknown[];
}

const DESCRIPTION =
  'Answers from your documents. A refusal is `{ "error": { "code", "message" } }`, with `retryAfterMs` where waiting helps. Fields may be added to answers, and types to events.';

/** One of them; on an app's own machine, and behind a proxy that signs people in, none. */
const SECURITY = [{ key: [] }, { session: [] }, { visitor: [] }, {}];
const SECURITY_SCHEMES = {
  key: { type: 'http', scheme: 'bearer', description: 'One of SPILLWAY_CHAT_API_KEYS' },
  session: { type: 'apiKey', in: 'cookie', name: 'spillway_chat', description: 'Of a browser that signed in' },
  visitor: {
    type: 'apiKey',
    in: 'header',
    name: 'x-spillway-visitor',
    description: 'Of a page on another origin: what the answer before told by this header',
  },
};

export function openApi(version: string): ApiDocument {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const each of OPERATIONS) paths[each.path] = { ...paths[each.path], [each.method]: operationOf(each) };
  return {
    openapi: '3.1.1',
    info: { title: 'Spillway chat', version, description: DESCRIPTION },
    tags: Object.values(GROUPS).map((name) => ({ name })),
    paths,
    components: { schemas: schemas(), securitySchemes: SECURITY_SCHEMES },
    security: SECURITY,
  };
}

function operationOf(operation: Operation): unknown {
  const { method, path, group, summary, access, body } = operation;
  const parameters = parametersOf(operation);
  return {
    operationId: `${method}${path.replace(/[^a-z0-9]+(.)?/gi, (_, next: string = '') => next.toUpperCase())}`,
    tags: [GROUPS[group]],
    summary: access === 'admins' ? `${summary} (admins)` : summary,
    ...(access === 'open' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { [body.type]: { schema: refTo(body.schema) } } } }),
    responses: responsesOf(operation),
  };
}

export function parametersOf({ path, query, headers = [] }: Operation): readonly Parameter[] {
  const text: JsonSchema = { type: 'string' };
  return [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']): Parameter => {
      return { name, in: 'path', required: true, schema: text };
    }),
    ...(query === undefined ? [] : queryParameters(query)),
    ...headers.map(({ name, says, values }): Parameter => {
      return { name, in: 'header', required: false, description: says, schema: { ...text, enum: [...values] } };
    }),
  ];
}

function queryParameters(query: z.ZodType): readonly Parameter[] {
  const { properties = {} } = z.toJSONSchema(query, { io: 'input' });
  return Object.entries(properties).flatMap(([name, schema]): readonly Parameter[] => {
    if (typeof schema === 'boolean') return [];
    const { description, ...rest } = schema;
    const said = description === undefined ? {} : { description };
    return [{ name, in: 'query', required: false, ...said, schema: rest }];
  });
}

export function refusalsOf({ access, query, body, refusals = [] }: Operation): readonly RefusalCode[] {
  const told = new Set(refusals);
  if (access !== 'open') told.add('notSignedIn');
  if (query !== undefined) told.add('badRequest');
  if (body !== undefined) told.add('tooLarge');
  if (body?.type === JSON_TYPE) told.add('notJson').add('badRequest');
  return [...told].sort((a, b) => REFUSAL_STATUS[a] - REFUSAL_STATUS[b] || (a < b ? -1 : 1));
}

function responsesOf(operation: Operation): unknown {
  const { answers } = operation;
  const refused = new Map<number, RefusalCode[]>();
  for (const code of refusalsOf(operation)) {
    const status = REFUSAL_STATUS[code];
    refused.set(status, [...(refused.get(status) ?? []), code]);
  }
  const told = answers.map((answer) => [answer.status, responseOf(answer, refused.get(answer.status) ?? [])]);
  const others = [...refused].map(([status, codes]) => [status, refusalOf(`Refused: ${codes.join(', ')}`)]);
  return { ...Object.fromEntries([...others, ...told]), default: refusalOf('Refused') };
}

function responseOf({ says, bodies }: Answer, codes: readonly RefusalCode[]): unknown {
  const description = codes.length === 0 ? says : `${says}: ${codes.join(', ')}`;
  if (bodies.length === 0) return { description };
  return { description, content: Object.fromEntries(bodies.map((body) => [body.type, mediaOf(body)])) };
}

function mediaOf({ schema }: AnswerBody): unknown {
  if (schema === 'text') return { schema: { type: 'string' } };
  if (schema === 'bytes') return { schema: { type: 'string', format: 'binary' } };
  if (schema === 'document') return { schema: { type: 'object' } };
  const [first, ...more] = schema.map(refTo);
  return { schema: more.length === 0 ? first : { anyOf: [first, ...more] } };
}

function refusalOf(description: string): unknown {
  return { description, content: { [JSON_TYPE]: { schema: refTo('Refusal') } } };
}

function refTo(name: string): JsonSchema {
  return { $ref: pathOfSchema(name) };
}
