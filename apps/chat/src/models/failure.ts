/** What went wrong with a call, as a sentence for whoever asked: what the SDK throws becomes a {@link ModelFailure}. */
import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import type { FailureKind } from '../events.ts';
import { gatewayNote, retryAfterMs } from './gateway-note.ts';
import { ModelFailure } from './models.ts';

const SENTENCES: Readonly<Record<Exclude<FailureKind, 'filtered' | 'internal'>, string>> = {
  throttled: 'All models are busy at the moment.',
  tooLong: 'The question with its sources is longer than the model can read.',
  gatewayDown: 'The model cannot be reached at the moment.',
  notAllowed:
    'The gateway refused the credentials of this app. Its operator should check AZURE_OPENAI_API_KEY_OVERRIDE, or the rights of its identity.',
  timeout: 'The model was silent for too long.',
};

/** @param name deployment that was asked for. */
export function failureOf(error: unknown, name: string): ModelFailure {
  if (error instanceof ModelFailure) return error;
  if (error instanceof APIConnectionTimeoutError) return plain('timeout');
  if (error instanceof APIConnectionError) return plain('gatewayDown', causeOf(error));
  if (error instanceof APIError) return ofAnswer(error, name);
  return plain('gatewayDown', error instanceof Error ? error.message : String(error));
}

/** Of anything that can go wrong with an answer: what no model call threw went wrong in here, and only the log says what. */
export function answerFailure(error: unknown): ModelFailure {
  if (error instanceof ModelFailure) return error;
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new ModelFailure('internal', 'Something went wrong inside the app; its log says what.', { detail });
}

export function plain(kind: keyof typeof SENTENCES, detail = ''): ModelFailure {
  return new ModelFailure(kind, SENTENCES[kind], { detail });
}

const NO_GATEWAY =
  'This app knows no gateway yet. Its operator should set AZURE_OPENAI_CUSTOM_URL to the address of one; with azd: azd env set AZURE_OPENAI_CUSTOM_URL https://…, then azd up.';

/** The app was deployed before its gateway. */
export function noGateway(): ModelFailure {
  return new ModelFailure('internal', NO_GATEWAY, { detail: 'AZURE_OPENAI_CUSTOM_URL is not set' });
}

function ofAnswer(error: APIError, name: string): ModelFailure {
  const { status, headers } = error;
  const code = codeOf(error);
  const facts = {
    gateway: headers === undefined ? null : gatewayNote(headers),
    retryAfterMs: headers === undefined ? null : retryAfterMs(headers),
    detail: `${status ?? 'in the stream'} ${code}`.trim(),
  };
  const kind = kindOf(status, code);
  if (kind === 'filtered') return new ModelFailure(kind, filterSentence('input', categoriesOf(error.error)), facts);
  if (kind !== 'internal') return new ModelFailure(kind, SENTENCES[kind], facts);
  return new ModelFailure(kind, otherSentence(status, code, name), facts);
}

/** In a stream there is no status: the code alone tells. */
const THROTTLED = /^(?:429|too_?many_?requests|rate_limit_exceeded|insufficient_quota|RateLimitReached)$/i;

function kindOf(status: number | undefined, code: string): FailureKind {
  if (code === 'content_filter' || code === 'ResponsibleAIPolicyViolation') return 'filtered';
  if (code === 'context_length_exceeded' || code === 'string_above_max_length' || status === 413) return 'tooLong';
  if (status === 429 || THROTTLED.test(code)) return 'throttled';
  if (status === 401 || status === 403) return 'notAllowed';
  if (status === 408 || status === 504) return 'timeout';
  if (status === undefined || status >= 500) return 'gatewayDown';
  return 'internal';
}

function otherSentence(status: number | undefined, code: string, name: string): string {
  if (status === 404) {
    return `The gateway knows no deployment "${name}". The operator of this app should check AZURE_OPENAI_CHATGPT_DEPLOYMENT and AZURE_OPENAI_EMB_DEPLOYMENT.`;
  }
  return `The model refused the request (${status}${code === '' ? '' : ` ${code}`}).`;
}

export function filterSentence(side: 'input' | 'output', categories: readonly string[]): string {
  const which = categories.length === 0 ? '' : ` (${categories.join(', ')})`;
  return side === 'input'
    ? `The content filter refused the question${which}. Try to word it differently.`
    : `The content filter stopped the answer${which}. What was written so far stays.`;
}

function codeOf(error: APIError): string {
  const inner = objectAt(error.error, 'innererror');
  const innerCode = inner === null ? null : inner.code;
  if (error.code === 'content_filter' || typeof innerCode !== 'string') return String(error.code ?? '');
  return innerCode;
}

/** Names of what the filter found: `innererror.content_filter_result` of an error, `content_filter_results` of a choice. */
export function categoriesOf(holder: unknown): readonly string[] {
  const inner = objectAt(holder, 'innererror') ?? holder;
  const results = objectAt(inner, 'content_filter_result') ?? objectAt(inner, 'content_filter_results') ?? {};
  return Object.keys(results).filter((name) => objectAt(results, name)?.filtered === true);
}

function objectAt(holder: unknown, key: string): Readonly<Record<string, unknown>> | null {
  if (typeof holder !== 'object' || holder === null) return null;
  const value = new Map<string, unknown>(Object.entries(holder)).get(key);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : null;
}

/** The system's code says more than the SDK's sentence, and names no address. */
function causeOf({ cause }: Error): string {
  let inner: unknown = cause;
  for (let depth = 0; depth < 3 && inner instanceof Error; depth++) {
    if ('code' in inner && typeof inner.code === 'string') return inner.code;
    inner = inner.cause;
  }
  return '';
}
