/**
 * The chat app as it is measured, with its documents indexed, and beside it how it is.
 *
 * PORT: the app; HEALTH_PORT: how late its event loop is and how much memory it has, on loopback; a POST begins to count anew.
 * DOCUMENTS: the folder that is indexed first. All else as docs/chat-settings.md says.
 */
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readSettings, startChat } from '@spillway/chat';
import type { Health } from './figures.ts';

/** Of the timer whose lateness is measured; it is no lateness itself. Milliseconds. */
const RESOLUTION_MS = 5;
const NS_PER_MS = 1e6;

const { PORT, HEALTH_PORT, DOCUMENTS = '', ...env } = process.env;
const read = readSettings(env);
if (read.kind === 'errors') throw new Error(JSON.stringify(read.errors));
const chat = await startChat({ settings: read.settings, version: 'bench', port: Number(PORT) });
const taken = chat.parts.queue.add({ kind: 'folder', folder: { root: DOCUMENTS, category: null } });
if (taken.kind === 'taken') await chat.parts.queue.ended(taken.id);

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
const late = (ns: number): number => Math.max(0, ns / NS_PER_MS - RESOLUTION_MS);

createServer((request, response) => {
  const health: Health = {
    rssBytes: process.memoryUsage.rss(),
    lagP99Ms: late(delay.percentile(99)),
    lagMaxMs: late(delay.max),
  };
  if (request.method === 'POST') delay.reset();
  response.end(JSON.stringify(health));
}).listen(Number(HEALTH_PORT), '127.0.0.1');
