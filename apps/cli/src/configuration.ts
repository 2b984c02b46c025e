/** A configuration in a person's words: how to begin without one, what is wrong, what it holds. Pure. */
import { type Config, type ConfigError, printError } from '@spillway/config';
import type { Deployment, OpenBackend, Pool } from '@spillway/policy';
import { grouped, table } from './lines.ts';

/** @param file null where the environment is the configuration. */
export function errorText(errors: readonly ConfigError[], file: string | null): string {
  const lines = errors.map((error) => `error: ${printError(error)}`);
  const count = errors.length === 1 ? '1 error' : `${errors.length} errors`;
  return [...lines, `${count} in ${file ?? 'the environment'}.`, ...(nothingGiven(errors, file) ? BEGIN : []), ''].join(
    '\n',
  );
}

/** Neither a file nor a variable: somebody who has only just come. */
function nothingGiven(errors: readonly ConfigError[], file: string | null): boolean {
  return file === null && errors.every(({ path }) => path === 'BACKEND_1_URL' || path === 'backends');
}

const BEGIN = [
  '',
  'Three ways to begin:',
  '  npm run demo                                  see it work on this machine, no account needed',
  '  BACKEND_1_URL=https://NAME.openai.azure.com BACKEND_1_APIKEY=… npx spillway gateway',
  '  npx spillway gateway --config spillway.yaml   see README.md for an example',
];

export function warningText(warnings: readonly ConfigError[]): string {
  return warnings.map((warning) => `warning: ${printError(warning)}\n`).join('');
}

/** `3 backends, 6 deployments in 2 pools, 1 client key`. */
export function contentText({ fleet, clients }: Config): string {
  const { backends, deployments, openBackends } = fleet;
  const pools = `${count(deployments.length, 'deployment')} in ${count(poolsOf(fleet.pools).length, 'pool')}`;
  const open = openBackends.length === backends.length ? '' : `${openBackends.length} of them `;
  return [
    count(backends.length, 'backend'),
    ...(openBackends.length === 0 ? [] : [`${open}for any deployment name`]),
    ...(deployments.length === 0 ? [] : [pools]),
    clients.length === 0 ? 'no client keys' : count(clients.length, 'client'),
  ].join(', ');
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

/** Each pool once, with all the names that lead to it. */
export function poolsOf(
  pools: ReadonlyMap<string, Pool>,
): ReadonlyArray<{ readonly pool: Pool; readonly names: readonly string[] }> {
  return [...new Set(pools.values())].map((pool) => ({
    pool,
    names: [...pools].filter(([, other]) => other === pool).map(([name]) => name),
  }));
}

const HEADER = ['deployment', 'type', 'capacity', 'priority', 'weight', 'sign-in', 'url'];
const NUMERIC = new Set([2, 3, 4]);

/** Pools and deployments as a table. */
export function fleetText({ fleet }: Config): string {
  const pools = poolsOf(fleet.pools).flatMap(({ pool, names }) => [
    '',
    `${pool.name}${alsoAs(names.filter((name) => name !== pool.name))}`,
    ...indented([HEADER, ...pool.members.map(deploymentCells)]),
  ]);
  const open = fleet.openBackends.map(openCells);
  const any = open.length === 0 ? [] : ['', 'any name that is asked for', ...indented([HEADER, ...open])];
  return [...pools, ...any, ...quotaLines(fleet.deployments)].map((line) => `${line}\n`).join('');
}

/** Each quota that several draw on, with those that do. */
function quotaLines(deployments: readonly Deployment[]): readonly string[] {
  const sharing = Map.groupBy(deployments, ({ quotaKey }) => quotaKey?.name ?? null);
  return [...sharing].flatMap(([name, members]) => {
    const [first] = members;
    if (name === null || first === undefined) return [];
    const capacity = first.quotaKey?.capacity ?? null;
    const amount = capacity === null ? 'as much as refusals teach' : capacityText({ type: first.type, capacity });
    return ['', `quota ${name}: ${amount}, for all of these together`, ...members.map(({ id }) => `  ${id}`)];
  });
}

function alsoAs(names: readonly string[]): string {
  return names.length === 0 ? '' : ` (also asked for as ${names.join(', ')})`;
}

function indented(rows: ReadonlyArray<readonly string[]>): readonly string[] {
  return table(rows, NUMERIC).map((line) => `  ${line}`);
}

function deploymentCells(of: Deployment): readonly string[] {
  return [of.id, ...cells(of)];
}

function openCells(of: OpenBackend): readonly string[] {
  return [`${of.backend.name}/${of.deploymentName ?? '*'}`, ...cells(of)];
}

function cells(of: Deployment | OpenBackend): readonly string[] {
  const signIn = of.backend.credential.kind === 'key' ? 'key' : 'Entra ID';
  return [of.type ?? '-', capacityText(of), String(of.priority), String(of.weight), signIn, of.backend.url];
}

function capacityText({ type, capacity }: Pick<Deployment, 'type' | 'capacity'>): string {
  if (capacity === null) return '-';
  return type?.includes('Provisioned') ? `${grouped(capacity)} PTU` : `${grouped(capacity * 1000)} tokens/min`;
}
