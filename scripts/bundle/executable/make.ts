/**
 * One file that needs no Node: Node itself with the package inside, as a single executable application.
 * Source: Node's documentation, "Single executable applications".
 */
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { runCommand } from '../../run/command.ts';
import { packed } from './archive.ts';
import { ARCHIVE, NAME } from './assets.ts';
import { NotInjectable, withNote } from './elf.ts';

/** Where Node looks for the application, and what says that there is one: the digit behind it. Source: Node's `src/node_sea.cc`. */
const NOTE = 'NODE_SEA_BLOB';
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:';
/** As in the first line of bin/spillway.mjs. */
const NODE_FLAGS = ['--max-semi-space-size=8'];
/** Characters of the digest in the name of the folder: enough to tell contents apart, and paths stay short. */
const DIGEST_LENGTH = 16;
const NODE_MS_MAX = 60_000;

/** Why it cannot be made here; false where it can. */
export const NO_EXECUTABLE: false | string =
  process.platform === 'linux'
    ? false
    : `an executable is made on Linux, and this is ${process.platform}; the package runs here with Node 24`;

/** @param folder the bundle. @param file is written, for the kind of machine that this is. @returns its bytes. */
export async function makeExecutable(folder: string, file: string): Promise<number> {
  if (NO_EXECUTABLE !== false) throw new Error(NO_EXECUTABLE);
  const scratch = mkdtempSync(join(tmpdir(), 'spillway-executable-'));
  try {
    const program = withNote(fused(readFileSync(process.execPath)), NOTE, await blobOf(folder, scratch));
    writeFileSync(file, program);
    chmodSync(file, 0o755);
    return program.length;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The application as Node wants it. */
async function blobOf(folder: string, scratch: string): Promise<Buffer> {
  const at = (name: string): string => join(scratch, name);
  cpSync(folder, at('package'), { recursive: true });
  cpSync(licenceOfNode(), at('package/NODE-LICENSE.txt'));
  const archive = packed(at('package'));
  const { version }: { readonly version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const digest = createHash('sha256').update(archive).digest('hex').slice(0, DIGEST_LENGTH);
  writeFileSync(at(ARCHIVE), archive);
  writeFileSync(at(NAME), `${version}-${digest}`);
  await build({
    entryPoints: [join(import.meta.dirname, 'start.ts')],
    outfile: at('start.cjs'),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    logLevel: 'error',
  });
  const config = {
    main: at('start.cjs'),
    output: at('blob'),
    disableExperimentalSEAWarning: true,
    execArgv: NODE_FLAGS,
    assets: { [ARCHIVE]: at(ARCHIVE), [NAME]: at(NAME) },
  };
  writeFileSync(at('config.json'), JSON.stringify(config));
  const args = ['--experimental-sea-config', at('config.json')];
  const ran = { file: process.execPath, args, folder: scratch, env: process.env, limitMs: NODE_MS_MAX };
  const { ending, output } = await runCommand(ran);
  if (ending.kind !== 'exit' || ending.code !== 0) throw new Error(`node ${args.join(' ')}: ${output}`);
  return readFileSync(at('blob'));
}

/** Node is handed on with it, and its terms ask for their text to go along. */
function licenceOfNode(): string {
  const file = join(dirname(process.execPath), '../LICENSE');
  if (existsSync(file)) return file;
  throw new Error(`${file}: Node came without its licence; run \`npm ci\`, or take Node from https://nodejs.org`);
}

/** @throws NotInjectable where the Node has no such place, or was given an application before. */
function fused(node: Buffer): Buffer {
  const at = node.indexOf(`${FUSE}0`);
  if (at < 0) throw new NotInjectable(`${process.execPath} cannot take an application: ${FUSE}0 is not in it`);
  node.write('1', at + FUSE.length, 'latin1');
  return node;
}
