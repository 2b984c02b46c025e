/** A Config in words, for people and goldens. Always safe to print: keys are masked. */
import type { Backend, Credential, Deployment, Fleet, OpenBackend, PriceTable, QuotaKey } from '@spillway/policy';
import type { Client, Config, DoorSettings } from './config.ts';

const MASK = '***';

export function describeConfig(config: Config): string {
  const { fleet, policy, clients, gateway, doors, prices } = config;
  const lines = [
    'backends',
    ...fleet.backends.flatMap((backend) => [
      `  ${backend.name}  ${backend.url}  ${credential(backend.credential)}${optional('region', backend.region)}${dialect(backend)}`,
      ...fleet.openBackends.filter((open) => open.backend === backend).map((open) => `    ${openBackend(open)}`),
      ...fleet.deployments.filter((one) => one.backend === backend).map((one) => `    ${deployment(one)}`),
    ]),
    ...section('pools', pools(fleet)),
    ...section('names', names(fleet)),
    ...section('clients', clients.map(client)),
    ...(hasDoors(doors) ? section('doors', settings(plainDoors(doors))) : []),
    ...(prices === null ? [] : section('prices', priced(prices.table))),
    ...section('settings', settings({ ...gateway, ...policy })),
  ];
  return `${lines.join('\n')}\n`;
}

function client(of: Client): string {
  const { name, keys, access, allowance } = of;
  const shown =
    keys.length === 0 ? '  signs in' : keys.length === 1 ? `  key ${MASK}` : `  ${keys.length} keys ${MASK}`;
  const until = keys.flatMap(({ expiresMs }) => (expiresMs === null ? [] : [`  until ${expiresMs} ms`]));
  type Bound = readonly string[] | number | null;
  const bounds = Object.entries({ ...access, ...allowance }).map(([key, value]: [string, Bound]) =>
    optional(key, value === null || typeof value === 'number' ? value : value.join(' ')),
  );
  const turn = `${of.class === 'standard' ? '' : `  ${of.class}`}${optional('waits ms', of.waitMsMax)}`;
  return [name, shown, ...until, turn, ...bounds].join('');
}

function priced({ origin, rows }: PriceTable): readonly string[] {
  const { currency, asOf, source } = origin;
  const each = rows.map(({ model, place, prices }) => {
    const figures = Object.entries(prices).map(([name, value]: [string, number]) => optional(name, value));
    return `${model}${optional('', place)}${figures.join('')}`;
  });
  return [`${currency} per million tokens, as of ${asOf}  source ${source}`, ...each];
}

function hasDoors(doors: DoorSettings): boolean {
  return Object.values(doors).some((value) => value !== null && (!Array.isArray(value) || value.length > 0));
}

function plainDoors({ sealKeys, ...doors }: DoorSettings): object {
  return { ...doors, sealKeys: sealKeys.map(() => MASK) };
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return [title, ...(lines.length === 0 ? ['  none'] : lines.map((line) => `  ${line}`))];
}

function credential(of: Credential): string {
  return of.kind === 'key' ? `key ${MASK}` : `Entra ID, scope ${of.scope}`;
}

function dialect({ dialect: speaks, apiVersion }: Backend): string {
  return `${speaks === 'both' ? '' : `  ${speaks} alone`}${optional('api-version', apiVersion)}`;
}

function deployment(of: Deployment): string {
  const model = `${optional('model', of.model)}${optional('', of.modelVersion)}`;
  const filter = optional('filter', of.contentFilter);
  const can = `${filter}${optional('context', of.contextTokens)}${of.features.map((feature) => `  ${feature}`).join('')}`;
  const more = `${optional('requests per minute', of.requestsPerMinute)}${quota(of.quotaKey)}`;
  return `${of.name}${model}${can}${sku(of)}${more}  priority ${of.priority}  weight ${of.weight}`;
}

function quota(key: QuotaKey | null): string {
  return key === null ? '' : `  quota ${key.name}${optional('of', key.capacity).slice(1)}`;
}

function openBackend(of: OpenBackend): string {
  const sends = of.deploymentName === null ? 'serves any name' : `serves any name as ${of.deploymentName}`;
  return `${sends}${sku(of)}  priority ${of.priority}  weight ${of.weight}`;
}

function sku({ type, capacity }: Pick<Deployment, 'type' | 'capacity'>): string {
  return `${optional('', type)}${optional('capacity', capacity)}`;
}

function optional(label: string, value: string | number | null): string {
  return value === null ? '' : `  ${label === '' ? '' : `${label} `}${value}`;
}

function pools(fleet: Fleet): readonly string[] {
  return [...new Set(fleet.pools.values())].flatMap((pool) => [
    `${pool.name}${optional('waits ms', pool.waitMsMax ?? null)}`,
    ...pool.members.map(({ id, priority, weight }) => `  ${id}  priority ${priority}  weight ${weight}`),
  ]);
}

/** Names that lead to a pool called otherwise. */
function names(fleet: Fleet): readonly string[] {
  return [...fleet.pools].filter(([name, pool]) => name !== pool.name).map(([name, pool]) => `${name} → ${pool.name}`);
}

function settings(of: object, prefix = ''): readonly string[] {
  return Object.entries(of).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null ? settings(value, `${prefix}${key}.`) : [`${prefix}${key} ${value}`],
  );
}
