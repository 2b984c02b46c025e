/** `spillway chat serve`: the app, from its settings to its last answer. */
import { type Chat, openLog, type Settings, StoreError, startChat, UsageError } from '@spillway/chat';
import { systemClock } from '@spillway/clock';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import type { Environment } from '../flags.ts';
import { stopSignals } from '../stop.ts';
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
  const running = await started(flags, settings);
  const stop = stopSignals(systemClock, ['SIGHUP']);
  process.stderr.write(welcome(running, settings));
  if (flags.index !== undefined) await indexInto(running.parts.queue, { root: flags.index, category: null });
  await stop.asked;
  await running.close();
  process.stderr.write('The chat app has ended.\n');
  return EXIT.done;
}

async function started({ host, port, allowAnonymous }: ServeFlags, settings: Settings): Promise<Chat> {
  try {
    return await startChat({ settings, version, host, port, allowAnonymous, log: openLog() });
  } catch (error) {
    if (error instanceof UsageError || error instanceof StoreError) throw new UsedWrongly(error.message);
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new UsedWrongly(`--port ${port}: another program listens there; give another one, or 0 for a free one`);
    }
    throw error;
  }
}

function welcome({ url }: Chat, { models, store, auth }: Settings): string {
  const whom = auth.how.kind === 'none' ? '' : `, sign-in by ${auth.how.kind}`;
  return [
    `Spillway ${version} chat listens on ${url}${whom}`,
    `  models: ${models.host} ${models.url}, ${models.chat}${models.embedding === null ? '' : ` and ${models.embedding.deployment}`}`,
    `  store: ${store.kind}${store.kind === 'local' ? ` ${store.file}` : ''}`,
    '',
  ].join('\n');
}
