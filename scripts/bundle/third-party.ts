/** Whose code is in the bundle, and under which licence: the terms ask for their text to go along. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CARRIED } from './carried.ts';

export interface Library {
  readonly name: string;
  readonly version: string;
  /** As its `package.json` names it, in the words of SPDX. */
  readonly licence: string;
  /** Licence and notice as they stand in the package; empty where it has no such file. */
  readonly text: string;
  /** Who wrote it, as its `package.json` says. */
  readonly author: string;
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
  readonly author?: string | { readonly name: string };
}

function libraryIn(folder: string): Library {
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { name, version, license, licenses, author } = manifest;
  const licence = license ?? licenses?.map(({ type }) => type).join(' OR ');
  if (licence === undefined || licence === '') throw new Error(`${folder}: its package.json names no licence`);
  const texts = readdirSync(folder)
    .filter((file) => /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  const writer =
    typeof author === 'string' ? author.replace(/ [<(].*/, '') : (author?.name ?? `the authors of ${name}`);
  return { name, version, licence, text: texts.join('\n\n'), author: writer };
}

/** @param mit the text of the MIT licence, with a line of copyright: for those that came without. */
export function thirdPartyText(libraries: readonly Library[], mit: string): string {
  const parts = libraries.flatMap((library) => {
    const { name, version, licence, text, author } = library;
    const own = part(`${name} ${version}`, licence, text === '' ? standardText(licence, author, libraries, mit) : text);
    const inside = CARRIED.filter(({ within }) => within === name).map((one) =>
      part(`${one.name}, within ${name}`, one.licence, standardText(one.licence, one.holder, libraries, mit)),
    );
    return [own, ...inside];
  });
  return [`Spillway is bundled with these ${libraries.length} libraries.\n`, ...parts].join('\n');
}

function part(title: string, licence: string, text: string): string {
  return ['-'.repeat(80), title, `Licence: ${licence}`, '', text, ''].join('\n');
}

/** @throws for a licence whose text is not at hand. */
function standardText(licence: string, holder: string, libraries: readonly Library[], mit: string): string {
  if (licence === 'MIT') return mit.replace(/^Copyright.*$/m, `Copyright (c) ${holder}`).trim();
  const same = libraries.find((each) => each.licence === licence && each.text.includes('END OF TERMS AND CONDITIONS'));
  if (same === undefined) throw new Error(`${holder}: nothing here has the text of the licence ${licence}`);
  return `Copyright (c) ${holder}\n\nThe text of the licence stands under ${same.name} ${same.version}.`;
}
