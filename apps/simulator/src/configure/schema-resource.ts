/** The schema of a resource: who may call it, what it serves, how fast, and what it says. */
import {
  type AnswerSettings,
  DEFAULT_ANSWERS,
  DEFAULT_LATENCY,
  DIALECTS,
  type Latency,
  PROMPT_TOKENS_PER_FIRST_TOKEN,
  patternProblem,
  type ScriptRule,
} from '@spillway/azure-model';
import { urlProblem } from '@spillway/config';
import * as z from 'zod';
import {
  DEFAULT_DIALECT,
  DEFAULT_RESOURCE_GROUP,
  DEFAULT_SUBSCRIPTION,
  DEPLOYMENTS_MAX,
  KEYS_MAX,
  LATENCY_MS_MAX,
  LOAD_FACTOR_MAX,
  PORT_MAX,
  SCRIPT_RULES_MAX,
  TOKENS_MAX,
} from '../defaults.ts';
import type { ResourceOptions, UpstreamOptions } from '../options.ts';
import { amount, count, flag, key, line, list, name, quantity, type Shape, text } from './kinds.ts';
import { deployment } from './schema-deployment.ts';

const LOAD_FACTOR_RULE = `is not a number from 1 to ${LOAD_FACTOR_MAX}; give for example 2`;
const latencyMs = (meaning: string) => quantity(LATENCY_MS_MAX, 100).exactOptional().describe(meaning);
const share = (preset: number, meaning: string) =>
  quantity(1, preset).meta({ default: preset }).exactOptional().describe(meaning);

const latencyShape = {
  firstTokenMs: latencyMs(
    `Middle of the time from the request to the first token, of a short prompt on an idle deployment. Milliseconds; 0 for none; default ${DEFAULT_LATENCY.firstTokenMs}.`,
  ),
  perTokenMs: latencyMs(
    `Middle of the time between two tokens on an idle deployment. Milliseconds; 0 for none; default ${DEFAULT_LATENCY.perTokenMs}.`,
  ),
  headersMs: latencyMs(
    'Of the time to the first token, the part after which the head of a stream is sent. Milliseconds; default 0: at once.',
  ),
  perPromptTokenMs: latencyMs(
    `What each token of the prompt that the cache does not hold adds to the time to the first token. Milliseconds; default: ${PROMPT_TOKENS_PER_FIRST_TOKEN} of them double it.`,
  ),
  spread: share(0.15, 'How much answers differ: about two thirds lie within this share of the middle.'),
  gapSpread: share(0.5, 'How much the times between the tokens of one answer differ, as a share of their mean.'),
  loadFactor: z
    .number({ error: LOAD_FACTOR_RULE })
    .min(1, { error: LOAD_FACTOR_RULE })
    .max(LOAD_FACTOR_MAX, { error: LOAD_FACTOR_RULE })
    .meta({ default: 2 })
    .exactOptional()
    .describe('How many times as long a fully loaded deployment takes; 1: load makes no difference.'),
  fullLoadAnswers: amount(TOKENS_MAX, 100)
    .meta({ default: 100 })
    .exactOptional()
    .describe('Answers under way at once with which a Standard deployment is fully loaded.'),
} satisfies Shape<Latency>;

const callShape = {
  name: name().describe('Of the function.'),
  arguments: z.unknown().describe('Any value; a mapping, as a rule.'),
} satisfies Shape<NonNullable<ScriptRule['call']>>;

const ruleShape = {
  deployment: name().nullable().exactOptional().describe('Name of the deployment. Absent: all.'),
  contains: text().nullable().exactOptional().describe('Stands in what the user said last, in any case.'),
  matches: text()
    .superRefine((source, context) => {
      const problem = patternProblem(source);
      if (problem !== null) context.addIssue(`is refused: ${problem}; give another pattern`);
    })
    .nullable()
    .exactOptional()
    .describe('A regular expression for the same, in any case.'),
  answer: text().nullable().exactOptional().describe('Said word for word.'),
  call: z
    .strictObject(callShape)
    .describe('A call of a tool that the request offers.')
    .nullable()
    .exactOptional()
    .describe('A tool that is called in place of an answer.'),
} satisfies Shape<ScriptRule>;

const rule = z
  .strictObject(ruleShape)
  .refine((given) => (given.answer == null) !== (given.call == null), {
    error: 'has both an answer and a call, or none; give one of them',
  })
  .describe('A rule of the script: what it does not name fits everything.');

const answersShape = {
  style: z
    .enum(['auto', 'prose', 'echo'])
    .meta({ default: DEFAULT_ANSWERS.style })
    .exactOptional()
    .describe(
      '`auto`: from the sources that the prompt carries, else prose. `prose`: always. `echo`: what the user said last.',
    ),
  tokensMedian: count({ min: 1, max: TOKENS_MAX }, DEFAULT_ANSWERS.tokensMedian)
    .meta({ default: DEFAULT_ANSWERS.tokensMedian })
    .exactOptional()
    .describe('Length of prose that nothing else bounds. Tokens.'),
  fill: flag()
    .meta({ default: DEFAULT_ANSWERS.fill })
    .exactOptional()
    .describe('Whether prose goes on until the limit of the request, as load tests want it.'),
  script: list(rule, SCRIPT_RULES_MAX, 'rules')
    .exactOptional()
    .describe('Answers given word for word: the first rule that fits a request answers it.'),
} satisfies Shape<AnswerSettings>;

const upstreamShape = {
  url: z
    .string()
    .superRefine((url, context) => {
      const problem = urlProblem(url);
      if (problem !== null) context.addIssue(`${problem.rule}; ${problem.remedy}`);
    })
    .describe('Where the real resource answers: `https://NAME.openai.azure.com`. Without `/openai`.'),
  key: key().describe(
    'Of the real resource, named and never written: `${NAME}` or `${file:/path}`. Or an Entra token for it (`az account get-access-token --resource https://cognitiveservices.azure.com`), which is sent as Bearer.',
  ),
} satisfies Shape<UpstreamOptions>;

const resourceShape = {
  name: name().describe(
    'Unique, whatever its case. Stands in the admin routes, and in host names (`NAME.openai.azure.com`).',
  ),
  key: key()
    .exactOptional()
    .describe(
      'Accepted as `api-key` and as Bearer. Default `simulated-key-n` for the n-th resource. It may be written: it guards nothing.',
    ),
  keys: list(key(), KEYS_MAX, 'keys')
    .min(1, 'is an empty list; list a key, or remove the line')
    .exactOptional()
    .describe('Several, in place of `key`, as Azure has two.'),
  subscription: line()
    .meta({ default: DEFAULT_SUBSCRIPTION })
    .exactOptional()
    .describe('With region, model and type it names a quota that deployments share.'),
  resourceGroup: name()
    .meta({ default: DEFAULT_RESOURCE_GROUP })
    .exactOptional()
    .describe("In the control plane's paths."),
  region: line().exactOptional().describe('As Azure shows it: `East US`. Default: another one for each resource.'),
  port: count({ min: 0, max: PORT_MAX }, 9001)
    .exactOptional()
    .describe('Port of its own, in place of the one counted from the admin port; 0 takes a free one.'),
  dialect: z
    .enum(DIALECTS, { error: 'is not "2024", "2025" or "2026"; write the year in quotes' })
    .meta({ default: DEFAULT_DIALECT })
    .exactOptional()
    .describe('The year whose response headers it sends. In quotes.'),
  deployments: list(deployment, DEPLOYMENTS_MAX, 'deployments')
    .exactOptional()
    .describe('Default: `chat` (gpt-4o) and `embedding` (text-embedding-3-small), 30,000 tokens per minute each.'),
  latency: z.strictObject(latencyShape).exactOptional().describe('How long answers take.'),
  answers: z.strictObject(answersShape).exactOptional().describe('What it says.'),
  spilloverFailure: z
    .enum(['standard', 'provisioned'])
    .meta({ default: 'standard' })
    .exactOptional()
    .describe(
      'Whose failure a client sees where a request spilled over and failed there too. `provisioned`: as Azure did until June 2026.',
    ),
  upstream: z
    .strictObject(upstreamShape)
    .exactOptional()
    .describe('The real resource behind it, for the modes `record` and `passThrough` of `recording`.'),
} satisfies Shape<ResourceOptions>;

export const resource = z
  .strictObject(resourceShape)
  .describe('One simulated Azure OpenAI resource, on a port of its own.');
