/** Schemas that are not ours and are not committed: where they are, or why a test is left out. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER =
  process.env.VALIDATION_DATA ?? fileURLToPath(new URL('../../../../shared/validation-data', import.meta.url));

export const dataFile = (...names: readonly string[]): string => join(FOLDER, ...names);

/** For a test's options: why it is left out, or false. */
export const NO_DATA = existsSync(dataFile('apim-xsd-patched', 'policies.xsd'))
  ? false
  : 'no validation data: set VALIDATION_DATA';
