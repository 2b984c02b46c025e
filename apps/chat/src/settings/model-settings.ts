/**
 * Where models are asked, from the samples' variables as they are: `OPENAI_HOST` with what belongs to each of its values. The Python
 * sample knows four (chat-app.md §4); both spellings of names that the samples write differently are read.
 */
import { REASONING_EFFORTS, type ReasoningEffort } from './reasoning-effort.ts';
import type { Secret } from './secret.ts';
import type { Sheet } from './sheet.ts';

export type ModelHost = 'azure' | 'azure_custom' | 'openai' | 'local';

/** How a call says who sends it. */
export type Credential =
  | { readonly kind: 'key'; readonly key: Secret }
  /** A token of Entra ID for the app's identity, and for whom it is made out. */
  | { readonly kind: 'entra'; readonly scope: string }
  | { readonly kind: 'none' };

export interface ModelSettings {
  readonly host: ModelHost;
  /** As the article prints it for `azure_custom`, with or without a path; no slash at its end. Empty: no gateway is known yet. */
  readonly url: string;
  readonly credential: Credential;
  readonly organization: string | null;
  /** Of deployment paths. */
  readonly apiVersion: string;
  /** Deployment on Azure, model elsewhere. */
  readonly chat: string;
  /** Whether the chat model thinks before it answers: other limits, and no temperature. */
  readonly isReasoning: boolean;
  readonly reasoningEffort: ReasoningEffort | null;
  readonly temperature: number | null;
  /** null: no vectors. */
  readonly embedding: EmbeddingSettings | null;
  readonly answerTokensMax: number;
  /** Longest silence of a model before a call is given up. Milliseconds. */
  readonly idleMs: number;
}

export interface EmbeddingSettings {
  readonly deployment: string;
  /** What the index is said to be made with; vectors of two models never mix. */
  readonly model: string;
  /** null: as many as the model gives. */
  readonly dimensions: number | null;
}

const OPENAI_URL = 'https://api.openai.com/v1';
const API_VERSION = '2024-10-21';
const DEFAULT_EMBEDDING_MODEL = 'text-embedding-3-small';

export function modelSettings(sheet: Sheet): ModelSettings {
  const host = hostOf(sheet);
  const url = urlOf(sheet, host, sheet.flag('SPILLWAY_CHAT_GATEWAY_LATER', false));
  const isAzure = host === 'azure' || host === 'azure_custom';
  const model = sheet.text('AZURE_OPENAI_CHATGPT_MODEL', 'OPENAI_MODEL');
  const deployment = sheet.text('AZURE_OPENAI_CHATGPT_DEPLOYMENT');
  const chat = (isAzure ? (deployment ?? 'chat') : (model ?? deployment)) ?? 'gpt-4o-mini';
  const reasoningEffort = sheet.text('AZURE_OPENAI_REASONING_EFFORT');
  return {
    host,
    url,
    credential: credentialOf(sheet, host, url),
    organization: host === 'openai' ? sheet.text('OPENAI_ORGANIZATION') : null,
    apiVersion: sheet.text('AZURE_OPENAI_API_VERSION', 'AZURE_OPENAI_CHATGPT_DEPLOYMENT_API_VERSION') ?? API_VERSION,
    chat,
    isReasoning: reasons(model ?? chat) || reasoningEffort !== null,
    reasoningEffort:
      reasoningEffort === null ? null : sheet.choice('AZURE_OPENAI_REASONING_EFFORT', REASONING_EFFORTS, 'low'),
    temperature: sheet.number('SPILLWAY_CHAT_TEMPERATURE', { min: 0, max: 2 }),
    // Passages are then found by their words alone.
    embedding: url === '' ? null : embeddingOf(sheet, isAzure),
    answerTokensMax: sheet.whole('SPILLWAY_CHAT_ANSWER_TOKENS_MAX', { min: 16, max: 100_000, preset: 1_024 }),
    idleMs: sheet.whole('SPILLWAY_CHAT_IDLE_MS', { min: 1_000, max: 3_600_000, preset: 120_000 }),
  };
}

/** A custom URL alone says enough; nothing at all is the samples' `azure`. */
function hostOf(sheet: Sheet): ModelHost {
  const preset = sheet.text('AZURE_OPENAI_CUSTOM_URL') === null ? 'azure' : 'azure_custom';
  return sheet.choice('OPENAI_HOST', ['azure', 'azure_custom', 'openai', 'local'], preset);
}

function urlOf(sheet: Sheet, host: ModelHost, isLater: boolean): string {
  switch (host) {
    case 'azure':
      return serviceUrl(sheet);
    case 'azure_custom':
      return gatewayUrl(sheet, isLater);
    case 'openai':
      return addressOf(sheet.url('OPENAI_BASE_URL')) ?? OPENAI_URL;
    case 'local':
      return wantedUrl(sheet, 'OPENAI_BASE_URL', 'the address of the server with its path: http://127.0.0.1:11434/v1');
  }
}

/** An app that is deployed before its gateway starts without one, if that is said: a variable that was forgotten would look the same. */
function gatewayUrl(sheet: Sheet, isLater: boolean): string {
  if (isLater && sheet.text('AZURE_OPENAI_CUSTOM_URL') === null) return '';
  return wantedUrl(sheet, 'AZURE_OPENAI_CUSTOM_URL', 'the address of the gateway: http://127.0.0.1:8080');
}

function serviceUrl(sheet: Sheet): string {
  const service = sheet.text('AZURE_OPENAI_SERVICE');
  if (service === null) {
    sheet.missing(
      'AZURE_OPENAI_SERVICE',
      'is missing: OPENAI_HOST is azure',
      'set it to the name of the resource, or set OPENAI_HOST=azure_custom and AZURE_OPENAI_CUSTOM_URL to the address of a gateway',
    );
    return '';
  }
  if (/^[a-z0-9][a-z0-9-]{0,62}$/i.test(service)) return `https://${service.toLowerCase()}.openai.azure.com`;
  const remedy = 'write the name alone (openai1 of https://openai1.openai.azure.com)';
  sheet.wrong('AZURE_OPENAI_SERVICE', service, 'is not the name of a resource', remedy);
  return '';
}

function wantedUrl(sheet: Sheet, name: string, what: string): string {
  const before = sheet.problems.length;
  const url = sheet.url(name);
  if (url === null && sheet.problems.length === before) {
    sheet.missing(name, `is missing: OPENAI_HOST wants it`, `set it to ${what}`);
  }
  return addressOf(url) ?? '';
}

function addressOf(url: URL | null): string | null {
  return url === null ? null : `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function credentialOf(sheet: Sheet, host: ModelHost, url: string): Credential {
  if (host === 'local') return keyOrNone(sheet.secret('OPENAI_API_KEY'));
  if (host === 'openai') {
    const key = sheet.secret('OPENAI_API_KEY');
    if (key === null) sheet.missing('OPENAI_API_KEY', 'is missing: OPENAI_HOST is openai', 'set it to a key of OpenAI');
    return keyOrNone(key);
  }
  const key = sheet.secret('AZURE_OPENAI_API_KEY_OVERRIDE') ?? sheet.secret('AZURE_OPENAI_API_KEY');
  const scope = tokenScope(sheet);
  const how = sheet.choice('SPILLWAY_CHAT_CREDENTIAL', ['auto', 'key', 'entra', 'none'], 'auto');
  if (how === 'key' && key === null) {
    const rule = 'is missing: SPILLWAY_CHAT_CREDENTIAL is key';
    sheet.missing('AZURE_OPENAI_API_KEY_OVERRIDE', rule, 'set it to a key that the gateway knows');
  }
  if (how === 'none') return { kind: 'none' };
  if (how !== 'entra' && key !== null) return { kind: 'key', key };
  // A token that goes out in the clear can be used by whoever reads it: without a key, http is asked without credentials.
  return how === 'entra' || url.startsWith('https:') ? { kind: 'entra', scope } : { kind: 'none' };
}

/** Of Azure's own model endpoints. */
const AZURE_SCOPE = 'https://cognitiveservices.azure.com/.default';

/** A gateway may take only tokens that are made out to itself: another scope, always with `/.default`, since an app asks for no less. */
function tokenScope(sheet: Sheet): string {
  const scope = sheet.text('AZURE_OPENAI_TOKEN_SCOPE') ?? AZURE_SCOPE;
  if (/^\S+\/\.default$/.test(scope)) return scope;
  const remedy = 'write the audience with /.default behind it: api://CLIENT_ID_OF_THE_GATEWAY/.default';
  sheet.wrong('AZURE_OPENAI_TOKEN_SCOPE', scope, 'is not the scope of an app', remedy);
  return scope;
}

function keyOrNone(key: Secret | null): Credential {
  return key === null ? { kind: 'none' } : { kind: 'key', key };
}

/** Families that think first, by name of model or deployment. */
function reasons(name: string): boolean {
  return /(?:^|[^a-z0-9])(?:o[1-9]|gpt-[5-9])(?!\d)/i.test(name);
}

function embeddingOf(sheet: Sheet, isAzure: boolean): EmbeddingSettings | null {
  if (!sheet.flag('USE_VECTORS', true)) return null;
  const deployment = sheet.text('AZURE_OPENAI_EMB_DEPLOYMENT', 'AZURE_OPENAI_EMBEDDING_DEPLOYMENT');
  const model = sheet.text('AZURE_OPENAI_EMB_MODEL_NAME', 'AZURE_OPENAI_EMBEDDING_MODEL');
  const dimensions = sheet.whole('AZURE_OPENAI_EMB_DIMENSIONS', { min: 0, max: 4_096, preset: 0 });
  const named = deployment ?? (isAzure ? 'embedding' : (model ?? DEFAULT_EMBEDDING_MODEL));
  return { deployment: named, model: model ?? named, dimensions: dimensions === 0 ? null : dimensions };
}
