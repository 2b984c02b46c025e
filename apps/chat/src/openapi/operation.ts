/** One thing that can be asked of the server. */
import type { z } from 'zod';
import type { RefusalCode } from '../server/api.ts';
import type { AnswerName, RequestName } from './components.ts';

export const GROUPS = {
  asking: 'Asking',
  conversations: 'Conversations',
  documents: 'Documents',
  evaluation: 'Evaluation',
  people: 'Who is there',
  samples: 'Front ends of the Azure samples',
  programs: "OpenAI's API and MCP",
  running: 'Running it',
} as const;
export type Group = keyof typeof GROUPS;

export interface Operation {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** With `{name}` for what varies. */
  readonly path: string;
  readonly group: Group;
  readonly summary: string;
  /** `open`: without signing in. `admins`: others are refused. Absent: whoever may come in. */
  readonly access?: 'open' | 'admins';
  readonly query?: z.ZodType;
  readonly headers?: readonly Header[];
  readonly body?: Body;
  readonly answers: readonly Answer[];
  /** Beside those that any request may meet. */
  readonly refusals?: readonly RefusalCode[];
}

export interface Header {
  readonly name: string;
  readonly says: string;
  readonly values: readonly string[];
}

export interface Body {
  readonly type: 'application/json' | 'multipart/form-data';
  readonly schema: RequestName;
}

export interface Answer {
  readonly status: number;
  readonly says: string;
  /** None: there is no body. */
  readonly bodies: readonly AnswerBody[];
}

export interface AnswerBody {
  readonly type: string;
  /** `text`: as it is. Several: one of them. Of a stream: each line, or what follows `data: `. */
  readonly schema: readonly AnswerName[] | 'text' | 'bytes' | 'document';
}

export const JSON_TYPE = 'application/json';

export function json(...schema: readonly AnswerName[]): Answer {
  return { status: 200, says: 'Done', bodies: [{ type: JSON_TYPE, schema }] };
}

export const NOTHING: Answer = { status: 204, says: 'Done', bodies: [] };
