/**
 * What a request is: its caller, target and operation, from the head alone; then, with the body, the name it asks for.
 * It refuses in Azure's shape. Choosing a deployment is not its matter.
 */
import type { GatewaySettings } from '@spillway/config';
import type { Allowance, RequestClass } from '@spillway/policy';
import {
  apiVersionOf,
  type BodyFacts,
  boundaryOf,
  type Operation,
  operationOf,
  parsePath,
  type Repeat,
  repeatOf,
  type Target,
  withoutApiVersion,
  withoutCredentials,
} from '@spillway/protocol';
import { type Body, formFacts, jsonFacts, modelBytes } from '../body/body.ts';
import type { Inbound } from '../listen/inbound.ts';
import { doorAnswer, operationRefused } from '../reply/door-answer.ts';
import { badRequest, foreignPage, methodRefused, notFound, type OwnAnswer, pinRefused } from '../reply/own-answer.ts';
import type { Caller, Doors } from './doors.ts';

export interface Route {
  readonly target: Target;
  readonly operation: Operation;
  /** To send upstream, without `?`; '' for none. */
  readonly query: string;
  /** Name of the caller; null without client keys. */
  readonly client: string | null;
  /** What the caller may use; null: everything. */
  readonly allowance: Allowance | null;
  /** Names of pools that the caller may ask for; null: all. */
  readonly models: readonly string[] | null;
  /** Of the caller: whose work goes first when there is not enough for all. */
  readonly class: RequestClass;
  /** Longest time the caller waits for quota; null: as the pool, or the class, has it. Milliseconds. */
  readonly waitMsMax: number | null;
  /** Id of the only deployment that may serve; null for any. */
  readonly pinnedTo: string | null;
  /** In which form the caller wants to be told of the decision; null: it does not. */
  readonly wantsDecision: 'text' | 'json' | null;
}

/** `operation`: its name, for the record; `other` where the path is none of Azure OpenAI's. */
export type Routed =
  | { readonly kind: 'route'; readonly route: Route; readonly operation: string }
  | { readonly kind: 'refused'; readonly answer: OwnAnswer; readonly operation: string };

/** A promise only where the caller is still to be found out, by a token seen for the first time; it never rejects. */
export function routeHead(inbound: Inbound, doors: Doors, settings: GatewaySettings): Routed | Promise<Routed> {
  const caller = doors.identify(inbound);
  if (!(caller instanceof Promise)) return routeOf(inbound, caller, doors, settings);
  return caller.then((late) => routeOf(inbound, late, doors, settings));
}

function routeOf(inbound: Inbound, caller: Caller, doors: Doors, settings: GatewaySettings): Routed {
  const aim = aimOf(inbound.target);
  const { target } = aim;
  const operation = target === null ? null : operationOf(inbound.method, target.operation);
  const refuse = (answer: OwnAnswer): Routed => ({ kind: 'refused', answer, operation: operation?.name ?? 'other' });
  if (caller.kind === 'refused') return refuse(doorAnswer(caller.refusal));
  const foreign = doors.foreignPage(inbound.header('host'), inbound.header('origin'));
  if (foreign !== null) return refuse(foreignPage(foreign));
  if (inbound.method === 'TRACE') return refuse(methodRefused(inbound.method));
  if (target === null || operation === null) return refuse(notFound(aim.path));
  const client = caller.kind === 'client' ? caller : null;
  if (client !== null && client.operations?.includes(operation.name) === false) {
    return refuse(operationRefused(client.name, operation.name));
  }
  const pinnedTo = inbound.header('x-spillway-pin') ?? null;
  if (pinnedTo !== null && !doors.isAdmin(inbound.header('x-spillway-admin-key'))) return refuse(pinRefused());
  const route: Route = {
    target,
    operation,
    query: target.dialect === 'v1' && settings.v1ApiVersion === 'strip' ? aim.unversionedQuery : aim.query,
    client: client?.name ?? null,
    allowance: client?.allowance ?? null,
    models: client?.models ?? null,
    class: client?.class ?? 'standard',
    waitMsMax: client?.waitMsMax ?? null,
    pinnedTo,
    wantsDecision: wantsDecision(inbound.header('x-spillway-explain')),
  };
  return { kind: 'route', route, operation: operation.name };
}

function wantsDecision(asked: string | undefined): Route['wantsDecision'] {
  if (asked === undefined) return null;
  return asked === 'json' ? 'json' : asked === '1' ? 'text' : null;
}

/** What the body adds to a route. */
export interface Wanted {
  /** The name to look up as pool, alias or deployment; null where the request names none. */
  readonly model: string | null;
  /** Whether the request may be sent twice; asked only when something has failed, since it may take a look into the body. */
  readonly repeat: () => Repeat;
  /** Whether what is answered will be kept by the resource; asked only where that matters, since it looks into the body. */
  readonly stored: () => boolean;
  /** What a JSON body says; null where it cannot be read. Asked only where that matters, since it looks into the body. */
  readonly facts: () => BodyFacts | null;
  /** Where the name stands in the body, for another to be put in its place; empty where the path carries it. */
  readonly modelSpans: BodyFacts['model'];
  /** Of a `multipart/form-data` body; null for others. */
  readonly boundary: string | null;
}

export type WantedOrRefused =
  | { readonly kind: 'wanted'; readonly wanted: Wanted }
  | { readonly kind: 'refused'; readonly answer: OwnAnswer };

/** @param body `isEncoded`: compressed, so that nothing can be read of it. */
export function routeBody(
  route: Route,
  body: Body,
  { isEncoded, contentType }: { readonly isEncoded: boolean; readonly contentType: string | undefined },
): WantedOrRefused {
  const { target, operation } = route;
  const boundary = isEncoded ? null : boundaryOf(contentType);
  if (boundary !== null && target.dialect !== 'classic') return formRoute(operation, body, boundary);
  if (target.dialect === 'classic') {
    const look = once(() => (isEncoded ? null : jsonFacts(body)));
    return wanted({ model: target.deployment, ...looks(operation, body, look), modelSpans: [], boundary });
  }
  const facts = isEncoded ? null : jsonFacts(body);
  const looked = looks(operation, body, () => facts);
  const modelSpans = facts?.model ?? [];
  const last = modelSpans.at(-1);
  if (last === undefined) return wanted({ model: null, ...looked, modelSpans, boundary });
  const model = decodeString(modelBytes(body, last));
  if (model !== null) return wanted({ model, ...looked, modelSpans, boundary });
  return refused(badRequest("The value of 'model' is not a JSON string; send the deployment's name as one."));
}

/** Audio and images name their deployment in a field of the form. */
function formRoute(operation: Operation, body: Body, boundary: string): WantedOrRefused {
  const modelSpans = formFacts(body, boundary)?.model ?? [];
  const last = modelSpans.at(-1);
  const model = last === undefined ? null : modelBytes(body, last).toString();
  return wanted({ model, ...looks(operation, body, () => null), modelSpans, boundary });
}

/** What only a look into the body tells, and few ask. */
function looks(
  operation: Operation,
  body: Body,
  look: () => BodyFacts | null,
): Pick<Wanted, 'repeat' | 'stored' | 'facts'> {
  return {
    facts: look,
    repeat: () => repeatFor(operation, body, look),
    stored: () => isStored(operation, look()),
  };
}

/** A body that cannot be read may ask for anything to be stored. */
function repeatFor(operation: Operation, body: Body, look: () => BodyFacts | null): Repeat {
  if (operation.mayStore === 'no' || body.length === 0) return operation.repeat;
  const facts = look();
  return facts === null ? 'provenUnstarted' : repeatOf(operation, facts);
}

function isStored({ mayStore }: Operation, facts: BodyFacts | null): boolean {
  if (facts === null) return mayStore !== 'ifTrue';
  return mayStore === 'ifTrue' ? facts.store === true : facts.store !== false;
}

function once<Value>(find: () => Value): () => Value {
  let found: { readonly value: Value } | null = null;
  return () => {
    found ??= { value: find() };
    return found.value;
  };
}

function wanted(value: Wanted): WantedOrRefused {
  return { kind: 'wanted', wanted: value };
}

function decodeString(span: Buffer): string | null {
  try {
    const value: unknown = JSON.parse(span.toString('utf8'));
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

/** What a request target says, read once for all requests that have the same one: an application uses a handful of them. */
interface Aim {
  readonly path: string;
  readonly target: Target | null;
  /** Without credentials: a key in the query ends at the gateway like one in a header. */
  readonly query: string;
  /** Without `api-version` too, to which v1 answers with 400 (wire §1.4). */
  readonly unversionedQuery: string;
}

/** A server takes the absolute form of a target as well (RFC 9112 §3.2.2); whose origin it names does not matter. */
const ORIGIN = /^https?:\/\/[^/?#]*/i;

const aims = new Map<string, Aim>();
/** When so many are remembered, all are forgotten: ids in paths would fill it. */
const AIMS_MAX = 1_000;
/** A longer request target is read each time. Characters. */
const AIM_LENGTH_MAX = 512;

function aimOf(requestTarget: string): Aim {
  const known = aims.get(requestTarget);
  if (known !== undefined) return known;
  const local = requestTarget.replace(ORIGIN, '');
  const mark = local.indexOf('?');
  const path = mark < 0 ? local : local.slice(0, mark);
  const query = withoutCredentials(mark < 0 ? '' : local.slice(mark + 1));
  const target = parsePath(path, apiVersionOf(query) !== null);
  const aim: Aim = { path, target, query, unversionedQuery: withoutApiVersion(query) };
  if (requestTarget.length > AIM_LENGTH_MAX) return aim;
  if (aims.size >= AIMS_MAX) aims.clear();
  aims.set(requestTarget, aim);
  return aim;
}

function refused(answer: OwnAnswer): { readonly kind: 'refused'; readonly answer: OwnAnswer } {
  return { kind: 'refused', answer };
}
