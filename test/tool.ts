/**
 * Programs that some tests need and that may be absent: a test without its program is skipped and says why.
 * With CI=true nothing may be absent, so there the test fails instead, and names what to install.
 */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs that tests use, each with the Debian package it comes from. `.ci/run` installs these packages. */
export const DEBIAN_PACKAGES = {
  nginx: 'nginx-light',
  chromium: 'chromium',
} as const;

export type ToolName = keyof typeof DEBIAN_PACKAGES;

/** `skip` goes straight into a test's options: `test('…', { skip: nginx.skip }, …)`. */
export type Tool = { readonly path: string; readonly skip: false } | { readonly path: null; readonly skip: string };

/** Where Debian keeps programs that are not in everybody's PATH. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** @throws where the program is absent and CI=true. */
export function tool(name: ToolName, env: NodeJS.ProcessEnv = process.env): Tool {
  const folders = [...(env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS].filter((folder) => folder !== '');
  return found(name, DEBIAN_PACKAGES[name], folders, env.CI === 'true');
}

/** The decision alone, for whichever folders. */
export function found(name: string, debianPackage: string, folders: readonly string[], ci: boolean): Tool {
  const path = folders.map((folder) => join(folder, name)).find(isProgram);
  if (path !== undefined) return { path, skip: false };
  const reason = `${name} is not installed (Debian package ${debianPackage})`;
  if (ci) throw new Error(`${reason}; with CI=true nothing may be skipped for a missing program`);
  return { path: null, skip: reason };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
