/** What must agree between values: names are unique, references lead somewhere, and no key is without effect. */
import { DEFAULT_POLICY } from '@spillway/policy';
import { checkClients } from './check-clients.ts';
import { checkNames } from './check-names.ts';
import { checkQuotas } from './check-quotas.ts';
import { DEFAULT_GATEWAY } from './config.ts';
import type { Findings } from './findings.ts';
import type { BackendOutline, Outline } from './outline.ts';
import { type Path, valueAt } from './place.ts';

export function check(outline: Outline, findings: Findings): void {
  const backends = outline.backends ?? [];
  checkUnique(
    backends.map(({ path, name }) => [[...path, 'name'], name]),
    'is the name of another backend',
    findings,
  );
  for (const backend of backends) checkBackend(backend, findings);
  checkSameDeployment(backends, findings);
  checkNames(outline, findings);
  checkQuotas(outline, findings);
  checkUnique(
    outline.clients.map(({ path, name }) => [[...path, 'name'], name]),
    'is the name of another client',
    findings,
  );
  checkClients(outline, findings);
  for (const [smaller, larger, preset] of ORDERED) checkOrder(outline.settings, { smaller, larger, preset }, findings);
}

type Named = readonly [path: Path, name: string | null];

/** Names that differ only in case would be confused, by people and by Azure. */
function checkUnique(names: readonly Named[], rule: string, findings: Findings): void {
  const first = new Map<string, Path>();
  for (const [path, name] of names) {
    if (name === null) continue;
    const key = name.toLowerCase();
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, path);
    else findings.add(path, { rule: `${rule} (${findings.name(earlier)})`, remedy: 'give each its own' });
  }
}

/** Keys that speak of one deployment have no effect beside a list of them. */
const ONLY_WITHOUT_DEPLOYMENTS = ['deploymentName', 'type', 'capacity', 'priority', 'weight'];

function checkBackend(backend: BackendOutline, findings: Findings): void {
  if (backend.keys.has('apiKey') && backend.keys.has('scope')) {
    findings.add([...backend.path, 'scope'], {
      rule: 'does nothing beside apiKey',
      remedy: 'remove one of the two',
      at: 'key',
    });
  }
  if (backend.deployments === null) return;
  for (const key of ONLY_WITHOUT_DEPLOYMENTS) {
    if (!backend.keys.has(key)) continue;
    const remedy = key === 'deploymentName' ? 'remove it' : 'set it on each deployment';
    findings.add([...backend.path, key], { rule: 'does nothing beside deployments', remedy, at: 'key' });
  }
  const names = backend.deployments.map(({ path, name }): Named => [[...path, 'name'], name]);
  checkUnique(names, 'is the name of another deployment of this backend', findings);
}

/** One deployment under two names would have its quota counted twice, and a second try could go to the same place. */
function checkSameDeployment(backends: readonly BackendOutline[], findings: Findings): void {
  const first = new Map<string, BackendOutline>();
  for (const backend of backends) {
    if (backend.url === null) continue;
    const named = backend.deployments ?? [{ path: [...backend.path, 'url'], name: backend.deploymentName ?? '' }];
    for (const { path, name } of named) {
      const key = `${backend.url} ${name?.toLowerCase()}`;
      const earlier = first.get(key);
      if (earlier === undefined) first.set(key, backend);
      else if (earlier !== backend) {
        const rule = `is the same deployment at the same url as on ${findings.name(earlier.path)}`;
        findings.add(backend.deployments === null ? path : [...path, 'name'], { rule, remedy: 'keep one of the two' });
      }
    }
  }
}

const { timeouts } = DEFAULT_GATEWAY;
const { throttle, breaker } = DEFAULT_POLICY;

/** The first, if it is set, must not be above the second (or that one's default): it would have no effect. */
const ORDERED: ReadonlyArray<readonly [smaller: Path, larger: Path, preset: number]> = [
  [['timeouts', 'connectMs'], ['timeouts', 'totalMs'], timeouts.totalMs],
  [['timeouts', 'firstByteMs'], ['timeouts', 'totalMs'], timeouts.totalMs],
  [['timeouts', 'idleMs'], ['timeouts', 'totalMs'], timeouts.totalMs],
  [['throttle', 'defaultMs'], ['throttle', 'capMs'], throttle.capMs],
  [['breaker', 'cooldownMs'], ['breaker', 'cooldownMsMax'], breaker.cooldownMsMax],
];

function checkOrder(
  settings: unknown,
  of: { readonly smaller: Path; readonly larger: Path; readonly preset: number },
  findings: Findings,
): void {
  const value = valueAt(settings, of.smaller);
  const bound = valueAt(settings, of.larger) ?? of.preset;
  if (typeof value !== 'number' || typeof bound !== 'number' || value <= bound) return;
  findings.add(of.smaller, {
    rule: `is above ${findings.name(of.larger)} (${bound}), so it would never act`,
    remedy: `lower it, or raise ${findings.name(of.larger)}`,
  });
}
