/** Where the corpus is: fictional documents with planted traps, questions about them, floors for CI. */
import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const CORPUS = fileURLToPath(new URL('../../corpus', import.meta.url));
export const CORPUS_DOCUMENTS = join(CORPUS, 'documents');
export const CORPUS_QUESTIONS = join(CORPUS, 'questions.yaml');
export const CORPUS_FLOORS = join(CORPUS, 'floors.yaml');

/** Says who may see which files; not a document itself. */
const SIDECAR = 'access.yaml';

/** Paths of the documents in a folder, with `/`, sorted. */
export function documentsIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== SIDECAR)
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((path) => path.split(sep).join('/').normalize('NFC'))
    .sort();
}
