/** The schema of backends, deployments, pools and clients. */
import { DEPLOYMENT_TYPES, REQUEST_CLASSES } from '@spillway/policy';
import * as z from 'zod';
import { askedName, DURATION_MS_MAX, ownName, secret, VISIBLE_ASCII, whole } from './kinds.ts';
import { addresses, allowedModels, allowedOperations, clientKey, clientKeys } from './schema-doors.ts';
import { urlProblem } from './url.ts';

/** Of one list. */
const BOUND_ITEMS_MAX = 100;
const CONTEXT_TOKENS_MAX = 100_000_000;
/** Above any weight that makes sense; sums of weights stay exact. */
const WEIGHT_MAX = 1_000_000;

const DEFAULT_SCOPE = 'https://cognitiveservices.azure.com/.default';

/** Sovereign clouds have audiences of their own. */
const SCOPES: ReadonlyArray<readonly [hosts: RegExp, scope: string]> = [
  [/\.azure\.us$/, 'https://cognitiveservices.azure.us/.default'],
  [/\.azure\.cn$/, 'https://cognitiveservices.azure.cn/.default'],
];

/** @param host of the resource. */
export function defaultScope(host: string): string {
  return SCOPES.find(([hosts]) => hosts.test(host))?.[1] ?? DEFAULT_SCOPE;
}

const NAMED = `named and never written: \`\${NAME}\` or \`\${file:/path}\``;

const priority = () =>
  whole({ min: 0, max: 1_000_000, remedy: 'lower is used first; 1 is the usual start' }).describe(
    'Lower is used first; deployments of a higher number serve only when none of a lower one may be used. Not for sharing load: that is `weight`.',
  );

const WEIGHT_RULE = 'is not above 0; remove the deployment to stop using it';
const weight = () =>
  z
    .number({ error: 'is not a number above 0; give for example 1 or 2.5' })
    .gt(0, { error: WEIGHT_RULE })
    .max(WEIGHT_MAX, { error: `is above ${WEIGHT_MAX}; only the ratio counts, so give smaller numbers` })
    .describe(
      'Share among deployments of the same priority: 2 gets twice what 1 gets. Not for switching a deployment off: remove it, or pause it.',
    );

const deploymentType = () =>
  z.enum(DEPLOYMENT_TYPES).optional().describe('The `sku.name` of the deployment in Azure. Absent: unknown.');

const capacity = () =>
  whole({ min: 1, max: 1_000_000_000, remedy: 'give it as Azure does: thousands of tokens per minute, or PTUs' })
    .optional()
    .describe(
      'As in Azure (`sku.capacity`): thousands of tokens per minute for Standard types, PTUs for provisioned ones. Absent: unknown. Not a wish: give what was granted, or reports mislead.',
    );

/** The largest grant known is 2.7 million (wire §6.3). */
const REQUESTS_PER_MINUTE_MAX = 100_000_000;

export const quota = z
  .strictObject({
    capacity: capacity().describe(
      'Of all deployments that name it together, in the same units as theirs. Absent: unknown; then refusals of one teach about all.',
    ),
  })
  .describe('A quota that deployments of one model and type share.');

const waitMsMax = (whose: string) =>
  whole({ min: 0, max: DURATION_MS_MAX, remedy: 'give milliseconds, or 0 for no waiting' }).optional().describe(whose);

const deployment = z
  .strictObject({
    name: ownName().describe('The name of the deployment in Azure, as sent in the path or the body.'),
    model: askedName()
      .optional()
      .describe(
        'The model it runs, for example `gpt-4o`. Deployments of one model form a pool of that name. Absent: deployments of the same name form one.',
      ),
    modelVersion: ownName()
      .optional()
      .describe('The version it runs, for example `2024-11-20`. Only for clients that ask for versions.'),
    contentFilter: z
      .string()
      .min(1, 'is empty; name the filter, or remove the key')
      .max(128, 'is longer than 128 characters; give its name')
      .optional()
      .describe('The name of its content filter in Azure (`raiPolicyName`). Only for clients that ask for filters.'),
    contextTokens: whole({ min: 1, max: CONTEXT_TOKENS_MAX, remedy: 'give for example 128000' })
      .optional()
      .describe('Longest prompt and answer together. Tokens. Only for clients that ask for a length.'),
    features: z
      .array(ownName())
      .max(BOUND_ITEMS_MAX, `holds more than ${BOUND_ITEMS_MAX} features; list fewer`)
      .optional()
      .describe('What it can do besides, in words of your own: `vision`. Only for clients that ask for features.'),
    type: deploymentType(),
    capacity: capacity(),
    requestsPerMinute: whole({
      min: 1,
      max: REQUESTS_PER_MINUTE_MAX,
      remedy: 'give what Azure shows as "Rate limit (Requests per minute)"',
    })
      .optional()
      .describe(
        'Requests a minute. Absent: those that come with `capacity` for its model, as Azure grants them. Only where Azure shows another figure; not for provisioned types, which have no such limit.',
      ),
    quotaKey: ownName()
      .optional()
      .describe(
        'A quota, of `quotas`, that it draws on together with others, besides its own `capacity`. Absent: its own alone.',
      ),
    priority: priority().default(1),
    weight: weight().default(1),
  })
  .describe('A model deployment on the backend: what is picked, throttled, broken and metered.');

export const backend = z
  .strictObject({
    name: ownName().describe('Appears in logs, metrics and decisions. Unique.'),
    url: z
      .string()
      .superRefine((url, context) => {
        const problem = urlProblem(url);
        if (problem !== null) context.addIssue(`${problem.rule}; ${problem.remedy}`);
      })
      .describe(
        'Where the resource answers: `https://NAME.openai.azure.com`, with a base path if it is mounted below one. Without `/openai`, which each request brings along.',
      ),
    apiKey: secret()
      .optional()
      .describe(
        `Key of the resource, ${NAMED}. Absent: Entra ID (managed identity, workload identity, \`az login\`), which is the better choice on Azure.`,
      ),
    scope: z
      .string()
      .regex(VISIBLE_ASCII, `is not a scope; the usual one is ${DEFAULT_SCOPE}`)
      .optional()
      .describe(
        `Scope of the Entra token. Default \`${DEFAULT_SCOPE}\`; below \`azure.us\` and \`azure.cn\`, that of the cloud. Only where the cloud or the resource asks for another one; not together with \`apiKey\`.`,
      ),
    region: ownName()
      .optional()
      .describe('Azure region, for example `eastus`. For reports, and for clients that may use some regions only.'),
    dialect: z
      .enum(['both', 'classic', 'v1'])
      .optional()
      .describe(
        'Which paths it serves: `classic` (`/openai/deployments/…?api-version=`), `v1` (`/openai/v1/…`), or `both`, as Azure does. Requests in another dialect are translated. Default `both`.',
      ),
    apiVersion: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}(?:-preview)?$/, 'is not an api-version; give for example 2024-10-21')
      .optional()
      .describe('Sent to it on classic paths in place of what the client sends. Absent: as the client sends it.'),
    deployments: z
      .array(deployment)
      .min(1, 'is an empty list; list a deployment, or remove the key to serve whatever name is asked for')
      .optional()
      .describe(
        'What the backend serves. Absent: whatever name is asked for is sent to it, as the Container Apps sample does.',
      ),
    deploymentName: ownName()
      .optional()
      .describe('Sent in place of the name asked for. Only for a backend without `deployments`.'),
    type: deploymentType().describe('As for a deployment. Only for a backend without `deployments`.'),
    capacity: capacity().describe('As for a deployment. Only for a backend without `deployments`.'),
    priority: priority()
      .optional()
      .describe('As for a deployment; default 1. Only for a backend without `deployments`.'),
    weight: weight().optional().describe('As for a deployment; default 1. Only for a backend without `deployments`.'),
  })
  .describe('One Azure OpenAI resource: where it is and how to prove who we are.');

const member = z
  .strictObject({
    deployment: z.string().describe('`backend/deployment`.'),
    priority: priority().optional().describe('In this pool, in place of that of the deployment.'),
    weight: weight().optional().describe('In this pool, in place of that of the deployment.'),
  })
  .describe('A deployment in a pool. `backend/deployment` alone is short for a mapping with that `deployment`.');

export const pool = z
  .strictObject({
    members: z
      .array(z.union([z.string(), member]))
      .min(1, 'is an empty list; name a member as backend/deployment, or remove the pool')
      .describe('The deployments, as `backend/deployment` or as a mapping.'),
    waitMsMax: waitMsMax(
      'Longest time a request for this pool waits for quota, whatever its class. Milliseconds; 0: it is refused at once. Absent: as `waiting.maxMs` has it. Goes behind that of a client.',
    ),
  })
  .describe('Deployments that can stand in for one another.');

const PLACE = /^[a-z][a-z0-9]{1,63}$/;
const PLACE_RULE = 'is not a region or data zone; write it as eastus, eu or global';

function bound<Item extends z.ZodType>(item: Item, what: string) {
  return z
    .array(item)
    .min(1, `is an empty list, so no deployment could serve; list ${what}, or remove the key`)
    .max(BOUND_ITEMS_MAX, `holds more than ${BOUND_ITEMS_MAX} ${what}; list fewer`)
    .optional();
}

export const client = z
  .strictObject({
    name: ownName().describe('Appears in logs and metrics. Unique.'),
    key: clientKey()
      .optional()
      .describe(
        `What the client sends as \`api-key\` or as Bearer token, ${NAMED}; or its hash, \`sha256:\` and 64 hexadecimal digits, which may be written. Unique. Not the key of a backend: that one would leave the team.`,
      ),
    keys: clientKeys().describe(
      'Further keys, so that one can be replaced without a gap: each as `key`, or as a mapping that says when it expires.',
    ),
    models: allowedModels().describe(
      'What it may ask for: names of pools, or others that lead to them. Absent: everything. A request that names no model, such as one for a file, is not bound by it: see `operations`.',
    ),
    operations: allowedOperations().describe('Operations it may use, by their names in logs and metrics. Absent: all.'),
    addresses: addresses().describe(
      'Where it may come from: addresses and ranges. Absent: anywhere. Behind a proxy see `trustedProxies`.',
    ),
    regions: bound(z.string().regex(PLACE, PLACE_RULE), 'regions').describe(
      'Where its requests may be processed: regions (`swedencentral`), data zones (`eu`, `us`), `global`. A Data Zone deployment counts as its zone, a Global one as `global` alone; one whose region or type is not configured is not used. Absent: anywhere.',
    ),
    types: bound(z.enum(DEPLOYMENT_TYPES), 'types').describe('Deployment types it may use. Absent: all.'),
    modelVersions: bound(ownName(), 'versions').describe('Versions of models it may use. Absent: all.'),
    contentFilters: bound(z.string().min(1, 'is empty; name a filter'), 'filters').describe(
      'Content filters whose deployments it may use. Absent: all.',
    ),
    features: bound(ownName(), 'features').describe(
      'Features that a deployment must have, each of them. Absent: none.',
    ),
    contextTokensMin: whole({ min: 1, max: CONTEXT_TOKENS_MAX, remedy: 'give for example 128000' })
      .optional()
      .describe('The shortest context of a deployment that it may use. Tokens. Absent: any.'),
    class: z
      .enum(REQUEST_CLASSES)
      .default('standard')
      .describe(
        'Whose work goes first when there is not enough for all: `interactive` (a person waits), `standard`, `batch` (nobody waits). It also decides how long a request waits (`waiting.maxMs`) and how much of provisioned capacity is left to others (`quota.spillAt`). Not every client is interactive: where all are, none goes first.',
      ),
    waitMsMax: waitMsMax(
      'Longest time a request of it waits for quota. Milliseconds; 0: it is refused at once, for clients that know other places to go. Absent: as its pool, else its class has it.',
    ),
  })
  .describe('A caller, with a key or by `signIn`. Failover never leaves its bounds, even where that means a 429.');
