/** What works, but is hardly meant. */
import { type Deployment, isProvisioned, type Pool } from '@spillway/policy';
import type { Config, ConfigError } from './config.ts';
import { Findings } from './findings.ts';
import type { Path, Source } from './place.ts';
import type { FileData } from './schema.ts';
import { backendUrl, isLoopback } from './url.ts';

export function warningsOf(file: FileData, config: Config, source: Source): readonly ConfigError[] {
  const findings = new Findings(source);
  for (const [index, backend] of file.backends.entries()) {
    const path: Path = ['backends', index];
    warnPlainHttp(backend.url, path, findings);
    warnNeverAsked(file, config, { index, path }, findings);
  }
  for (const [index, backend] of file.backends.entries()) {
    for (const [at, { name }] of (backend.deployments ?? []).entries()) {
      const pools = poolsWith(config, `${backend.name}/${name}`);
      const path: Path = ['backends', index, 'deployments', at];
      if (pools.length === 0) findings.add([...path, 'name'], UNREACHABLE);
      if (pools.some((pool) => isPaidButLast(pool, `${backend.name}/${name}`)))
        findings.add([...path, 'priority'], PAID_BUT_LAST);
    }
  }
  warnUnpriced(file, config, findings);
  return findings.errors;
}

const NO_SUCH_MODEL = {
  rule: 'is the model of no deployment',
  remedy: 'write it as the deployments do, or remove the row',
};

/** Where any name may be asked for, any model may be meant. */
function warnUnpriced({ prices }: FileData, { fleet }: Config, findings: Findings): void {
  if (prices === undefined || fleet.openBackends.length > 0) return;
  const models = new Set(fleet.deployments.map(({ model, name }) => (model ?? name).toLowerCase()));
  for (const [i, row] of prices.prices.entries()) {
    if (!models.has(row.model.toLowerCase())) findings.add(['prices', 'prices', i, 'model'], NO_SUCH_MODEL);
  }
}

const UNREACHABLE = { rule: 'is in no pool that a client can ask for', remedy: 'give its model, or add it to a pool' };
const PAID_BUT_LAST = {
  rule: 'lets provisioned capacity, which is paid for anyway, serve after Standard',
  remedy: 'give it a lower number than the Standard deployments of its pool',
};

function warnPlainHttp(url: string, path: Path, findings: Findings): void {
  const read = backendUrl(url);
  if (read === null || read.scheme === 'https' || isLoopback(read.host)) return;
  findings.add([...path, 'url'], { rule: 'sends credentials and prompts unencrypted', remedy: 'use https' });
}

/** A backend without deployments takes names that no pool has; where others list theirs, that is easily overlooked. */
function warnNeverAsked(
  file: FileData,
  config: Config,
  at: { readonly index: number; readonly path: Path },
  findings: Findings,
): void {
  if (file.backends[at.index]?.deployments !== undefined || config.fleet.pools.size === 0) return;
  findings.add([...at.path, 'name'], {
    rule: 'lists no deployments, so it serves only names that no pool has',
    remedy: 'list its deployments to have it share in the pools',
  });
}

function poolsWith(config: Config, id: string): readonly Pool[] {
  return [...new Set(config.fleet.pools.values())].filter(({ members }) => members.some((member) => member.id === id));
}

function isPaidButLast(pool: Pool, id: string): boolean {
  const deployment = pool.members.find((member) => member.id === id);
  if (deployment === undefined || deployment.type === null || !isProvisioned(deployment.type)) return false;
  return pool.members.some((member) => isStandard(member) && member.priority < deployment.priority);
}

function isStandard(deployment: Deployment): boolean {
  return deployment.type !== null && !isProvisioned(deployment.type);
}
