/**
 * Who may come in, and as whom. Every way ends in the variable `client`, or in 401 or 403: there is no switch that could be off.
 * (The public sample stores its switch under one name and tests another, so that its tokens are never checked.)
 */
import { at, isOneOf, textOf } from './expressions.ts';
import type { PlannedClient } from './plan.ts';
import { notFound, refusal } from './policy-answers.ts';
import type { PlannedSignIn } from './sign-in.ts';
import { type XmlElement, xml } from './xml.ts';

/** What of a token is looked into here, after it was validated. */
const claim = (name: string, otherwise: string): string =>
  `((Jwt)context.Variables["token"]).Claims.GetValueOrDefault("${name}", ${otherwise})`;

export function door(clients: readonly PlannedClient[], signIn: PlannedSignIn | null): readonly XmlElement[] {
  const bySubscription = setClient(at('context.Subscription.Id'));
  const known = `context.Subscription != null && (${isOneOf(
    'context.Subscription.Id',
    clients.map(({ id }) => id),
  )})`;
  const otherwise = signIn === null ? [refusal(401, '401', WRONG_KEY)] : byToken(signIn);
  return [xml('choose', {}, xml('when', { condition: at(known) }, bySubscription), xml('otherwise', {}, ...otherwise))];
}

const WRONG_KEY = 'Access denied: the key is none of this API. Send a key of a subscription as the header api-key.';

const setClient = (value: string): XmlElement => xml('set-variable', { name: 'client', value });

function byToken(signIn: PlannedSignIn): readonly XmlElement[] {
  return [
    signIn.from.kind === 'tenant' ? entraToken(signIn) : otherToken(signIn, signIn.from.issuer),
    ...(signIn.principals === null ? [] : [listedPrincipal()]),
    setClient(signIn.clientId),
  ];
}

const CHECK = {
  'header-name': 'Authorization',
  'require-scheme': 'Bearer',
  'failed-validation-httpcode': '401',
  'failed-validation-error-message': 'Access denied: neither a key of a subscription nor a valid token.',
  'output-token-variable-name': 'token',
};

function entraToken({ audiences, applications, roles }: PlannedSignIn): XmlElement {
  return xml(
    'validate-azure-ad-token',
    { 'tenant-id': '{{tenant-id}}', ...CHECK },
    ...(applications === null
      ? []
      : [xml('client-application-ids', {}, ...applications.map((id) => xml('application-id', {}, id)))]),
    ...listed('audiences', 'audience', audiences),
    ...claims(roles.length === 0 ? [] : [['roles', roles]]),
  );
}

/** Another issuer names its applications in `azp` alone. */
function otherToken({ audiences, applications, roles }: PlannedSignIn, issuer: string): XmlElement {
  const wanted: [string, readonly string[]][] = [
    ...(applications === null ? [] : [['azp', applications] as [string, readonly string[]]]),
    ...(roles.length === 0 ? [] : [['roles', roles] as [string, readonly string[]]]),
  ];
  return xml(
    'validate-jwt',
    { ...CHECK, 'require-expiration-time': 'true', 'require-signed-tokens': 'true' },
    xml('openid-config', { url: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration` }),
    ...listed('audiences', 'audience', audiences),
    ...listed('issuers', 'issuer', [issuer]),
    ...claims(wanted),
  );
}

function listed(name: string, item: string, values: readonly string[]): readonly XmlElement[] {
  return values.length === 0 ? [] : [xml(name, {}, ...values.map((value) => xml(item, {}, value)))];
}

function claims(wanted: readonly (readonly [string, readonly string[]])[]): readonly XmlElement[] {
  if (wanted.length === 0) return [];
  const items = wanted.map(([name, values]) =>
    xml('claim', { name, match: 'any' }, ...values.map((value) => xml('value', {}, value))),
  );
  return [xml('required-claims', {}, ...items)];
}

/** Anybody in a tenant can get a token for Azure OpenAI: only those listed by object id are let in. No id is never in the list. */
function listedPrincipal(): XmlElement {
  const condition = at(`!(",{{allowed-principals}},").Contains("," + ${claim('oid', '"none"')} + ",")`);
  const message = 'Access denied: the token is valid, but its principal is not listed here.';
  return xml('choose', {}, xml('when', { condition }, refusal(403, 'Forbidden', message)));
}

/** Failover never leaves a client's bounds; what it asked for stands in `pool`. */
export function bounds(clients: readonly PlannedClient[]): readonly XmlElement[] {
  const whens = clients.flatMap(({ id, pools }) => {
    if (pools === null) return [];
    const isElsewhere = `${textOf('client')} == "${id}" && !(${isOneOf(textOf('pool'), pools)})`;
    return [xml('when', { condition: at(isElsewhere) }, notFound())];
  });
  return whens.length === 0 ? [] : [xml('choose', {}, ...whens)];
}
