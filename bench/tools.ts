/** What the benchmark needs from the machine: Linux, two CPUs, and a few tools, which it names with their Debian packages. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync } from 'node:fs';
import path from 'node:path';

interface Tool {
  readonly name: string;
  readonly debianPackages: string;
  readonly why: string;
}

const TOOLS: readonly Tool[] = [
  { name: 'cc', debianPackages: 'gcc libc6-dev', why: 'compiles the load generator and the fake backend' },
  { name: 'nginx', debianPackages: 'nginx-light', why: 'is the reference that the ratios refer to' },
  { name: 'taskset', debianPackages: 'util-linux', why: 'gives each process its CPU' },
  { name: 'setpriv', debianPackages: 'util-linux', why: 'ends the started processes together with the benchmark' },
];

/** Debian keeps servers where a user's PATH does not look. */
const MORE_PATHS = ['/usr/sbin', '/sbin'];
/** Compiling takes a second or two; a compiler that hangs is given up. */
const COMPILE_MS_MAX = 60_000;

/** Path of a tool, or null. */
export function findTool(name: string, searchPath: string): string | null {
  for (const directory of [...searchPath.split(path.delimiter), ...MORE_PATHS]) {
    const file = path.join(directory, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // not here
    }
  }
  return null;
}

/** A line for each thing that is missing; empty when the benchmark can run. */
export function missing(platform: string, cpus: number, searchPath: string): readonly string[] {
  if (platform !== 'linux') return [`this benchmark reads CPU time from /proc: it runs on Linux, not on ${platform}`];
  const lines = TOOLS.filter((tool) => findTool(tool.name, searchPath) === null).map(
    (tool) => `${tool.name} is not here; it ${tool.why}. On Debian: apt-get install ${tool.debianPackages}`,
  );
  if (cpus < 2) lines.push(`${cpus} CPU is not enough: proxy and load need one each`);
  return lines;
}

export interface Compiled {
  readonly backend: string;
  readonly loadgen: string;
}

/** Compiles the C tools into `workDir`. */
export function compile(sourceDir: string, workDir: string): Compiled {
  mkdirSync(workDir, { recursive: true });
  const built = (name: string): string => {
    const file = path.join(workDir, name);
    execFileSync('cc', ['-O2', '-o', file, path.join(sourceDir, `${name}.c`)], { timeout: COMPILE_MS_MAX });
    return file;
  };
  return { backend: built('backend'), loadgen: built('loadgen') };
}
