/** What of a configuration API Management cannot do: told, one line each, so that nobody believes it is in force. */
import type { Config } from '@spillway/config';
import { DEFAULT_GATEWAY } from '@spillway/config';
import { boundedBeyond } from './bounds.ts';
import type { ApimOptions } from './options.ts';
import { type Plan, POOL_MEMBERS_MAX, takenOpen } from './plan.ts';
import { takenEntry } from './sign-in.ts';

export function leftOut(config: Config, plan: Plan, options: ApimOptions): readonly string[] {
  const balancing = options.frontOf === 'spillway' ? [] : ofBalancing(config);
  const nobody = plan.clients.length === 0 ? ['nobody is let in: no client of the configuration is here; add one'] : [];
  return [...nobody, ...ofClients(config, plan), ...ofDoors(config, plan), ...balancing];
}

function ofClients({ clients }: Config, plan: Plan): string[] {
  const here = new Set(plan.clients.map(({ name }) => name));
  const out = clients.filter(({ name }) => !here.has(name));
  const withKeys = clients.filter(({ name, keys }) => here.has(name) && keys.length > 0);
  return [
    ...out.map((client) => {
      const why = boundedBeyond(client).join(' and ') || 'models, which only the gateway behind it can tell apart';
      return `client ${client.name} is left out, and let in by nothing: it is bounded by ${why}`;
    }),
    ...withKeys.map(
      ({ name }) => `the keys of client ${name} stay with the gateway: its subscription has keys of its own`,
    ),
    ...(clients.some((client) => client.class !== 'standard' || client.waitMsMax !== null)
      ? ['classes and waiting: requests are refused at once, whoever asks']
      : []),
  ];
}

function ofDoors(config: Config, plan: Plan): string[] {
  const { doors } = config;
  const taken = takenEntry(config, plan.clients);
  const others = doors.signIn.filter((entry) => entry !== taken);
  return [
    ...others.map((entry) => `sign-in of ${entry.client}: one entry is taken, since the first check refuses for all`),
    ...(taken !== null && taken.from.kind === 'issuer' && taken.from.jwksUrl !== null
      ? ['jwksUrl: keys are found by discovery alone']
      : []),
    ...(taken !== null && taken.from.kind === 'tenant' && taken.from.authority !== null
      ? ['authority: tokens are checked with the cloud that API Management is in']
      : []),
    ...(doors.addresses === null ? [] : ['addresses: add an ip-filter, or a private network']),
    ...(doors.corsOrigins.length === 0 ? [] : ['cors: add a policy for it']),
    ...(doors.sealKeys.length === 0 ? [] : ['state (files, responses, batches): not offered']),
  ];
}

function ofBalancing(config: Config): string[] {
  const { fleet, policy, gateway } = config;
  const renamed = fleet.openBackends.length - takenOpen(config).length;
  const tooLarge = [...new Set(fleet.pools.values())].filter(({ members }) => members.length > POOL_MEMBERS_MAX);
  return [
    ...fleet.backends
      .filter(({ credential }) => credential.kind === 'key')
      .map(
        ({ name }) =>
          `the key of ${name}: API Management signs in by its managed identity, which needs the role Cognitive Services OpenAI User there`,
      ),
    ...fleet.backends
      .filter(({ apiVersion }) => apiVersion !== null)
      .map(({ name }) => `apiVersion of ${name}: what the client sends is sent on`),
    ...(renamed === 0 ? [] : [`${renamed} backends with a deploymentName and no list of deployments`]),
    ...tooLarge.map(({ name }) => `pool ${name}: members after the first ${POOL_MEMBERS_MAX}`),
    ...(policy.strategy === 'headroom'
      ? ['headroom: API Management shares by weight alone, knows no quota, and learns of a spent one by its 429']
      : []),
    ...(gateway.streams.hedge === null ? [] : ['hedged streams']),
    ...(gateway.streams.keepAliveSeconds === DEFAULT_GATEWAY.streams.keepAliveSeconds ? [] : ['keep-alive comments']),
    ...(gateway.usage.includeUsage === 'ask' ? ['asking streams for their usage'] : []),
  ];
}
