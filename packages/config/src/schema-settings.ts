/** The schema of the settings: what is waited for, bounded, and told. */
import { DEFAULT_POLICY } from '@spillway/policy';
import * as z from 'zod';
import { DEFAULT_GATEWAY } from './config.ts';
import { count, durationMs, flag } from './kinds.ts';

const BODY_BYTES_MAX = 1024 * 1024 * 1024;
const HELD_ANSWER_BYTES_MAX = 64 * 1024 * 1024;
const EXCHANGES_MAX = 1_000_000;
const LEARNED_NAMES_MAX = 100_000;

const { timeouts, limits, headers } = DEFAULT_GATEWAY;
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
  })
  .prefault({})
  .describe('How long is waited. What runs into one of the first three counts against the deployment.');

export const limitsSettings = z
  .strictObject({
    bodyBytesMax: count(
      limits.bodyBytesMax,
      { min: 1_024, max: BODY_BYTES_MAX },
      'Largest request body. Bytes. Bodies are held in memory while they may have to be sent again: raise it for file uploads, with `exchangesMax` in mind.',
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

export const throttleSettings = z
  .strictObject({
    capMs: durationMs(
      throttle.capMs,
      1,
      'Longest time that a deployment is left alone after a 429. Milliseconds. Azure has been seen to ask for a day.',
    ),
    defaultMs: durationMs(throttle.defaultMs, 1, 'Used where a 429 names no usable time. Milliseconds.'),
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
