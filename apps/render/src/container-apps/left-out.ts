/**
 * What of a configuration the template on Container Apps does not take over: its resources are made new, and the gateway there has settings of
 * its own. Told, a line each, so that nobody believes it is in force.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Config, DEFAULT_DOORS, DEFAULT_GATEWAY } from '@spillway/config';
import { DEFAULT_POLICY } from '@spillway/policy';

/** @param names of the resources that are made, by names of backends. */
export function leftOut(config: Config, names: ReadonlyMap<string, string>): readonly string[] {
  return [...ofBackends(config, names), ...ofClients(config), ...ofPools(config), ...ofSettings(config)];
}

function ofBackends({ fleet }: Config, names: ReadonlyMap<string, string>): string[] {
  const renamed = [...names].filter(([name, given]) => name !== given);
  const listed = new Set(fleet.deployments.filter(({ name }) => name !== '').map(({ backend }) => backend));
  const open = fleet.backends.filter((backend) => !listed.has(backend));
  return [
    'resources: new ones are made, each with an address of its own and without keys; those at the addresses of the configuration are not asked',
    ...renamed.map(
      ([name, given]) => `the name ${name}: Azure does not take it, or has it already; it is ${given} here`,
    ),
    ...open.map(({ name }) => `${name} lists no deployments: it gets the usual two, chat and embedding`),
  ];
}

function ofClients({ clients, doors }: Config): string[] {
  return [
    ...clients.map(
      ({ name }) => `client ${name}, with its keys and bounds: there is one client, chat-app, whose key is GATEWAY_KEY`,
    ),
    ...doors.signIn.map(({ client }) => `sign-in of ${client}: list who may come in GATEWAY_PRINCIPALS`),
  ];
}

/** Pools that come of models are made again there; what refines them is not. */
function ofPools({ fleet }: Config): string[] {
  const models = new Set(fleet.deployments.flatMap(({ name, model }) => [name, model]));
  return [...fleet.pools.keys()]
    .filter((name) => !models.has(name))
    .map((name) => `the pool or alias ${name}: clients ask for names of models and deployments`);
}

function ofSettings({ gateway, doors, policy, prices }: Config): string[] {
  const { signIn: _, ...others } = doors;
  const changed = [
    ...changedIn(gateway, DEFAULT_GATEWAY),
    ...changedIn(others, DEFAULT_DOORS),
    ...changedIn(policy, DEFAULT_POLICY),
    ...(prices === null ? [] : ['prices']),
  ];
  return changed.length === 0 ? [] : [`settings: ${changed.join(', ')}`];
}

function changedIn(settings: object, defaults: object): string[] {
  const known = new Map<string, unknown>(Object.entries(defaults));
  return Object.entries(settings).flatMap(([key, value]) => (isDeepStrictEqual(value, known.get(key)) ? [] : [key]));
}
