/** Puts documents into the file it is given, one after the other, and tells of each, until it is killed. */
import { writeSync } from 'node:fs';
import { documentNamed } from '../../samples.ts';
import { openLocal } from '../local.ts';

/** Far more than any test waits for: an orphan ends by itself. */
const DOCUMENTS_MAX = 2_000;

const { documents } = openLocal(process.argv[2] ?? ':memory:');
for (let i = 0; i < DOCUMENTS_MAX; i++) {
  const passages = Array.from({ length: 50 }, (_, at) => `word ${i} ${at} ${'filling '.repeat(20)}`);
  // Every third takes the place of the one before it.
  await documents.put(documentNamed(`${i % 3 === 2 ? i - 1 : i}.md`, passages, {}, 64), 'model-a');
  writeSync(1, `${i}\n`);
}
