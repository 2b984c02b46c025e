/** The demo's chat app: it asks the gateway, keeps everything in memory, and indexes the documents that come with it. */
import {
  CORPUS_DOCUMENTS,
  type IngestQueue,
  printProblem,
  readSettings,
  type Settings,
  startChat,
} from '@spillway/chat';
import { version } from '../version.ts';
import { EXAMPLES } from './crowd-questions.ts';
import { CLIENT_KEY } from './examples.ts';
import { ANSWERS, ANSWERS_MODEL, EMBEDDING } from './resources.ts';

export interface Indexed {
  readonly documents: number;
  readonly passages: number;
  /** Documents that cannot be, and why: among those that come along one is a scan without text. */
  readonly skipped: readonly string[];
  /** Why it did not come to its end; null: it did. */
  readonly failure: string | null;
}

export interface ChatApp {
  readonly url: string;
  /** Resolves when the documents are indexed, as far as they can be. */
  readonly indexed: Promise<Indexed>;
  close(): Promise<void>;
}

/** Indexing goes on when this returns. */
export async function openChatApp(gatewayUrl: string, port: number): Promise<ChatApp> {
  const chat = await startChat({ settings: settingsFor(gatewayUrl), version, port });
  return { url: chat.url, indexed: indexDocuments(chat.parts.queue), close: () => chat.close() };
}

export async function indexDocuments(queue: Pick<IngestQueue, 'add' | 'ended'>): Promise<Indexed> {
  const taken = queue.add({ kind: 'folder', folder: { root: CORPUS_DOCUMENTS, category: null } });
  if (taken.kind === 'refused') return { ...NOTHING_INDEXED, failure: taken.reason };
  const job = await queue.ended(taken.id);
  if (job === null) return { ...NOTHING_INDEXED, failure: 'nobody knows of it any more' };
  const { indexed: documents, chunks: passages } = job.progress;
  const skipped = job.failures.map(({ path, reason }) => `${path}: ${reason}`);
  const failure = job.state === 'done' ? null : (job.reason ?? `it was ${job.state}`);
  return { documents, passages, skipped, failure };
}

const NOTHING_INDEXED = { documents: 0, passages: 0, skipped: [] };

/** Of its own alone: what the visitor's environment holds is for the visitor's programs. */
function settingsFor(gatewayUrl: string): Settings {
  const read = readSettings({
    OPENAI_HOST: 'azure_custom',
    AZURE_OPENAI_CUSTOM_URL: gatewayUrl,
    AZURE_OPENAI_API_KEY_OVERRIDE: CLIENT_KEY,
    AZURE_OPENAI_CHATGPT_DEPLOYMENT: ANSWERS,
    AZURE_OPENAI_CHATGPT_MODEL: ANSWERS_MODEL,
    AZURE_OPENAI_EMB_DEPLOYMENT: EMBEDDING,
    SPILLWAY_CHAT_FILE: ':memory:',
    // The simulated model's vectors know words, not meanings.
    SPILLWAY_CHAT_VECTOR_WEIGHT: '0.25',
    // Ten users of one address, and the visitor.
    SPILLWAY_CHAT_QUESTIONS_PER_MINUTE: '10000',
    SPILLWAY_CHAT_TITLE: 'Aster Lane Stays',
    SPILLWAY_CHAT_EXAMPLES: EXAMPLES.join('|'),
  });
  if (read.kind === 'ok') return read.settings;
  throw new Error(`the demo's own settings of the chat app are wrong:\n${read.errors.map(printProblem).join('\n')}`);
}
