/** The names clients ask for: each leads to one pool, and each pool's members exist. */
import type { Findings } from './findings.ts';
import type { DeploymentOutline, Outline, PoolOutline } from './outline.ts';
import { quoted } from './place.ts';
import { didYouMean } from './suggest.ts';

export function checkNames(outline: Outline, findings: Findings): void {
  if (outline.backends === null) return;
  const deployments = outline.backends.flatMap(({ deployments }) => deployments ?? []);
  const poolNames = new Set([
    ...outline.pools.map(({ name }) => name),
    ...known(deployments.map(({ model }) => model)),
  ]);
  const references = referencesOf(outline);
  for (const pool of outline.pools) checkMembers(pool, references, findings);
  const deploymentNames = known(deployments.map(({ name }) => name));
  checkAliases(outline, { poolNames, deploymentNames }, findings);
  if (references.open.size === 0) checkModels(outline, [...poolNames, ...deploymentNames], findings);
  const taken = new Set([...poolNames, ...outline.aliases.map(({ name }) => name)]);
  checkMeaning(deployments, taken, findings);
}

interface References {
  readonly known: ReadonlySet<string>;
  /** Backends that list no deployments: they cannot be members. */
  readonly open: ReadonlySet<string>;
}

function referencesOf(outline: Outline): References {
  const backends = outline.backends ?? [];
  const listed = backends.flatMap(({ name: backend, deployments }) =>
    (deployments ?? []).map(({ name }) => (backend === null || name === null ? null : `${backend}/${name}`)),
  );
  const open = known(backends.filter((backend) => backend.deployments === null).map(({ name }) => name));
  return { known: new Set(known(listed)), open: new Set(open) };
}

function checkMembers(pool: PoolOutline, references: References, findings: Findings): void {
  const seen = new Set<string>();
  for (const { path, reference } of pool.members) {
    if (reference === null) continue;
    const [backend = ''] = reference.split('/');
    if (references.open.has(backend)) {
      findings.add(path, {
        rule: 'names a backend that lists no deployments',
        remedy: `list it under deployments of ${quoted(backend)}`,
      });
    } else if (!references.known.has(reference)) {
      const remedy = reference.includes('/')
        ? didYouMean(reference, [...references.known])
        : 'write backend/deployment';
      findings.add(path, { rule: 'is not a deployment of any backend', remedy });
    } else if (seen.has(reference)) {
      findings.add(path, { rule: 'is in this pool twice', remedy: 'remove one; weight gives it a larger share' });
    }
    seen.add(reference);
  }
}

function checkAliases(
  outline: Outline,
  names: { readonly poolNames: ReadonlySet<string>; readonly deploymentNames: readonly string[] },
  findings: Findings,
): void {
  const targets = [...new Set([...names.poolNames, ...names.deploymentNames])];
  const aliases = new Set(outline.aliases.map(({ name }) => name));
  for (const { path, name, target } of outline.aliases) {
    if (names.poolNames.has(name)) {
      findings.add(path, {
        rule: `does nothing: there is a pool named ${quoted(name)}, and pools come first`,
        remedy: 'remove the alias',
        at: 'key',
      });
    } else if (target !== null && aliases.has(target) && !names.poolNames.has(target)) {
      findings.add(path, { rule: 'is an alias itself', remedy: 'name the pool that it leads to' });
    } else if (target !== null && !targets.includes(target)) {
      findings.add(path, { rule: 'is not a pool, a model or a deployment', remedy: didYouMean(target, targets) });
    }
  }
}

/** What a client may ask for; with a backend that serves any name, any name can be meant. */
function checkModels(outline: Outline, served: readonly string[], findings: Findings): void {
  const names = [...new Set([...served, ...outline.aliases.map(({ name }) => name)])];
  for (const { path, name } of outline.clients.flatMap(({ models }) => models)) {
    if (name === null || names.includes(name)) continue;
    findings.add(path, { rule: 'is not a pool, a model or a deployment', remedy: didYouMean(name, names) });
  }
}

/** A name that several deployments share must mean one model; a pool or an alias of that name settles it. */
function checkMeaning(deployments: readonly DeploymentOutline[], taken: ReadonlySet<string>, findings: Findings): void {
  const first = new Map<string, DeploymentOutline>();
  for (const deployment of deployments) {
    if (deployment.name === null || taken.has(deployment.name)) continue;
    const earlier = first.get(deployment.name);
    if (earlier === undefined) first.set(deployment.name, deployment);
    else if (earlier.model !== deployment.model) {
      findings.add([...deployment.path, 'name'], {
        rule: `means ${modelName(deployment)} here and ${modelName(earlier)} on ${findings.name(earlier.path)}`,
        remedy: `add a pool or an alias named ${quoted(deployment.name)} to say which is meant, or give both the same model`,
      });
    }
  }
}

function modelName({ model }: DeploymentOutline): string {
  return model === null ? 'no known model' : quoted(model);
}

function known(names: ReadonlyArray<string | null>): readonly string[] {
  return names.filter((name) => name !== null);
}
