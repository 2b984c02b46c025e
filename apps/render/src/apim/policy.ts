/** The policy of the API, as XML: two set-ups, alone and in front of a gateway. */
import { at, OPENINGS_KEY, openingsWith, POOL_IS_CLOSED, TOLD_CLOSED, TRY_AGAIN, textOf } from './expressions.ts';
import type { ApimOptions } from './options.ts';
import { NO_LIMIT } from './parameters.ts';
import type { Plan } from './plan.ts';
import { dropHeader, nobodyFree, readOpenings, refusal, setHeader, setWait, waitHeaders } from './policy-answers.ts';
import { bounds, door } from './policy-door.ts';
import { route } from './policy-route.ts';
import type { PlannedSignIn } from './sign-in.ts';
import { printXml, type XmlElement, xml } from './xml.ts';

export interface PolicyParts {
  readonly plan: Plan;
  readonly signIn: PlannedSignIn | null;
  readonly options: ApimOptions;
  /** How long a breaker stays open where the answer names no time. Milliseconds. */
  readonly tripMs: number;
  /** To the first byte of an answer. Seconds. */
  readonly timeoutSeconds: number;
}

/** For requests on v1 paths, sent on as classic ones: the newest with a date, since v1 clients use what is new (wire §1.4). */
const API_VERSION = '2025-04-01-preview';
export const SPILLWAY_BACKEND = 'spillway';
/** What Azure OpenAI asks of a managed identity's tokens; a gateway with `signIn: azureTokens` takes them, too. */
const AZURE_OPENAI = 'https://cognitiveservices.azure.com';
/** Of the metrics of tokens in Application Insights; five dimensions are the most that a policy may name. */
const METRICS_NAMESPACE = 'spillway';

const base = xml('base');

export function policyXml(parts: PolicyParts): string {
  const isAlone = parts.options.frontOf === 'azure-openai';
  const sections = xml(
    'policies',
    {},
    xml('inbound', {}, base, ...inbound(parts)),
    xml('backend', {}, isAlone ? tries(parts) : forward(parts.timeoutSeconds)),
    xml('outbound', {}, base, ...(isAlone ? outbound() : [])),
    xml('on-error', {}, base, onError(isAlone)),
  );
  return printXml(sections);
}

function inbound({ plan, signIn, options }: PolicyParts): readonly XmlElement[] {
  const isAlone = options.frontOf === 'azure-openai';
  return [
    ...door(plan.clients, signIn),
    ...(isAlone ? route(plan.pools, API_VERSION) : toSpillway()),
    ...bounds(plan.clients),
    ...tokens(),
    ...ownCredential(),
  ];
}

function toSpillway(): readonly XmlElement[] {
  return [
    xml('set-variable', { name: 'pool', value: SPILLWAY_BACKEND }),
    xml('set-backend-service', { 'backend-id': SPILLWAY_BACKEND }),
  ];
}

/** The limit is a named value, so that an operator changes it without rendering anew; where there is none the policy is not asked. */
const CLIENT_TOKENS = '{{client-tokens-per-minute}}';

function tokens(): readonly XmlElement[] {
  const limit = xml('llm-token-limit', {
    'counter-key': at(textOf('client')),
    'tokens-per-minute': CLIENT_TOKENS,
    'estimate-prompt-tokens': 'true',
    'remaining-tokens-header-name': 'x-spillway-remaining-tokens',
  });
  const metric = xml(
    'llm-emit-token-metric',
    { namespace: METRICS_NAMESPACE },
    xml('dimension', { name: 'Client', value: at(textOf('client')) }),
    xml('dimension', { name: 'Pool', value: at(textOf('pool')) }),
    xml('dimension', { name: 'API ID' }),
    xml('dimension', { name: 'Operation ID' }),
  );
  return [xml('choose', {}, xml('when', { condition: at(`"${CLIENT_TOKENS}" != "${NO_LIMIT}"`) }, limit)), metric];
}

/** The client's credentials end here: a key of API Management, or a token for it, must not go to a backend. */
function ownCredential(): readonly XmlElement[] {
  return [
    dropHeader('api-key'),
    dropHeader('Authorization'),
    xml('set-query-parameter', { name: 'subscription-key', 'exists-action': 'delete' }),
    xml('authentication-managed-identity', { resource: AZURE_OPENAI, 'client-id': '{{identity-client-id}}' }),
  ];
}

/** Streams are not held back; the body is, so that it can be sent again. */
function forward(timeoutSeconds: number): XmlElement {
  return xml('forward-request', {
    timeout: String(timeoutSeconds),
    'buffer-request-body': 'true',
    'buffer-response': 'false',
  });
}

/** At most once to each member: whom a failure tripped is not chosen again, and when all are, API Management says so. */
function tries({ plan, tripMs, timeoutSeconds }: PolicyParts): XmlElement {
  const longest = Math.max(1, ...plan.pools.map(({ members }) => members.length - 1));
  return xml(
    'retry',
    { condition: at(TRY_AGAIN), count: String(longest), interval: '0', 'first-fast-retry': 'true' },
    xml('set-backend-service', { 'backend-id': at(textOf('backend-id')) }),
    forward(timeoutSeconds),
    xml('set-variable', { name: 'pool-closed', value: at(POOL_IS_CLOSED) }),
    xml('choose', {}, xml('when', { condition: at(TRY_AGAIN) }, ...rememberOpening(tripMs))),
  );
}

function rememberOpening(tripMs: number): readonly XmlElement[] {
  return [
    readOpenings(),
    xml('set-variable', { name: 'openings', value: at(openingsWith(tripMs)) }),
    xml('cache-store-value', {
      key: OPENINGS_KEY,
      value: at(textOf('openings')),
      duration: String(OPENINGS_SECONDS),
      'caching-type': 'internal',
    }),
  ];
}

/** As long as Azure has been seen to ask for (wire §3.4). */
const OPENINGS_SECONDS = 86_400;

function outbound(): readonly XmlElement[] {
  const isLastRefusal = 'context.Response.StatusCode == 429';
  return [
    xml(
      'choose',
      {},
      xml('when', { condition: at(TOLD_CLOSED) }, ...nobodyFree()),
      xml('when', { condition: at(isLastRefusal) }, readOpenings(), setWait(), ...waitHeaders()),
    ),
  ];
}

/** What API Management reports of itself would show how it is built. */
function onError(isAlone: boolean): XmlElement {
  const unread = 'context.LastError.Source == "set-variable" && !context.Variables.ContainsKey("backend-id")';
  const unreached = 'context.LastError.Source == "forward-request"';
  const closed = xml('when', { condition: at(POOL_IS_CLOSED) }, ...nobodyFree());
  const badBody = xml(
    'when',
    { condition: at(unread) },
    refusal(400, 'BadRequest', 'The body is not JSON with a model in it.'),
  );
  const failed = xml(
    'when',
    { condition: at(unreached) },
    refusal(503, 'NoDeploymentAvailable', 'No deployment could be reached.', setHeader('Retry-After', '1')),
  );
  return xml('choose', {}, ...(isAlone ? [closed, badBody] : []), failed);
}
