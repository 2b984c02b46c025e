/** A chat app over documents, pointed at a gateway: pages, API, index and evaluation. */

export { hashOf } from './auth/password.ts';
export {
  CORPUS_DOCUMENTS,
  casesFrom,
  conversationsOf,
  type Evaluated,
  EvaluationError,
  evaluate,
  indexInMemory,
  keepResult,
  linesOf,
  urlAsker,
  yamlOf,
} from './eval/index.ts';
export type { AnswerEvent } from './events.ts';
export { openIndex, type Swept, sweepFolder } from './indexing.ts';
export type { FolderJob } from './ingest/folder.ts';
export type { IngestEvent } from './ingest/progress.ts';
export type { IngestQueue } from './ingest/queue.ts';
export { openLog } from './log.ts';
export { type Chat, type ChatOptions, startChat, UsageError } from './main.ts';
export { ModelClient } from './models/model-client.ts';
export { evaluationsFolder } from './settings/evaluation-settings.ts';
export { settingsReference } from './settings/reference.ts';
export { secretOf } from './settings/secret.ts';
export { readSettings, type Settings } from './settings/settings.ts';
export { printProblem } from './settings/sheet.ts';
export { StoreError } from './store/store.ts';
export { storesOf } from './stores.ts';
export { openTracing } from './telemetry/open.ts';
