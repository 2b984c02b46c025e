/** How long one request to the service may take, and how long it may tell us to wait: the client itself bounds neither. */
import type { SearchClientOptions } from '@azure/search-documents';
import type { Clock } from '@spillway/clock';
import { IdleWatch } from '../../models/idle-watch.ts';

/** Milliseconds for an answer, its body included. */
const ANSWER_MS_MAX = 60_000;
/** Milliseconds that are waited before the next try, if the service asks for a wait at all. */
const ASKED_WAIT_MS_MAX = 20_000;

type Policy = NonNullable<SearchClientOptions['additionalPolicies']>[number];
type Request = Parameters<Policy['policy']['sendRequest']>[0];
type Response = Awaited<ReturnType<Policy['policy']['sendRequest']>>;

/** Around each try: what it throws ends the request, without another try. */
export const boundsOf = (clock: Clock): Policy => ({
  position: 'perRetry',
  policy: {
    name: 'bounds',
    async sendRequest(request, next) {
      const response = await inTime(clock, request, next);
      const waitMs = [429, 503].includes(response.status) ? askedWaitMs(response, clock) : 0;
      if (waitMs <= ASKED_WAIT_MS_MAX) return response;
      const seconds = Math.ceil(waitMs / 1_000);
      throw new Error(
        `it answered ${response.status} and asks to wait ${seconds} s; no more than ${ASKED_WAIT_MS_MAX / 1_000} s are waited`,
      );
    },
  },
});

async function inTime(
  clock: Clock,
  request: Request,
  next: (request: Request) => Promise<Response>,
): Promise<Response> {
  const given = request.abortSignal;
  const watch = new IdleWatch(clock, ANSWER_MS_MAX, given ?? NEVER);
  request.abortSignal = watch.signal;
  try {
    return await next(request);
  } catch (error) {
    throw watch.isIdle ? new Error(`no answer within ${ANSWER_MS_MAX / 1_000} s`) : error;
  } finally {
    watch.end();
    if (given === undefined) delete request.abortSignal;
    else request.abortSignal = given;
  }
}

const NEVER = new AbortController().signal;

/** The three headers that the client obeys, the finer first. @returns 0 if none can be read. */
function askedWaitMs({ headers }: Response, clock: Clock): number {
  const ms = headers.get('retry-after-ms') ?? headers.get('x-ms-retry-after-ms');
  if (ms !== undefined) return Number(ms) || 0;
  const text = headers.get('retry-after') ?? '';
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return seconds * 1_000;
  return Math.max(0, Date.parse(text) - clock.nowMs()) || 0;
}
