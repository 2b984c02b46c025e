/**
 * Every key of spillway.yaml: its meaning, unit, range, default, and when not to use it. The JSON schema for editors and
 * docs/config.md are made from this file, and so are the errors: a message reads `rule; remedy`.
 * It sees one value at a time; what must agree between values is in check.ts. Secrets have been filled in before.
 */
import * as z from 'zod';
import { DEFAULT_GATEWAY } from './config.ts';
import { askedName, durationMs, ownName } from './kinds.ts';
import {
  addressesSetting,
  corsSettings,
  sealKeysSetting,
  signInSettings,
  tlsSettings,
  trustedProxiesSetting,
} from './schema-doors.ts';
import { backend, client, pool, quota } from './schema-fleet.ts';
import { pricesSetting } from './schema-prices.ts';
import { explainSettings, quotaSettings, strategySetting, waitingSettings } from './schema-quota.ts';
import {
  breakerSettings,
  headersSettings,
  limitsSettings,
  streamsSettings,
  throttleSettings,
  timeoutsSettings,
  usageSettings,
} from './schema-settings.ts';

const poolsSchema = z
  .record(askedName(), pool)
  .default({})
  .describe(
    'Pools by the name that clients ask for; a pool named after a model takes the place of the one made for that model.',
  );

const aliasesSchema = z
  .record(askedName(), z.string())
  .default({})
  .describe('Further names that clients may ask for, each with the name of its pool.');

const quotasSchema = z
  .record(ownName(), quota)
  .default({})
  .describe(
    'Quotas that several deployments draw on together, by a name of your own; a deployment names its one as `quotaKey`. Azure grants quota for each subscription, region, model and deployment type: only where that is less than the capacities of the deployments together.',
  );

export const fileSchema = z
  .strictObject({
    backends: z
      .array(backend)
      .min(1, 'is an empty list; add a backend, with name and url')
      .describe('The Azure OpenAI resources. At least one.'),
    pools: poolsSchema,
    aliases: aliasesSchema,
    quotas: quotasSchema,
    clients: z
      .array(client)
      .default([])
      .describe(
        'Who may use the gateway. Absent, and no `signIn`: nobody is asked, and the gateway serves this machine only (see `--allow-anonymous`).',
      ),
    signIn: signInSettings,
    addresses: addressesSetting,
    trustedProxies: trustedProxiesSetting,
    tls: tlsSettings,
    cors: corsSettings,
    sealKeys: sealKeysSetting,
    timeouts: timeoutsSettings,
    limits: limitsSettings,
    drainMs: durationMs(
      DEFAULT_GATEWAY.drainMs,
      0,
      'How long running exchanges may take to end after SIGTERM. Milliseconds. Keep it below the grace period of the platform.',
    ),
    headers: headersSettings,
    v1ApiVersion: z
      .enum(['strip', 'pass'])
      .default(DEFAULT_GATEWAY.v1ApiVersion)
      .describe(
        'What happens to `api-version` on `/openai/v1/*`: Azure refuses dated ones there. `pass` only for backends that want it.',
      ),
    usage: usageSettings,
    streams: streamsSettings,
    strategy: strategySetting,
    quota: quotaSettings,
    waiting: waitingSettings,
    explain: explainSettings,
    prices: pricesSetting,
    throttle: throttleSettings,
    breaker: breakerSettings,
  })
  .describe('Configuration of Spillway.');

/** A file that keeps to the schema, with the defaults filled in. */
export type FileData = z.output<typeof fileSchema>;
export type BackendData = FileData['backends'][number];
export type ClientData = FileData['clients'][number];
export type DeploymentData = NonNullable<BackendData['deployments']>[number];
