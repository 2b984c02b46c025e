/** Whose code is in the bundle, and under which licence: the terms ask for their text to go along. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Library {
  readonly name: string;
  readonly version: string;
  /** As its `package.json` names it, in the words of SPDX. */
  readonly licence: string;
  /** Licence and notice as they stand in the package; empty where it has no such file. */
  readonly text: string;
}

/** @param inputs files that went into the bundle, below the root. */
export function librariesOf(root: string, inputs: Iterable<string>): readonly Library[] {
  const folders = new Set([...inputs].flatMap((path) => folderOf(path) ?? []));
  const found = [...folders].map((folder) => libraryIn(join(root, folder)));
  const byName = new Map(found.map((each) => [`${each.name}@${each.version}`, each]));
  return [...byName.values()].sort((a, b) => compare(`${a.name}@${a.version}`, `${b.name}@${b.version}`));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The innermost package that a file belongs to. */
function folderOf(path: string): string | null {
  const found = /^(?<folder>.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
  return found?.groups?.folder ?? null;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  /** How packages of before 2015 said it. */
  readonly licenses?: ReadonlyArray<{ readonly type: string }>;
}

function libraryIn(folder: string): Library {
  const { name, version, license, licenses }: Manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const licence = license ?? licenses?.map(({ type }) => type).join(' OR ');
  if (licence === undefined || licence === '') throw new Error(`${folder}: its package.json names no licence`);
  const texts = readdirSync(folder)
    .filter((file) => /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return { name, version, licence, text: texts.join('\n\n') };
}

export function thirdPartyText(libraries: readonly Library[]): string {
  const rule = '-'.repeat(80);
  const parts = libraries.map(({ name, version, licence, text }) =>
    [rule, `${name} ${version}`, `Licence: ${licence}`, ...(text === '' ? [] : ['', text]), ''].join('\n'),
  );
  return [`Spillway is bundled with these ${libraries.length} libraries.\n`, ...parts].join('\n');
}
