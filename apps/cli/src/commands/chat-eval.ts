/** `spillway chat eval`: questions with known answers, asked of an app that runs, of one of its own, or of the search alone. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import {
  CORPUS_DOCUMENTS,
  casesFrom,
  conversationsOf,
  type Evaluated,
  EvaluationError,
  evaluate,
  indexInMemory,
  linesOf,
  type Settings,
  secretOf,
  startChat,
  urlAsker,
  yamlOf,
} from '@spillway/chat';
import { systemClock } from '@spillway/clock';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import type { Environment } from '../flags.ts';
import { version } from '../version.ts';
import { indexInto } from './chat-index.ts';
import { chatSettings } from './chat-settings.ts';

export interface EvalFlags {
  readonly url?: string;
  readonly documents?: string;
  readonly search?: boolean;
  readonly questions?: string;
  readonly floors?: string;
  readonly before?: string;
  readonly out?: string;
  readonly fromFeedback?: string;
  readonly parallel: number;
  readonly json?: boolean;
}

type Subject = Parameters<typeof evaluate>[0]['subject'];

interface Asking {
  readonly subject: Subject;
  readonly asked: string;
  readonly end: () => Promise<void>;
}

export async function evaluateChat(flags: EvalFlags, env: Environment): Promise<Exit> {
  if (flags.url !== undefined && (flags.search || flags.documents !== undefined)) {
    throw new UsedWrongly('--url asks an app that runs; leave out --search and --documents, or --url');
  }
  if (flags.fromFeedback !== undefined) return questionsFromFeedback(flags.fromFeedback, flags.questions ?? null, env);
  const { subject, asked, end } = await askingOf(flags, env);
  try {
    const evaluated = await evaluate({
      subject,
      asked,
      clock: systemClock,
      parallel: flags.parallel,
      questions: flags.questions ?? null,
      floors: flags.floors ?? null,
      before: flags.before ?? null,
      out: flags.out ?? null,
      ...(process.stderr.isTTY ? { onProgress: tellProgress } : {}),
    });
    tell(evaluated, flags);
    return evaluated.misses.length === 0 ? EXIT.done : EXIT.failed;
  } catch (error) {
    if (error instanceof EvaluationError) throw new UsedWrongly(error.message);
    throw error;
  } finally {
    await end();
  }
}

/** @param file that is written, and must not be there yet; null: the questions are printed. */
async function questionsFromFeedback(from: string, file: string | null, env: Environment): Promise<Exit> {
  try {
    const conversations = await conversationsOf({ from, headers: headersWithKey(env), clock: systemClock });
    const cases = casesFrom(conversations);
    const told = `Disliked answers: ${cases.length}, conversations read: ${conversations.length}`;
    if (cases.length === 0 || file === null) {
      if (cases.length > 0) process.stdout.write(yamlOf(cases));
      process.stderr.write(`${told}\n`);
      return EXIT.done;
    }
    // What somebody confirmed by hand is not overwritten.
    writeFileSync(file, yamlOf(cases), { flag: 'wx' });
    process.stdout.write(`${told}. Their questions are in ${file}: confirm what each must rest on, then ask them\n`);
    return EXIT.done;
  } catch (error) {
    if (error instanceof EvaluationError) throw new UsedWrongly(error.message);
    if (error instanceof Error && 'code' in error) {
      throw new UsedWrongly(
        `--questions ${file}: cannot be written (${error.code}); name a file that is not there yet`,
      );
    }
    throw error;
  }
}

function headersWithKey(env: Environment): Readonly<Record<string, string>> {
  const key = env.SPILLWAY_CHAT_KEY?.trim() ?? '';
  return key === '' ? {} : { authorization: `Bearer ${key}` };
}

async function askingOf({ url, documents = CORPUS_DOCUMENTS, search }: EvalFlags, env: Environment): Promise<Asking> {
  const nothing = async () => {};
  if (search) {
    const { retriever } = await indexInMemory(documents);
    return { subject: { mode: 'search', retriever }, asked: `search by words, ${documents}`, end: nothing };
  }
  if (url !== undefined) {
    // Whoever asks across HTTP sees what its key sees: groups of questions are told to nobody.
    const headers = headersWithKey(env);
    return {
      subject: { mode: 'answers', asker: urlAsker({ url, clock: systemClock, headersFor: () => headers }) },
      asked: url,
      end: nothing,
    };
  }
  return ownApp(documents, env);
}

/** An app in this process, with an index in memory, and a key for each set of groups that questions are asked by. */
async function ownApp(documents: string, env: Environment): Promise<Asking> {
  const keys = new Map<string, Settings['auth']['apiKeys'][number]>();
  const chat = await startChat({ settings: ownSettings(chatSettings(env), keys), version, port: 0 });
  await indexInto(chat.parts.queue, { root: documents, category: null }, { isQuiet: true });
  // Otherwise the first questions are searched by words, whatever the index can do.
  await chat.parts.retriever.verdict();
  const headersFor = (groups: readonly string[] | null): Readonly<Record<string, string>> => {
    if (groups === null) return {};
    const name = groups.join('+');
    const known = keys.get(name) ?? { user: `asker-${name}`, key: secretOf(randomUUID()), groups };
    keys.set(name, known);
    return { authorization: `Bearer ${known.key.reveal()}` };
  };
  const asker = urlAsker({ url: chat.url, clock: systemClock, headersFor });
  return { subject: { mode: 'answers', asker }, asked: `own app, ${documents}`, end: () => chat.close() };
}

const QUESTIONS_PER_MINUTE = 100_000;

function ownSettings(settings: Settings, keys: ReadonlyMap<string, Settings['auth']['apiKeys'][number]>): Settings {
  return {
    ...settings,
    store: { kind: 'local', file: ':memory:' },
    limits: { ...settings.limits, questionsPerMinute: QUESTIONS_PER_MINUTE },
    // Read with each request, since keys are made as questions ask for them.
    auth: {
      ...settings.auth,
      how: { kind: 'none' },
      get apiKeys() {
        return [...keys.values()];
      },
    },
  };
}

function tellProgress(done: number, total: number): void {
  process.stderr.write(`\r${done} of ${total} questions${done === total ? '\n' : ''}`);
}

function tell(evaluated: Evaluated, { json }: EvalFlags): void {
  const { result, misses } = evaluated;
  process.stdout.write(json ? `${JSON.stringify({ ...result, misses })}\n` : `${linesOf(evaluated).join('\n')}\n`);
}
