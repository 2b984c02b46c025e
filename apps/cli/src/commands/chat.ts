/** `spillway chat serve`: the app, from its settings to its last answer. */
import {
  type Chat,
  type ChatOptions,
  openLog,
  openTracing,
  type Settings,
  StoreError,
  startChat,
  UsageError,
} from '@spillway/chat';
import { systemClock } from '@spillway/clock';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import type { Environment } from '../flags.ts';
import { type Stop, stopSignals } from '../stop.ts';
import { version } from '../version.ts';
import { indexInto } from './chat-index.ts';
import { chatSettings } from './chat-settings.ts';

export interface ServeFlags {
  readonly host: string;
  readonly port: number;
  readonly allowAnonymous: boolean;
  readonly index?: string;
}

export async function serveChat(flags: ServeFlags, env: Environment): Promise<Exit> {
  const settings = chatSettings(env);
  const log = openLog();
  const tracing = await openTracing({ env, version, log });
  const { host, port, allowAnonymous } = flags;
  const running = await started({ settings, version, host, port, allowAnonymous, log, tracing });
  const stop = stopSignals(systemClock, ['SIGHUP']);
  process.stderr.write(welcome(running, settings));
  const { index } = flags;
  const indexed = index === undefined ? null : indexInto(running.parts.queue, { root: index, category: null });
  // A large folder takes long: a signal is heard meanwhile, and stops it.
  await Promise.race([stop.asked, indexed?.then(() => stop.asked) ?? stop.asked]);
  const exit = await ended(running, stop);
  if (exit === EXIT.done) await tracing.close();
  return exit;
}

/** Drains at the first signal; a further one ends it at once, with whatever is still under way. */
async function ended(running: Chat, stop: Stop): Promise<Exit> {
  process.stderr.write('Draining: answers under way are finished, then the port closes. Ctrl-C again ends at once.\n');
  const drained = running.drain().then(() => EXIT.done);
  const exit = await Promise.race([drained, stop.insisted.then(() => EXIT.failed)]);
  await running.close();
  process.stderr.write(exit === EXIT.done ? 'The chat app has ended.\n' : 'The chat app has ended without waiting.\n');
  return exit;
}

async function started(options: ChatOptions): Promise<Chat> {
  try {
    return await startChat(options);
  } catch (error) {
    if (error instanceof UsageError || error instanceof StoreError) throw new UsedWrongly(error.message);
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new UsedWrongly(
        `--port ${options.port}: another program listens there; give another one, or 0 for a free one`,
      );
    }
    throw error;
  }
}

function welcome({ url }: Chat, { models, store, auth }: Settings): string {
  const whom = auth.how.kind === 'none' ? '' : `, sign-in by ${auth.how.kind}`;
  return [
    `Spillway ${version} chat listens on ${url}${whom}`,
    `  models: ${modelsLine(models)}`,
    `  store: ${store.kind}${store.kind === 'local' ? ` ${store.file}` : ''}`,
    '',
  ].join('\n');
}

function modelsLine({ host, url, chat, embedding }: Settings['models']): string {
  if (url === '') return 'none yet; set AZURE_OPENAI_CUSTOM_URL to the address of a gateway';
  return `${host} ${url}, ${chat}${embedding === null ? '' : ` and ${embedding.deployment}`}`;
}
