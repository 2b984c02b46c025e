/** What a check is, and how those with an answer to a well-formed request begin. */
import { errorFactsOf } from '@spillway/protocol';
import { differs, failedToRun, listAt, notSupported, textAt } from './finding.ts';
import type { Finding } from './report.ts';
import type { Ask, Came, Session } from './session.ts';

export interface Subject {
  readonly session: Session;
  readonly deployment: string;
  /** null where none was named. */
  readonly embeddingDeployment: string | null;
  readonly apiVersion: string;
}

export interface Check {
  readonly name: string;
  readonly expected: string;
  /** Where that is written: `wire §5.1`. */
  readonly source: string;
  readonly run: (subject: Subject) => Promise<Finding>;
}

export interface CheckGroup {
  readonly name: string;
  readonly checks: readonly Check[];
}

/** A path of the classic surface. @param operation for example `chat/completions`. */
export function classic({ deployment, apiVersion }: Subject, operation: string, of = deployment): string {
  return `/openai/deployments/${encodeURIComponent(of)}/${operation}?api-version=${encodeURIComponent(apiVersion)}`;
}

/** Short, so that a real deployment is billed next to nothing. */
export const MESSAGES = [{ role: 'user', content: 'Write one short sentence about the sea.' }] as const;

/** Tokens of an answer where the check needs no more. */
export const ANSWER_TOKENS = 16;
/** Of a model that thinks first: enough for a little of both. */
export const REASONING_ANSWER_TOKENS = 400;

/**
 * A chat completion, its length bounded; reasoning models refuse `max_tokens` and are asked by the other name.
 * @param fields besides, or in place of, the messages.
 */
export async function chat(subject: Subject, fields: object, ask: Partial<Ask> = {}): Promise<Came> {
  const { session } = subject;
  const path = ask.path ?? classic(subject, 'chat/completions');
  const body = { messages: MESSAGES, max_tokens: ANSWER_TOKENS, ...fields };
  const came = await session.send({ ...ask, path, body });
  if (came.status !== 400 || !isAboutMaxTokens(came)) return came;
  const { max_tokens: _, ...rest } = body;
  return session.send({ ...ask, path, body: { ...rest, max_completion_tokens: REASONING_ANSWER_TOKENS } });
}

function isAboutMaxTokens(came: Came): boolean {
  return textAt(came.json, 'error', 'param') === 'max_tokens' || came.text.includes('max_completion_tokens');
}

/** @returns why nothing can be said of an answer that should be a 200; null where it is one. */
export function unserved(came: Came): Finding | null {
  const { status } = came;
  if (status >= 200 && status < 300) return null;
  const body = came.text === '' ? '(empty body)' : came.text;
  const said = `${status}: ${body}`;
  const { code } = errorFactsOf(came.json);
  if (status === 401 || status === 403) return failedToRun(`${status} (is the key right?): ${body}`);
  if (code === 'DeploymentNotFound') return failedToRun(`${status} (is the name of the deployment right?): ${body}`);
  if (status === 404 || status === 405 || status === 501) return notSupported(said);
  if (status === 400 && REFUSED_FEATURES.some((word) => `${code} ${came.text}`.includes(word)))
    return notSupported(said);
  return differs(`status ${said}`);
}

/** How a model says that it lacks a feature. */
const REFUSED_FEATURES = ['unsupported_', 'OperationNotSupported', 'not supported', 'does not support'];

/** The parsed events of a stream that carry a chunk. */
export function chunksOf({ events }: Came): readonly unknown[] {
  return events.flatMap(({ json }) => (json === undefined ? [] : [json]));
}

/** Chunks with choices: those without are filter results and usage. */
export function choiceChunksOf(came: Came): readonly unknown[] {
  return chunksOf(came).filter((chunk) => listAt(chunk, 'choices').length > 0);
}
