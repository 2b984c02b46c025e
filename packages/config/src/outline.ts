/**
 * What can be read off a configuration that may be full of errors: enough to check names and references, so that one
 * error does not hide the others. Null stands for what is absent or of the wrong kind; the schema has told that.
 */
import { isRecord, type Path } from './place.ts';
import { backendUrl } from './url.ts';

export interface Outline {
  /** Null where no list is given: then no reference can be judged. */
  readonly backends: readonly BackendOutline[] | null;
  readonly pools: readonly PoolOutline[];
  readonly aliases: ReadonlyArray<{ readonly path: Path; readonly name: string; readonly target: string | null }>;
  readonly quotas: readonly NamePlace[];
  readonly clients: readonly ClientOutline[];
  /** Names of clients that tokens lead to. */
  readonly signIns: readonly NamePlace[];
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface NamePlace {
  readonly path: Path;
  readonly name: string | null;
}

export interface ClientOutline extends NamePlace {
  readonly keys: ReadonlyArray<{ readonly path: Path; readonly key: string }>;
  /** Whether one is given, good or bad. */
  readonly hasKey: boolean;
  readonly models: readonly NamePlace[];
}

export interface BackendOutline {
  readonly path: Path;
  readonly name: string | null;
  /** In its one form; null where it is no good URL. */
  readonly url: string | null;
  readonly keys: ReadonlySet<string>;
  readonly deploymentName: string | null;
  /** Null for a backend that serves whatever name is asked for. */
  readonly deployments: readonly DeploymentOutline[] | null;
}

export interface DeploymentOutline {
  readonly path: Path;
  readonly name: string | null;
  readonly model: string | null;
  readonly type: string | null;
  readonly quotaKey: string | null;
  readonly keys: ReadonlySet<string>;
}

export interface PoolOutline {
  readonly path: Path;
  readonly name: string;
  readonly members: ReadonlyArray<{ readonly path: Path; readonly reference: string | null }>;
}

export function outline(data: unknown): Outline {
  const settings = isRecord(data) ? data : {};
  return {
    backends: Array.isArray(settings.backends) ? listAt(settings, 'backends', []).map(backendOutline) : null,
    pools: entriesAt(settings, 'pools').map(poolOutline),
    aliases: entriesAt(settings, 'aliases').map(({ key, value, path }) => ({ path, name: key, target: text(value) })),
    quotas: entriesAt(settings, 'quotas').map(({ key, path }) => ({ path, name: key })),
    clients: listAt(settings, 'clients', []).map(clientOutline),
    signIns: listAt(settings, 'signIn', []).map(({ value, path }) => ({
      path: [...path, 'client'],
      name: textAt(value, 'client'),
    })),
    settings,
  };
}

interface Placed {
  readonly value: unknown;
  readonly path: Path;
}

function backendOutline({ value, path }: Placed): BackendOutline {
  const url = textAt(value, 'url');
  return {
    path,
    name: textAt(value, 'name'),
    url: url === null ? null : (backendUrl(url)?.url ?? null),
    keys: new Set(isRecord(value) ? Object.keys(value) : []),
    deploymentName: textAt(value, 'deploymentName'),
    deployments:
      isRecord(value) && 'deployments' in value ? listAt(value, 'deployments', path).map(deploymentOutline) : null,
  };
}

function deploymentOutline({ value, path }: Placed): DeploymentOutline {
  const [name, model, type, quotaKey] = ['name', 'model', 'type', 'quotaKey'].map((key) => textAt(value, key));
  const keys = new Set(isRecord(value) ? Object.keys(value) : []);
  return { path, name: name ?? null, model: model ?? null, type: type ?? null, quotaKey: quotaKey ?? null, keys };
}

function clientOutline({ value, path }: Placed): ClientOutline {
  const holder = isRecord(value) ? value : {};
  const own = { path: [...path, 'key'], key: textAt(value, 'key') };
  const further = listAt(holder, 'keys', path).map((item) =>
    typeof item.value === 'string'
      ? { path: item.path, key: item.value }
      : { path: [...item.path, 'key'], key: textAt(item.value, 'key') },
  );
  return {
    path,
    name: textAt(value, 'name'),
    keys: [own, ...further].flatMap((each) => (each.key === null ? [] : [{ path: each.path, key: each.key }])),
    hasKey: 'key' in holder || 'keys' in holder,
    models: listAt(holder, 'models', path).map((item) => ({ path: item.path, name: text(item.value) })),
  };
}

function poolOutline({ key, value, path }: Placed & { readonly key: string }): PoolOutline {
  const members = listAt(isRecord(value) ? value : {}, 'members', path).map((member) =>
    typeof member.value === 'string'
      ? { path: member.path, reference: member.value }
      : { path: [...member.path, 'deployment'], reference: textAt(member.value, 'deployment') },
  );
  return { path, name: key, members };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function textAt(holder: unknown, key: string): string | null {
  return isRecord(holder) && Object.hasOwn(holder, key) ? text(holder[key]) : null;
}

function listAt(holder: Readonly<Record<string, unknown>>, key: string, path: Path): readonly Placed[] {
  const list = holder[key];
  return Array.isArray(list) ? list.map((value: unknown, index) => ({ value, path: [...path, key, index] })) : [];
}

function entriesAt(
  holder: Readonly<Record<string, unknown>>,
  key: string,
): ReadonlyArray<Placed & { readonly key: string }> {
  const map = holder[key];
  if (!isRecord(map)) return [];
  return Object.entries(map).map(([name, value]) => ({ key: name, value, path: [key, name] }));
}
