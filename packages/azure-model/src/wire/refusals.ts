/**
 * What Azure answers when it does not serve a request. The sentences are Azure's, because clients match on them.
 * Source: wire reference §2.1 (401), §3.2 (catalogue), §3.3 (content filter), §3.4 (429).
 */
import { azureError } from '@spillway/protocol';
import { CHORES_MAX } from '../chores.ts';
import type { Operation } from '../data-actions.ts';
import type { Exceeded } from '../quota/window.ts';
import type { Dialect } from './headers.ts';

export interface Refusal {
  readonly status: number;
  /** Reason phrase, where it is not the usual one. */
  readonly statusText: string | null;
  /** JSON text. */
  readonly body: string;
}

function refusal(status: number, body: object, statusText: string | null = null): Refusal {
  return { status, statusText, body: JSON.stringify(body) };
}

export const WRONG_KEY = refusal(
  401,
  azureError(
    '401',
    'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
  ),
  'PermissionDenied',
);

/** Token missing, expired or for another audience. Flat, as the front door writes it (wire §2.1). */
export const TOKEN_UNAUTHORIZED = refusal(401, {
  statusCode: 401,
  message:
    'Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.',
});

/** Of a token whose principal may not do that: as seen on the classic paths and on v1, and as in 2024 (wire §2.1). */
export function permissionDenied(objectId: string, { dataAction, shown }: Operation, dialect: Dialect): Refusal {
  const message =
    dialect === '2024'
      ? 'Principal does not have access to API/Operation.'
      : `The principal \`${objectId}\` lacks the required data action \`${dataAction}\` to perform \`${shown}\` operation.`;
  return refusal(401, azureError('PermissionDenied', message), 'PermissionDenied');
}

/** Of any key, right or wrong, where the account has `disableLocalAuth` (wire §2.1). */
export const KEYS_DISABLED = refusal(
  403,
  azureError('AuthenticationTypeDisabled', 'Key based authentication is disabled for this resource.'),
);

/** Unknown path, and a classic path without `api-version` (MicrosoftDocs/azure-docs #114602). */
export const RESOURCE_NOT_FOUND = refusal(404, azureError('404', 'Resource not found'));

export const DEPLOYMENT_NOT_FOUND = refusal(
  404,
  azureError(
    'DeploymentNotFound',
    'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
  ),
);

export const API_VERSION_ON_V1 = refusal(
  400,
  azureError('BadRequest', 'api-version query parameter is not allowed when using /v1 path'),
);

export const API_VERSION_UNKNOWN = refusal(400, azureError('BadRequest', 'API version not supported'));

export const NOT_JSON = invalidRequest(
  'The body of this request could not be parsed as JSON. Send one JSON object, encoded as UTF-8.',
  null,
  null,
);

/** A 400 of the model itself, in OpenAI's envelope (wire §3.1). */
export function invalidRequest(message: string, param: string | null, code: string | null): Refusal {
  return refusal(400, { error: { message, type: 'invalid_request_error', param, code } });
}

export function missingParameter(param: string): Refusal {
  return invalidRequest(`Missing required parameter: '${param}'.`, param, 'missing_required_parameter');
}

export function invalidValue(param: string, rule: string): Refusal {
  return invalidRequest(`Invalid value for '${param}': ${rule}.`, param, 'invalid_value');
}

/** As Azure's message names them; those of media are guesses. */
const OPERATION_NAMES = {
  chat: 'chatCompletion',
  completions: 'completion',
  embeddings: 'embeddings',
  responses: 'responses',
  images: 'imageGeneration',
  speech: 'audioSpeech',
  transcription: 'audioTranscription',
  realtime: 'realtime',
} as const;

export function operationNotSupported(kind: keyof typeof OPERATION_NAMES, model: string): Refusal {
  const operation = OPERATION_NAMES[kind];
  return refusal(
    400,
    azureError(
      'OperationNotSupported',
      `The ${operation} operation does not work with the specified model, ${model}. Please choose different model and try again. You can learn more about which models can be used with each operation here: https://go.microsoft.com/fwlink/?linkid=2197993.`,
    ),
  );
}

/** Prompts that contain this are refused as Azure's content filter refuses. */
export const CONTENT_FILTER_TRIGGER = 'simulate a content filter refusal';

/** Answers to prompts that contain this are broken off by the content filter. */
export const ANSWER_FILTER_TRIGGER = 'simulate a filtered answer';

const SAFE = { filtered: false, severity: 'safe' };

export const CONTENT_FILTERED = refusal(400, {
  error: {
    message:
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766",
    type: null,
    param: 'prompt',
    code: 'content_filter',
    status: 400,
    innererror: {
      code: 'ResponsibleAIPolicyViolation',
      content_filter_result: {
        hate: SAFE,
        jailbreak: { detected: false, filtered: false },
        self_harm: SAFE,
        sexual: SAFE,
        violence: { filtered: true, severity: 'high' },
      },
    },
  },
});

/** The same of a request to the Responses API (wire §3.3). */
export const RESPONSE_FILTERED = refusal(
  400,
  azureError('content_filter', 'The response was filtered due to the prompt triggering content management policy.'),
);

/** Of an id that this resource does not hold (wire §1.6). */
export function previousResponseNotFound(id: string): Refusal {
  const message = `Previous response with id '${id}' not found.`;
  return invalidRequest(message, 'previous_response_id', 'previous_response_not_found');
}

/** The same with 404, of an object that is asked for. @param what as in `Response with id 'resp_abc' not found.` */
export function notFound(what: string, id: string): Refusal {
  return { ...invalidRequest(`${what} with id '${id}' not found.`, null, null), status: 404 };
}

/** Of what a request says in its `input`. */
export function inputRefused(message: string): Refusal {
  return invalidRequest(message, 'input', null);
}

/** In the words of the service, quoted in vercel/ai #7543 and router-for-me/CLIProxyAPI #2381. */
export function itemNotFound(id: string): Refusal {
  const hint =
    'Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.';
  return { ...inputRefused(`Item with id '${id}' not found. ${hint}`), status: 404 };
}

/** The sentence is a guess; that a file of another resource is unknown is documented (wire §1.6). */
export function fileNotFound(id: string): Refusal {
  return { ...inputRefused(`File with id '${id}' not found.`), status: 404 };
}

/** Content that another resource sealed, or that was changed (wire §1.6 no. 3). The message names its ends alone. */
export function encryptedContentInvalid(sealed: string): Refusal {
  const ends = `${sealed.slice(0, 4)}...${sealed.slice(-4)}`;
  return invalidRequest(
    `The encrypted content ${ends} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
    null,
    'invalid_encrypted_content',
  );
}

/** Azure publishes no such limit; the text is ours. */
export function tooManyInBackground(): Refusal {
  const message = `This resource has ${CHORES_MAX} answers and batches under way in the background, the most of one resource. Wait for some, or cancel them.`;
  return { ...invalidRequest(message, 'background', 'too_many_background_responses'), status: 429 };
}

export interface RateLimited {
  readonly deployment: string;
  readonly model: string;
  readonly region: string;
  /** For example `ChatCompletions_Create`. */
  readonly operationId: string;
  readonly apiVersion: string;
  readonly exceeded: Exceeded;
  readonly retryAfterSeconds: number;
}

export function rateLimited(facts: RateLimited, dialect: Dialect): Refusal {
  return dialect === '2024' ? rateLimitedUntil2025(facts) : rateLimitedSince2025(facts);
}

function rateLimitedUntil2025({ operationId, apiVersion, exceeded, retryAfterSeconds }: RateLimited): Refusal {
  const limit = exceeded === 'tokens' ? 'token' : 'call';
  return refusal(
    429,
    azureError(
      '429',
      `Requests to the ${operationId} Operation under Azure OpenAI API version ${apiVersion} have exceeded ${limit} rate limit of your current OpenAI S0 pricing tier. Please retry after ${retryAfterSeconds} seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.`,
    ),
  );
}

function rateLimitedSince2025(facts: RateLimited): Refusal {
  const seconds = `${facts.retryAfterSeconds} second${facts.retryAfterSeconds === 1 ? '' : 's'}`;
  const limit = facts.exceeded === 'tokens' ? 'token' : 'call';
  return refusal(
    429,
    azureError(
      'RateLimitReached',
      `Your requests to ${facts.deployment} for ${facts.model} in ${facts.region} have exceeded the ${limit} rate limit for your current OpenAI S0 pricing tier. This request was for ${facts.operationId} under Azure OpenAI API version ${facts.apiVersion}. Please retry after ${seconds}. To increase your default rate limit, visit: https://aka.ms/oai/quotaincrease.`,
    ),
  );
}

const SERVER_ERROR = {
  message:
    'The server had an error processing your request. Sorry about that! You can retry your request, or contact us through an Azure support request at: https://go.microsoft.com/fwlink/?linkid=2213926 if you keep seeing this error.',
  type: 'server_error',
  param: null,
  code: null,
};

const BODIES: Readonly<Record<number, object>> = {
  401: JSON.parse(WRONG_KEY.body),
  403: azureError('403', 'Access denied due to Virtual Network/Firewall rules.'),
  404: azureError('404', 'Resource not found'),
  408: azureError('Timeout', 'The operation was timeout.'),
  500: { error: SERVER_ERROR },
  503: azureError(
    'InternalServerError',
    'The service is temporarily unable to process your request. Please try again later.',
  ),
};

/** Of a provisioned deployment above 100 %. The text is a guess (wire §3.4, §11 no. 1); status, code and headers are documented. */
export function provisionedFull(retryAfterSeconds: number): Refusal {
  const seconds = `${retryAfterSeconds} second${retryAfterSeconds === 1 ? '' : 's'}`;
  return refusal(
    429,
    azureError('429', `The provisioned capacity of this deployment is fully utilized. Please retry after ${seconds}.`),
  );
}

export function contextLengthExceeded(contextTokens: number, promptTokens: number): Refusal {
  return invalidRequest(
    `This model's maximum context length is ${contextTokens} tokens. However, your messages resulted in ${promptTokens} tokens. Please reduce the length of the messages.`,
    'messages',
    'context_length_exceeded',
  );
}

/** Prompt tokens above which some models refuse on provisioned deployments (wire §3.2, §7.3). The text is a guess. */
export const LONG_CONTEXT_TOKENS = 128_000;

export function longContextOnProvisioned(model: string): Refusal {
  return invalidRequest(
    `Requests with more than ${LONG_CONTEXT_TOKENS} prompt tokens are not supported on provisioned deployments of ${model}.`,
    'messages',
    'context_length_exceeded',
  );
}

/** A body that Azure sends with such a status, for faults that name none. @param retryAfter what the answer's header of that name says. */
export function typicalBody(status: number, retryAfter = '1'): string {
  if (status === 429) {
    return JSON.stringify(azureError('429', `Rate limit is exceeded. Try again in ${retryAfter} seconds.`));
  }
  return JSON.stringify(BODIES[status] ?? azureError(String(status), 'A fault simulated on demand.'));
}
