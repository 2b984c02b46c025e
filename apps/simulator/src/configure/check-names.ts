/** Names and ports that must be unique, and references that must lead somewhere. */
import { readFault } from '@spillway/azure-model';
import { didYouMean, type Findings, type Path } from '@spillway/config';
import { DEFAULT_PORT, PORT_MAX } from '../defaults.ts';
import type { DeploymentOutline, Outline, ResourceOutline } from './outline.ts';
import { SIMULATOR_FILE } from './simulator-file.ts';

export function checkNames(all: Outline, findings: Findings): void {
  const { resources } = all;
  checkUnique(resources, findings);
  checkPorts(all, findings);
  for (const resource of resources) {
    checkUnique(resource.deployments, findings);
    for (const deployment of resource.deployments) checkSpillover(deployment, resource, findings);
    if (resource.keys.has('key') && resource.keys.has('keys')) findings.add([...resource.path, 'key'], KEY_AND_KEYS);
  }
  checkFaults(all, findings);
}

const KEY_AND_KEYS = {
  rule: 'is given besides keys',
  remedy: 'list all of them under keys, and remove this one',
  showValue: false,
};

interface Named {
  readonly path: Path;
  readonly name: string | null;
}

/** Names stand in host names and are compared there without their case. */
function checkUnique(named: readonly Named[], findings: Findings): void {
  const seen = new Map<string, Path>();
  for (const { name, path } of named) {
    if (name === null) continue;
    const before = seen.get(name.toLowerCase());
    if (before === undefined) seen.set(name.toLowerCase(), path);
    else
      findings.add([...path, 'name'], {
        rule: 'is there twice',
        remedy: 'names are unique, whatever their case: change or remove one',
      });
  }
}

/** Of ports that are given; whether they are free shows when they are opened. */
function checkPorts({ port, resources }: Outline, findings: Findings): void {
  const counted = resources.filter((resource) => resource.port === null).length === 0 ? 0 : resources.length;
  if (port !== null && port !== 0 && port <= PORT_MAX && port + counted > PORT_MAX) {
    const rule = `leaves no room for ${resources.length} resources, which listen on the ports after it`;
    findings.add(['port'], { rule, remedy: `give at most ${PORT_MAX - counted}` });
  }
  const taken = new Set<number>([port ?? DEFAULT_PORT]);
  for (const { path, port: own } of resources) {
    if (own === null || own === 0) continue;
    if (taken.has(own))
      findings.add([...path, 'port'], {
        rule: 'is taken by another one',
        remedy: 'give each its own, or remove the line',
      });
    taken.add(own);
  }
}

function checkSpillover(deployment: DeploymentOutline, resource: ResourceOutline, findings: Findings): void {
  const { spilloverDeploymentName: target, path } = deployment;
  if (target === null) return;
  const standard = resource.deployments.filter(({ type }) => type.endsWith('Standard'));
  if (standard.some(({ name }) => name === target)) return;
  const there = resource.deployments.some(({ name }) => name === target);
  const names = standard.flatMap(({ name }) => (name === null ? [] : [name]));
  findings.add([...path, 'spilloverDeploymentName'], {
    rule: there ? 'is not a Standard deployment' : 'is not a deployment of this resource',
    remedy: names.length === 0 ? 'add a Standard deployment' : didYouMean(target, names, SIMULATOR_FILE.reference),
  });
}

function checkFaults({ resources, faults }: Outline, findings: Findings): void {
  const names = new Map(
    resources.map(({ name, deployments }) => [name ?? '', deployments.map((each) => each.name ?? '')]),
  );
  for (const { path, value } of faults) {
    const read = readFault(value, names);
    for (const error of read.kind === 'errors' ? read.errors : []) addFaultError(error, path, findings);
  }
}

/** Errors of the model read `place: value and rule`. */
function addFaultError(error: string, path: Path, findings: Findings): void {
  const [, place = '', said = error] = /^(\w+): (.*)$/s.exec(error) ?? [];
  const at = place === '' || place === 'body' ? path : [...path, place];
  const [rule = said, remedy = `see ${SIMULATOR_FILE.reference}`] = said.split(/; (.*)/s);
  findings.add(at, { rule, remedy, showValue: false });
}
