/**
 * Every key of a scenario's file: meaning, unit, range, default. The JSON schema for editors and docs/lab-scenarios.md are made from this
 * file, and so are the errors: a message reads `rule; remedy`. It sees one value at a time; what must agree is in scenario-check.ts.
 */
import { type JsonSchema, jsonSchemaOf, whole } from '@spillway/config';
import { DEPLOYMENT_TYPES } from '@spillway/protocol';
import * as z from 'zod';
import { PROMISE_NAMES } from './types.ts';

/** Named limits of a file. */
export const FLEET_MAX = 64;
const FAULTS_MAX = 100;
const CLIENTS_MAX = 50;
const SECONDS_MAX = 7_200;
/** A run of bursts that are shorter would have more bursts than requests. */
const BURST_SECONDS_MIN = 0.1;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\/[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const NAME_RULE = 'is not a name; use up to 64 letters, digits, ".", "_" and "-", a letter or digit first';
const ID_RULE = 'is not a deployment; write it as backend/deployment, for example east/chat';
const WHY = /^\S.{9,299}$/;
const whyRule = (what: string) => `is not a sentence of 10 to 300 characters; say ${what}`;

const name = () => z.string().regex(NAME, NAME_RULE);
const deploymentId = () => z.string().regex(ID, ID_RULE);
const count = (min: number, max: number, example: number) => whole({ min, max, remedy: `give for example ${example}` });
const milliseconds = (preset: number) => count(0, 600_000, preset).default(preset);
const tokens = (example: number) => count(1, 1_000_000, example);

/** Above 0. */
function amount(max: number, example: number) {
  const error = `is not a number above 0 and up to ${max}; give for example ${example}`;
  return z.number({ error }).gt(0, { error }).max(max, { error });
}

/** Both ends included. */
function between(min: number, max: number, example: number) {
  const error = `is not a number from ${min} to ${max}; give for example ${example}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

/** 0 or more. */
function quantity(max: number, example: number) {
  return between(0, max, example);
}

function list<Item extends z.ZodType>(item: Item, max: number, what: string) {
  return z.array(item).max(max, `holds more than ${max} ${what}; list fewer`);
}

const HEADER_KINDS = ['full', 'remaining', 'minusOne', 'none'] as const;

const deployment = z
  .strictObject({
    id: deploymentId().describe('Backend and deployment: `east/chat`.'),
    count: count(1, FLEET_MAX, 4)
      .default(1)
      .describe('So many of them, on backends with numbers: `east1/chat`, `east2/chat`, …'),
    model: name().default('gpt-4o').describe('Gives requests per minute, and what units are worth.'),
    type: z.enum(DEPLOYMENT_TYPES).default('GlobalStandard').describe('The `sku.name` in Azure.'),
    capacity: amount(100_000, 300).describe('Thousands of tokens per minute, or PTUs, as the gateway is told.'),
    trueCapacity: amount(100_000, 150).exactOptional().describe('What it really has. Absent: as told.'),
    isTold: z.boolean().default(true).describe('Whether the gateway is told the capacity at all.'),
    priority: count(0, 100, 1).default(1).describe('Lower is used first.'),
    weight: amount(1_000, 1).default(1).describe('Share among equals.'),
    quotaKey: name().exactOptional().describe('Name of one of `quotas`, on which it draws besides its own.'),
    promptTokensMax: tokens(128_000).exactOptional().describe('Longer prompts get 400. Absent: none is too long.'),
    firstByteMs: milliseconds(300).describe('First byte after so long. Milliseconds.'),
    tokenMs: quantity(1_000, 12).default(12).describe('Milliseconds for each token of the answer.'),
    headers: z
      .enum(HEADER_KINDS)
      .default('full')
      .describe(
        'What its answers tell. `full`: the headers of 2026. `remaining`: those of 2024. `minusOne`: -1 for all. `none`: nothing, also no hint.',
      ),
  })
  .describe('A deployment as the gateway is told of it, and as it is.');

const quota = z
  .strictObject({
    name: name().describe('As deployments refer to it.'),
    capacity: amount(100_000, 300).describe('Thousands of tokens per minute, over all deployments that name it.'),
  })
  .describe('A quota that several deployments draw on, besides their own.');

const FAULT_KINDS = ['others', 'lowered', 'outage', 'slow', 'dayHint', 'demand'] as const;

const fault = z
  .strictObject({
    deployment: deploymentId().describe('Which deployment, with its number where there are several.'),
    fromSeconds: quantity(SECONDS_MAX, 240).default(0).describe('When it begins. Seconds after the beginning.'),
    toSeconds: quantity(SECONDS_MAX, 360).exactOptional().describe('When it ends. Absent: never.'),
    kind: z
      .enum(FAULT_KINDS)
      .describe(
        '`others`: other tenants send to it. `lowered`: its limit falls. `outage`: it answers nothing else. `slow`: it takes longer. `dayHint`: 86,400 seconds are told to large requests. `demand`: some requests are refused whatever is left.',
      ),
    tokensPerMinute: amount(100_000_000, 100_000).exactOptional().describe('`others`: so many tokens (needed).'),
    requestTokens: tokens(1_000).exactOptional().describe('`others`: in requests of so many tokens. Default 1,000.'),
    share: quantity(1, 0.5)
      .exactOptional()
      .describe(
        '`lowered`: what remains of its limit. `demand`: how many of its requests. `dayHint`: those that are larger than this share of its limit. Needed by these.',
      ),
    isTold: z.boolean().exactOptional().describe('`lowered`: whether its headers say so. Default false.'),
    status: z
      .union([z.literal(500), z.literal(503), z.literal(0)])
      .exactOptional()
      .describe('`outage`: what it answers, 500 or 503; 0: the connection is refused. Default 503.'),
    factor: amount(1_000, 5).exactOptional().describe('`slow`: so many times slower (needed).'),
    waitMs: count(1, 86_400_000, 5_000).exactOptional().describe('`demand`: wait that is told. Default 5,000.'),
  })
  .describe('Happens to one deployment for a time.');

const ARRIVAL_KINDS = ['poisson', 'steady', 'bursts', 'diurnal'] as const;

const arrivals = z
  .strictObject({
    kind: z
      .enum(ARRIVAL_KINDS)
      .describe(
        '`poisson`: independent of one another. `steady`: at equal distances. `bursts`: many for a while, then few. `diurnal`: around a sine.',
      ),
    onSeconds: between(BURST_SECONDS_MIN, SECONDS_MAX, 5)
      .exactOptional()
      .describe('`bursts`: mean length of a burst (needed).'),
    offSeconds: between(BURST_SECONDS_MIN, SECONDS_MAX, 20)
      .exactOptional()
      .describe('`bursts`: mean time between them (needed).'),
    factor: amount(1_000, 4).exactOptional().describe('`bursts`: so many times as many as between them (needed).'),
    depth: quantity(1, 0.4).exactOptional().describe('`diurnal`: how far from the mean it goes, as a share (needed).'),
    periodSeconds: amount(SECONDS_MAX, 600).exactOptional().describe('`diurnal`: its length. Default: the whole run.'),
  })
  .describe('When requests come. Their number follows from the load.');

const LENGTH_KINDS = ['fixed', 'uniform', 'lognormal'] as const;

const lengths = (what: string) =>
  z
    .strictObject({
      kind: z.enum(LENGTH_KINDS).default('lognormal').describe('`lognormal`: a few are very long.'),
      tokens: tokens(500).exactOptional().describe('`fixed`: the length (needed). Tokens.'),
      min: tokens(100).exactOptional().describe('`uniform`: the shortest (needed). Tokens.'),
      max: tokens(8_000)
        .exactOptional()
        .describe('`uniform`: the longest (needed). `lognormal`: longer ones are cut. Default 20 medians. Tokens.'),
      median: tokens(600).exactOptional().describe('`lognormal`: half are shorter (needed). Tokens.'),
      spread: quantity(3, 0.7)
        .exactOptional()
        .describe('`lognormal`: standard deviation of the logarithm. Default 0.7: one of six is twice the median.'),
    })
    .describe(what);

const client = z
  .strictObject({
    name: name().describe('Unique; with a number at its end where there are several.'),
    count: count(1, 1_000, 5).default(1).describe('So many clients of this kind, with equal shares.'),
    class: z.enum(['interactive', 'standard', 'batch']).default('standard').describe('Whose work goes first.'),
    share: amount(1_000_000, 1).default(1).describe('Of all requests, relative to the other kinds.'),
    prompt: lengths('Of what is new in each prompt.'),
    answer: lengths('Of each answer, before it is cut at the bound.'),
    bound: tokens(1_000).exactOptional().describe('`max_tokens` of its requests. Absent: none.'),
    boundShare: quantity(1, 0.5).default(1).describe('Share of its requests that carry the bound.'),
    choices: z
      .strictObject({
        n: count(2, 8, 3).describe('Answers asked for.'),
        share: quantity(1, 0.05).describe('Share of the requests that ask for so many.'),
      })
      .exactOptional()
      .describe('Requests with `n` above 1. Absent: none.'),
    languages: z
      .strictObject({
        english: quantity(1_000, 1).default(0).describe('4 bytes and characters to a token.'),
        code: quantity(1_000, 1).default(0).describe('3.2 of both.'),
        cjk: quantity(1_000, 1).default(0).describe('Chinese, Japanese, Korean: 2 bytes, two thirds of a character.'),
      })
      .exactOptional()
      .describe('Shares of languages. Absent: English alone.'),
    instructionsTokens: count(0, 100_000, 1_500)
      .default(0)
      .describe('The same at the beginning of all its prompts. Tokens.'),
    conversation: z
      .strictObject({
        turns: count(1, 100, 6).describe('On average; each begins with all that was said before.'),
        thinkSeconds: amount(3_600, 20).describe('From one turn to the next, on average.'),
      })
      .exactOptional()
      .describe('Absent: each request stands alone.'),
    comebacks: z
      .strictObject({
        share: quantity(1, 0.8).describe('Of its requests, those that come back when they are told to.'),
        times: count(1, 10, 3).default(1).describe('How often at most.'),
      })
      .exactOptional()
      .describe('What it does with a 429. Absent: it gives up.'),
    arrivals: arrivals.exactOptional(),
  })
  .describe('A kind of client: how many there are of it, how often they ask, and what.');

const wait = () => milliseconds(2_000).describe('Longest wait of this class. Milliseconds; 0: none.');

export const scenarioSchema = z
  .strictObject({
    name: name().exactOptional().describe('Absent: the name of the file, without `.yaml`.'),
    why: z
      .string()
      .regex(WHY, whyRule('what a balancer can get wrong here'))
      .describe('Why it is worth a run, in one sentence.'),
    seconds: count(30, SECONDS_MAX, 600).default(600).describe('Length of the run, in virtual time.'),
    warmUpSeconds: count(0, SECONDS_MAX, 120).default(120).describe('Of it, the beginning that is not measured.'),
    fleet: list(deployment, FLEET_MAX, 'deployments')
      .min(1, 'is an empty list; list a deployment')
      .describe('Deployments that can stand in for one another.'),
    quotas: list(quota, FLEET_MAX, 'quotas').default([]).describe('Quotas that deployments share.'),
    faults: list(fault, FAULTS_MAX, 'faults').default([]).describe('What happens to deployments.'),
    waitMsMax: z
      .strictObject({ interactive: wait(), standard: wait(), batch: wait() })
      .default({ interactive: 2_000, standard: 2_000, batch: 2_000 })
      .describe('How long requests may wait in the gateway.'),
    load: amount(20, 0.95).describe(
      'Offered load, as a share of what the fleet can serve of these requests in its worst moment: after others, lowered limits, outages. Above 1: overload.',
    ),
    arrivals: arrivals.default({ kind: 'poisson' }),
    clients: list(client, CLIENTS_MAX, 'clients').min(1, 'is an empty list; list a client').describe('Who asks.'),
    promises: z
      .array(z.enum(PROMISE_NAMES))
      .default([])
      .describe('Which of the promised figures `npm run lab` checks here.'),
    pooledMost: z
      .strictObject({
        per10000: amount(10_000, 5).describe(
          'Of 10,000 requests over all seeds, those refused that the oracle serves.',
        ),
        why: z
          .string()
          .regex(WHY, whyRule('why seeds that do worse cannot be helped'))
          .describe('Why, in one sentence.'),
      })
      .exactOptional()
      .describe(
        'For `no429`, `noWait429` and `edge429`: all seeds counted together are held to this instead of the limit of their median. Absent: to that.',
      ),
  })
  .describe('A scenario of the routing lab.');

/** A file that keeps to the schema. */
export type ScenarioData = z.output<typeof scenarioSchema>;
export type FaultData = ScenarioData['faults'][number];
export type LengthsData = ScenarioData['clients'][number]['prompt'];
export type ArrivalsData = ScenarioData['arrivals'];

let made: JsonSchema | null = null;

export function scenarioJsonSchema(): JsonSchema {
  made ??= jsonSchemaOf(scenarioSchema);
  return made;
}
