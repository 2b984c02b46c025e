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
  evaluationsFolder,
  indexInMemory,
  keepResult,
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
  readonly keep: boolean;
  readonly json?: boolean;
}

type Subject = Parameters<typeof evaluate>[0]['subject'];

interface Asking {
  readonly subject: Subject;
  readonly asked: string;
  /** null: none, or it is not known. */
  readonly model: string | null;
  readonly end: () => Promise<void>;
}

export async function evaluateChat(flags: EvalFlags, env: Environment): Promise<Exit> {
  if (flags.url !== undefined && (flags.search || flags.documents !== undefined)) {
    throw new UsedWrongly('--url asks an app that runs; leave out --search and --documents, or --url');
  }
  if (flags.fromFeedback !== undefined) return questionsFromFeedback(flags.fromFeedback, flags.questions ?? null, env);
  const { subject, asked, model, end } = await askingOf(flags, env);
  try {
    const evaluated = await evaluate({
      subject,
      asked,
      model,
      clock: systemClock,
      parallel: flags.parallel,
      questions: flags.questions ?? null,
      floors: flags.floors ?? null,
      before: flags.before ?? null,
      out: flags.out ?? null,
      ...(process.stderr.isTTY ? { onProgress: tellProgress } : {}),
    });
    tell(evaluated, flags);
    if (flags.keep) await keep(evaluated.result, env);
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
    return {
      subject: { mode: 'search', retriever },
      asked: `search by words, ${documents}`,
      model: null,
      end: nothing,
    };
  }
  if (url !== undefined) {
    // Whoever asks across HTTP sees what its key sees: groups of questions are told to nobody.
    const headers = headersWithKey(env);
    return {
      subject: { mode: 'answers', asker: urlAsker({ url, clock: systemClock, headersFor: () => headers }) },
      asked: url,
      model: null,
      end: nothing,
    };
  }
  return ownApp(documents, env);
}

/** An app in this process, with an index in memory, and a key for each set of groups that questions are asked by. */
async function ownApp(documents: string, env: Environment): Promise<Asking> {
  const keys = new Map<string, Settings['auth']['apiKeys'][number]>();
  const settings = chatSettings(env);
  const chat = await startChat({ settings: ownSettings(settings, keys), version, port: 0 });
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
  return {
    subject: { mode: 'answers', asker },
    asked: `own app, ${documents}`,
    model: settings.models.chat,
    end: () => chat.close(),
  };
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

/** What cannot be kept was told all the same: the questions are not asked again for it. */
async function keep(result: Evaluated['result'], env: Environment): Promise<void> {
  const folder = evaluationsFolder(env);
  if (folder === null) return;
  try {
    await keepResult(folder, result);
    process.stderr.write(`Kept in ${folder}, where the page shows it; --no-keep leaves that out\n`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `Not kept in ${folder}: ${reason}; name another folder in SPILLWAY_CHAT_EVALUATIONS, or none\n`,
    );
  }
}

function tellProgress(done: number, total: number): void {
  process.stderr.write(`\r${done} of ${total} questions${done === total ? '\n' : ''}`);
}

function tell(evaluated: Evaluated, { json }: EvalFlags): void {
  const { result, misses } = evaluated;
  process.stdout.write(json ? `${JSON.stringify({ ...result, misses })}\n` : `${linesOf(evaluated).join('\n')}\n`);
}
