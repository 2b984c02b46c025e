#!/usr/bin/env -S node --max-semi-space-size=8
// The `spillway` command. Plain JavaScript, so that an old Node can read it too: it goes on with Node 24, finds one, or says
// what to do. Everything else is in ../src/main.ts.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 24;
const USED_WRONGLY = 2;
/** Thousands of open streams make garbage that by default triples the memory of each; see docs/performance.md. */
const NODE_FLAGS = ['--max-semi-space-size=8'];
/** Passed on to the newer Node. Ctrl-C reaches it twice then, from the terminal and from here: it takes them for one. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) import('../src/main.ts');
else runOn(newerNode());

/** The platform package that `npm ci` installs in the checkout; null where there is none for this machine. */
function newerNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/package.json`);
    const node = join(dirname(manifest), 'bin', 'node');
    return existsSync(node) ? node : null;
  } catch {
    return null;
  }
}

function runOn(node) {
  if (node === null) return giveUp();
  const child = spawn(node, [...NODE_FLAGS, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  child.on('error', giveUp);
  child.on('exit', (code, signal) => process.exit(code === null ? 128 + constants.signals[signal] : code));
}

function giveUp() {
  process.stderr.write(
    `spillway needs Node ${NODE_MAJOR_MIN} or newer, and this is ${process.versions.node}: ` +
      'install it from https://nodejs.org, or run `npm ci` in the checkout, which brings one along.\n',
  );
  process.exit(USED_WRONGLY);
}
