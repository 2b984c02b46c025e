/** What Node runs first in the executable. It unpacks the package once, and then is the command as the package has it. */
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { getAsset, getRawAsset } from 'node:sea';
import { ARCHIVE, NAME } from './assets.ts';
import { NoPlace, placeFor } from './place.ts';

const USED_WRONGLY = 2;

try {
  const machine = {
    env: process.env,
    platform: process.platform,
    home: homedir(),
    temporary: tmpdir(),
    user: process.getuid?.() ?? null,
  };
  const folder = placeFor(getAsset(NAME, 'utf8'), () => new Uint8Array(getRawAsset(ARCHIVE)), machine);
  const script = join(folder, 'bin/spillway.mjs');
  // The script that Node embeds can load Node's own modules alone; from a file, all is as usual.
  createRequire(script)(script);
} catch (error) {
  if (!(error instanceof NoPlace)) throw error;
  process.stderr.write(`spillway: ${error.message}\n`);
  process.exit(USED_WRONGLY);
}
