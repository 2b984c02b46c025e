/** The schema of the settings: what is waited for, bounded, and told. */
import { DEFAULT_POLICY } from '@spillway/policy';
import * as z from 'zod';
import { DEFAULT_GATEWAY } from './config.ts';
import { count, DURATION_MS_MAX, durationMs, flag, whole } from './kinds.ts';

const BODY_BYTES_MAX = 1024 * 1024 * 1024;
const HELD_ANSWER_BYTES_MAX = 64 * 1024 * 1024;
const MEMORY_BODY_BYTES_MAX = 64 * 1024 * 1024;
const SPOOL_BYTES_MAX = 1024 ** 4;
const EXCHANGES_MAX = 1_000_000;
/** Below it, ordinary clients on slow machines would be cut off. Milliseconds. */
const CLIENT_MS_MIN = 50;
const LEARNED_NAMES_MAX = 100_000;

const { timeouts, limits, headers, usage, streams } = DEFAULT_GATEWAY;
const { throttle, breaker } = DEFAULT_POLICY;

export const timeoutsSettings = z
  .strictObject({
    connectMs: durationMs(timeouts.connectMs, 1, 'Name lookup, TCP and TLS. Milliseconds.'),
    firstByteMs: durationMs(
      timeouts.firstByteMs,
      1,
      'From the request sent to the first byte of the answer. Milliseconds. Reasoning models may think for minutes before it: do not make it short for them.',
    ),
    idleMs: durationMs(timeouts.idleMs, 1, 'Between two pieces of an answer that has begun. Milliseconds.'),
    totalMs: durationMs(
      timeouts.totalMs,
      1,
      'A whole exchange, all tries included. Milliseconds. A last resort; not a way to bound waiting for the first byte.',
    ),
    streamMs: whole({ min: 1, max: DURATION_MS_MAX, remedy: 'give milliseconds, or remove it' })
      .optional()
      .describe(
        'A stream that has begun, to its end. Milliseconds. Absent: as long as `totalMs` allows. What is cut ends with an error event.',
      ),
    clientHeadMs: durationMs(
      timeouts.clientHeadMs,
      CLIENT_MS_MIN,
      'A client has sent the whole head of its request within this time, or gets 408. Milliseconds. It is looked at every 30 seconds at most.',
    ),
    clientRequestMs: durationMs(
      timeouts.clientRequestMs,
      CLIENT_MS_MIN,
      'The same for its whole request, body included. Milliseconds. Raise it for large uploads over slow lines.',
    ),
  })
  .prefault({})
  .describe('How long is waited. What runs into one of the first three counts against the deployment.');

export const limitsSettings = z
  .strictObject({
    bodyBytesMax: count(
      limits.bodyBytesMax,
      { min: 1_024, max: BODY_BYTES_MAX },
      'Largest request body; a larger one is refused with 413. Bytes. What passes `memoryBodyBytesMax` is kept on disk. A JSON body may have 64 MiB at most, since it is looked into whole.',
    ),
    memoryBodyBytesMax: count(
      limits.memoryBodyBytesMax,
      { min: 0, max: MEMORY_BODY_BYTES_MAX },
      'A request body is kept until it need not be sent again: in memory up to this size, beyond it in a file that nobody else can read. Bytes. With `exchangesMax` it bounds the memory for bodies.',
    ),
    spoolFolder: z
      .string()
      .min(1, "is empty; name a folder, or remove it for the system's own")
      .optional()
      .describe(
        "Where bodies that pass `memoryBodyBytesMax` are kept. Absent: the system's folder for temporary files. A file has no name any more once it is open, so that none stays behind; not a folder on a network file system.",
      ),
    spoolBytesMax: count(
      limits.spoolBytesMax,
      { min: 0, max: SPOOL_BYTES_MAX },
      'All bodies on disk together; a request that would pass it is refused with 503. Bytes.',
    ),
    heldAnswerBytesMax: count(
      limits.heldAnswerBytesMax,
      { min: 0, max: HELD_ANSWER_BYTES_MAX },
      'A JSON answer up to this size is held until it is whole, so that it fails over if the backend dies in the middle. Bytes. 0 passes every answer on as it comes. Streams are never held.',
    ),
    exchangesMax: count(
      limits.exchangesMax,
      { min: 1, max: EXCHANGES_MAX },
      'Exchanges at the same time; more are refused with 503.',
    ),
    exchangesPerClientMax: count(
      limits.exchangesPerClientMax,
      { min: 1, max: EXCHANGES_MAX },
      'Exchanges of one client at the same time; more of it are refused with 429. Callers without a key count towards `exchangesMax` alone.',
    ),
    connectionsMax: count(
      limits.connectionsMax,
      { min: 1, max: EXCHANGES_MAX },
      'Connections of clients at the same time; more are closed at once.',
    ),
    learnedNamesMax: count(
      limits.learnedNamesMax,
      { min: 1, max: LEARNED_NAMES_MAX },
      'Names that clients have asked backends without `deployments` for, and whose state is kept. Beyond it the one asked for longest ago is forgotten.',
    ),
    learnedNameExpiryMs: durationMs(
      limits.learnedNameExpiryMs,
      1_000,
      'A learned name that nobody asked for this long is forgotten. Milliseconds.',
    ),
  })
  .prefault({})
  .describe('What is bounded, so that load or mischief cannot exhaust the machine.');

export const headersSettings = z
  .strictObject({
    spillway: flag(headers.spillway, 'Adds `x-spillway-request-id`, `-attempts` and `-deployment` to answers.'),
    hideUpstreamHeaders: flag(
      headers.hideUpstreamHeaders,
      'Drops headers that describe one deployment, such as `x-ratelimit-*`. For clients that would take the rest of one deployment for the rest of all; not while such headers are needed to find a fault.',
    ),
    backendUrl: flag(
      headers.backendUrl,
      'Adds `x-openai-backendurl`, as the API Management sample does. Not where clients must not learn where the backends are.',
    ),
  })
  .prefault({})
  .describe('Headers of answers.');

export const usageSettings = z
  .strictObject({
    includeUsage: z
      .enum(['ask', 'leave'])
      .default(usage.includeUsage)
      .describe(
        'Streams of chat and text completions tell how many tokens they used only where `stream_options.include_usage` asks for it. `ask`: the gateway asks where the client did not, and takes the event that tells it out of the stream, so that records are exact. `leave`: such streams are recorded with an estimate. Not for backends that refuse `stream_options`; an `api-version` before 2024-09-01 is never asked.',
      ),
  })
  .prefault({})
  .describe('How the tokens of an answer are learned.');

const KEEP_ALIVE_SECONDS_MAX = 600;
const PERCENT_MAX = 100;
const HEDGE_AFTER_MS = 2_000;
const HEDGE_PERCENT_MAX = 5;

const hedgeSettings = z
  .strictObject({
    afterMs: durationMs(
      HEDGE_AFTER_MS,
      1,
      'How long the first token of a stream is waited for. Milliseconds. Above what most answers take, or each of them costs twice.',
    ),
    percentMax: whole({ min: 1, max: PERCENT_MAX, remedy: `give a percentage, for example ${HEDGE_PERCENT_MAX}` })
      .default(HEDGE_PERCENT_MAX)
      .describe('At most this share of the requests that could have one gets one. Per cent.'),
  })
  .optional()
  .describe(
    'A second try on another deployment, beside a first one whose first token is late; the first substantive event wins, the other try is cancelled. Absent: none. Only for streams that may be repeated. Both tries count against quotas and may be billed.',
  );

export const streamsSettings = z
  .strictObject({
    keepAliveSeconds: count(
      streams.keepAliveSeconds,
      { min: 0, max: KEEP_ALIVE_SECONDS_MAX },
      'While a stream has not begun, a comment is sent after this time, and again each time it has passed. Seconds; 0 sends none. For platforms that cut idle connections. The first comment commits to status 200: what fails later is told by an event in the stream, which clients retry less readily than a status.',
    ),
    hedge: hedgeSettings,
  })
  .prefault({})
  .describe('Streams whose first event is late.');

export const throttleSettings = z
  .strictObject({
    capMs: durationMs(
      throttle.capMs,
      1,
      'Longest time that a deployment is left alone after a 429. Milliseconds. Azure has been seen to ask for a day.',
    ),
    defaultMs: durationMs(
      throttle.defaultMs,
      1,
      'Used where a 429 names no usable time; of provisioned units, which drain all the time, at most 1,000. Milliseconds.',
    ),
  })
  .prefault({})
  .describe('What a 429 does.');

const SHARE_RULE = 'is not a share above 0 and up to 1; give for example 0.5';
export const breakerSettings = z
  .strictObject({
    failuresInARow: count(breaker.failuresInARow, { min: 1, max: 10_000 }, 'Failures in a row that open it.'),
    failureShare: z
      .number({ error: SHARE_RULE })
      .gt(0, { error: SHARE_RULE })
      .max(1, { error: SHARE_RULE })
      .default(breaker.failureShare)
      .describe('Share of failures in the window that opens it.'),
    attemptsMin: count(
      breaker.attemptsMin,
      { min: 1, max: 10_000 },
      'Attempts in the window below which the share says nothing.',
    ),
    windowMs: durationMs(breaker.windowMs, 1_000, 'Length of the window. Milliseconds.'),
    cooldownMs: durationMs(
      breaker.cooldownMs,
      1,
      'How long it stays open at first; doubles each time a probe fails. Milliseconds.',
    ),
    cooldownMsMax: durationMs(breaker.cooldownMsMax, 1, 'Longest time open. Milliseconds.'),
  })
  .prefault({})
  .describe('When failures (not 429s) take a deployment or a backend out of use, and for how long.');
