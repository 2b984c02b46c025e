/** The form that an answer is to have: `response_format` of chat completions, `text.format` of Responses. */
import { isRecord } from '@spillway/protocol';
import { inWords } from '../json.ts';
import { tokensOfChars } from '../text.ts';
import { invalidRequest, missingParameter, type Refusal } from '../wire/refusals.ts';
import type { FormatAsk, Turn } from './generation.ts';
import { strictProblem } from './strict.ts';

const TEXT: FormatAsk = { kind: 'text' };
const SCHEMA_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** @param param where it stands in the body. */
export function readFormat(
  format: unknown,
  turns: readonly Turn[],
  param = 'response_format',
): FormatAsk | { readonly refusal: Refusal } {
  if (format === undefined || format === null) return TEXT;
  const type = isRecord(format) ? format.type : format;
  if (type === undefined) return { refusal: missingParameter(`${param}.type`) };
  if (!isRecord(format) || (type !== 'text' && type !== 'json_object' && type !== 'json_schema')) {
    const message = `Invalid value: '${inWords(type).slice(0, 100)}'. Supported values are: 'json_object', 'json_schema', and 'text'.`;
    return { refusal: invalidRequest(message, `${param}.type`, 'invalid_value') };
  }
  if (type === 'text') return TEXT;
  if (type === 'json_object') return saysJson(turns) ? { kind: 'jsonObject' } : { refusal: jsonNotSaid(param) };
  return readSchema(format, param);
}

/** The service refuses a request for JSON whose messages never speak of it, since such models may never end. */
function saysJson(turns: readonly Turn[]): boolean {
  return turns.some(({ text }) => /json/i.test(text));
}

function jsonNotSaid(param: string): Refusal {
  return invalidRequest(
    `'messages' must contain the word 'json' in some form, to use '${param}' of type 'json_object'.`,
    'messages',
    null,
  );
}

/** Chat completions nest the schema in `json_schema`, Responses do not. */
function readSchema(format: Record<string, unknown>, param: string): FormatAsk | { readonly refusal: Refusal } {
  const nested = format.schema === undefined;
  const at = nested ? `${param}.json_schema` : param;
  const holder = nested ? format.json_schema : format;
  if (!isRecord(holder)) return { refusal: missingParameter(at) };
  const { name, schema, strict } = holder;
  if (name === undefined) return { refusal: missingParameter(`${at}.name`) };
  if (typeof name !== 'string' || !SCHEMA_NAME.test(name)) {
    const message = `Invalid '${at}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]{1,64}$'.`;
    return { refusal: invalidRequest(message, `${at}.name`, 'invalid_value') };
  }
  const problem = strict === true ? (isRecord(schema) ? strictProblem(schema) : 'schema must be a JSON object.') : null;
  if (problem === null) return { kind: 'jsonSchema', name, schema };
  const message = `Invalid schema for response_format '${name}': ${problem}`;
  return { refusal: invalidRequest(message, param, null) };
}

/** An approximation: what the schema adds to the prompt (simulator reference S-77). */
export function formatTokens(format: FormatAsk): number {
  return format.kind === 'jsonSchema' ? tokensOfChars(JSON.stringify(format.schema ?? {}).length) : 0;
}
