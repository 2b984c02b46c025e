/** What the settings add to a request for a stream: usage that is asked for, signs of life, a second try beside the first. */
import type { GatewaySettings } from '@spillway/config';
import { apiVersionOf, knowsStreamOptions, type Replacement, usageAsk } from '@spillway/protocol';
import { type Body, headOf } from '../body/body.ts';
import type { Route, Wanted } from '../route/route.ts';
import { type StreamDialect, streamDialectOf } from './event-bytes.ts';

export interface StreamPlan {
  readonly dialect: StreamDialect;
  /** What makes the body ask for usage; null: it does already, or is not to. */
  readonly usageAsk: Replacement | null;
  /** Whether a second try may be made beside a slow first one. */
  readonly mayHedge: boolean;
}

/** Operations whose answer is a stream of events where `stream` is true. */
const STREAMING: ReadonlySet<string> = new Set(['chat.completions', 'completions', 'responses', 'threads']);
/** Of those, the ones that tell usage only where they are asked. */
const ASKED_FOR_USAGE: ReadonlySet<string> = new Set(['chat.completions', 'completions']);

/** @returns null where nothing is added: no look into the body is taken then. */
export function streamPlan(route: Route, wanted: Wanted, body: Body, settings: GatewaySettings): StreamPlan | null {
  const { usage, streams } = settings;
  const asks = usage.includeUsage === 'ask';
  if (!asks && streams.keepAliveSeconds === 0 && streams.hedge === null) return null;
  const { name } = route.operation;
  const facts = STREAMING.has(name) ? wanted.facts() : null;
  if (facts === null || !facts.stream) return null;
  const isAsked = asks && ASKED_FOR_USAGE.has(name) && isKnown(route);
  return {
    dialect: streamDialectOf(name),
    usageAsk: isAsked ? usageAsk(headOf(body), facts) : null,
    mayHedge: streams.hedge !== null && wanted.repeat() === 'repeatable',
  };
}

function isKnown({ target, query }: Route): boolean {
  return target.dialect === 'v1' || knowsStreamOptions(apiVersionOf(query));
}
