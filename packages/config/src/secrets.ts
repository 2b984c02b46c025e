/**
 * Secrets are named in a configuration, `${NAME}` or `${file:/path}`, and filled in here. A value that could not be filled
 * in stays as it was written, and a finding says which name is missing.
 */
import type { FileKind } from './file-kind.ts';
import type { Findings } from './findings.ts';
import { isRecord, isReference, type Path, quoted } from './place.ts';

/** Far above any key; a larger file is not one. */
export const SECRET_CHARS_MAX = 65_536;

export interface Secrets {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Contents by path; null for a file that cannot be read. */
  readonly files: ReadonlyMap<string, string | null>;
  readonly kind: Pick<FileKind, 'reader' | 'textKind' | 'exampleVariable' | 'mayBeWritten'>;
  /** stoodIn: a secret that is not there is taken for a text of its own, which nobody may use. Default: it is an error. */
  readonly missing?: 'refused' | 'stoodIn';
}

type Filled =
  | { readonly kind: 'ok'; readonly text: string }
  | { readonly kind: 'bad'; readonly rule: string; readonly remedy: string };

const REFERENCE = /\$\{([^{}]*)\}/g;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Also `C:\secrets\key`. A relative path would depend on where the gateway was started. */
const ABSOLUTE = /^(?:\/|[A-Za-z]:[\\/])/;

/** The same data with every reference replaced by what it names. */
export function fillSecrets(data: unknown, secrets: Secrets, findings: Findings, path: Path = []): unknown {
  if (Array.isArray(data)) return data.map((item, index) => fillSecrets(item, secrets, findings, [...path, index]));
  if (isRecord(data)) {
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, fillSecrets(value, secrets, findings, [...path, key])]),
    );
  }
  const textKind = secrets.kind.textKind(path);
  if (textKind === 'named' && data !== null && !isReference(data)) {
    if (secrets.kind.mayBeWritten?.(path, data) === true) return data;
    return refuseLiteral(data, findings, path, secrets.kind.exampleVariable(path));
  }
  if (typeof data !== 'string' || textKind === 'literal') return data;
  const filled = fillText(data, textKind === 'named' ? secrets : { ...secrets, missing: 'refused' });
  if (filled.kind === 'ok') return filled.text;
  findings.add(path, filled);
  return data;
}

function refuseLiteral(value: unknown, findings: Findings, path: Path, variable: string): unknown {
  const rule = value === '' ? 'is empty' : 'is written here';
  const remedy = `name it, do not write it here: \${${variable}} or \${file:/run/secrets/${variable.toLowerCase()}}`;
  findings.add(path, { rule, remedy });
  return value;
}

function fillText(text: string, secrets: Secrets): Filled {
  let bad: Filled | null = null;
  const filled = text.replace(REFERENCE, (whole, name: string) => {
    const value = lookUp(name, secrets);
    if (value.kind === 'ok') return value.text;
    bad ??= value;
    return whole;
  });
  if (bad !== null) return bad;
  if (!text.replace(REFERENCE, '').includes(`\${`)) return { kind: 'ok', text: filled };
  return { kind: 'bad', rule: `has "\${" without its "}"`, remedy: `write \${NAME} or \${file:/path}` };
}

function lookUp(name: string, secrets: Secrets): Filled {
  if (name.startsWith('file:')) return fromFile(name, secrets);
  if (!VARIABLE.test(name)) {
    return {
      kind: 'bad',
      rule: `has a "\${…}" that names nothing`,
      remedy: `write \${NAME} or \${file:/path}; there are no defaults`,
    };
  }
  const value = Object.hasOwn(secrets.env, name) ? secrets.env[name] : undefined;
  if (value === undefined) {
    if (secrets.missing === 'stoodIn') return standIn(name);
    return {
      kind: 'bad',
      rule: `names the environment variable ${quoted(name)}, which is not set`,
      remedy: `set it where the ${secrets.kind.reader} is started`,
    };
  }
  return usable(value.trim(), `environment variable ${quoted(name)}`);
}

/** Differs for each name, since no two clients may have the same key. */
function standIn(name: string): Filled {
  return { kind: 'ok', text: `not-the-secret-of-${name.replaceAll(/[^A-Za-z0-9]/g, '-')}` };
}

function fromFile(name: string, { files, kind, missing }: Secrets): Filled {
  const path = name.slice('file:'.length);
  if (!ABSOLUTE.test(path)) {
    return {
      kind: 'bad',
      rule: 'names a file by a relative path',
      remedy: `give the path from the root: \${file:/run/secrets/key}`,
    };
  }
  const content = files.get(path) ?? null;
  if (content === null) {
    if (missing === 'stoodIn') return standIn(name);
    return {
      kind: 'bad',
      rule: `names the file ${quoted(path)}, which cannot be read`,
      remedy: `check that it exists, and that the ${kind.reader} may read it`,
    };
  }
  return usable(content.replace(/[\r\n]+$/, ''), `file ${quoted(path)}`);
}

function usable(text: string, what: string): Filled {
  if (text === '')
    return { kind: 'bad', rule: `names the ${what}, which is empty`, remedy: 'fill it, or remove this key' };
  if (text.length <= SECRET_CHARS_MAX) return { kind: 'ok', text };
  return {
    kind: 'bad',
    rule: `names the ${what}, which holds more than ${SECRET_CHARS_MAX} characters`,
    remedy: 'check that the right one is named',
  };
}

/** Paths of the files that values of the data name, each once. */
export function secretFiles(data: unknown): readonly string[] {
  const found = new Set<string>();
  collect(data, found);
  return [...found];
}

function collect(data: unknown, found: Set<string>): void {
  if (typeof data === 'string') {
    for (const [, name = ''] of data.matchAll(REFERENCE)) {
      if (name.startsWith('file:') && ABSOLUTE.test(name.slice(5))) found.add(name.slice(5));
    }
  } else if (typeof data === 'object' && data !== null) {
    for (const part of Object.values(data)) collect(part, found);
  }
}
