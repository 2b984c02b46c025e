/**
 * The schema of a fault: its keys, for editors and the reference. Ranges, and which key says something to which kind, are checked
 * where the admin route checks them, in the model's `readFault`.
 */
import { FAULT_KINDS, type FaultSpec, GARBAGE_VARIANTS, STREAM_ERRORS } from '@spillway/azure-model';
import * as z from 'zod';
import type { Shape } from './kinds.ts';

const number = (preset: number, meaning: string) =>
  z.number().meta({ default: preset }).exactOptional().describe(meaning);

const faultShape = {
  kind: z
    .enum(FAULT_KINDS)
    .describe(
      'What happens. `status`: a status in place of an answer. `capacity`: a 429 as of a shared pool that has none to spare. `delay`, `slow`: the answer, later or slower. `reset`, `outage`, `hang`: the connection is reset (by an outage at every request), or never answered. `cut`, `cut-before-body`: it breaks within the body, or before it. `in-stream-error`: a stream that ends in an error. `garbage`: bytes that are no Azure answer.',
    ),
  resource: z.string().nullable().exactOptional().describe('Name of the resource that it hits. Absent: all.'),
  deployment: z
    .string()
    .nullable()
    .exactOptional()
    .describe('Name of the deployment that it hits. Absent: every request.'),
  startMs: number(
    0,
    'When it begins: after the start of the simulator, or after it was added while that runs. Milliseconds.',
  ),
  lengthMs: z
    .number()
    .nullable()
    .exactOptional()
    .describe('How long it lasts from then on. Milliseconds. Absent: no end.'),
  times: z
    .number()
    .nullable()
    .exactOptional()
    .describe(
      'Requests that it hits before it is spent; `null`: any number. Default 1, and `null` where `lengthMs` is given.',
    ),
  share: number(1, 'Of the requests that it matches, the share that it hits. Above 0, up to 1.'),
  delayMs: number(0, 'Waited before anything else happens, whatever the kind. Milliseconds.'),
  status: z
    .number()
    .exactOptional()
    .describe('`status` and the page of `garbage`: 200 to 599. Default 500, and 200 for the page.'),
  headers: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .exactOptional()
    .describe(
      '`status`: headers besides the usual ones, and in place of those of the same name. A 429 asks for no wait unless `retry-after` stands here.',
    ),
  body: z
    .unknown()
    .exactOptional()
    .describe('`status`: a text, or JSON, in place of the body that Azure sends with it.'),
  afterEvents: number(1, '`cut`, `in-stream-error` and `garbage`, of a stream: content events that still pass.'),
  afterBytes: z
    .number()
    .nullable()
    .exactOptional()
    .describe('`cut`: bytes of the body that still pass. Absent: half of a JSON body, and `afterEvents` of a stream.'),
  factor: number(10, '`slow`: how many times as long everything takes. Above 1, up to 1,000.'),
  error: z
    .enum(STREAM_ERRORS)
    .meta({ default: 'server_error' })
    .exactOptional()
    .describe('`in-stream-error`: which error.'),
  variant: z
    .enum(GARBAGE_VARIANTS)
    .meta({ default: 'truncated-json' })
    .exactOptional()
    .describe(
      '`garbage`: a JSON body that ends in its middle, text where JSON should be, a page of some proxy, or chunks of HTTP that go wrong.',
    ),
  retryAfterSeconds: number(20, '`capacity`: what the answer asks to wait. Whole seconds.'),
} satisfies Shape<FaultSpec>;

export const fault = z
  .strictObject(faultShape)
  .describe('A fault on demand: what happens, to which requests, when and how often.');
