/** `spillway gateway`: the data plane, from its configuration to its last request. */
import { systemClock } from '@spillway/clock';
import { type Config, type Loaded, printError } from '@spillway/config';
import {
  type Gateway,
  type Log,
  type LogFormat,
  type LogLevel,
  loadConfig,
  openLog,
  startGateway,
  UsageError,
  watchConfig,
} from '@spillway/gateway';
import { contentText, errorText, warningText } from '../configuration.ts';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import type { Environment } from '../flags.ts';
import { type Stop, stopSignals } from '../stop.ts';
import { version } from '../version.ts';

export interface GatewayFlags {
  readonly config?: string;
  readonly host: string;
  readonly port: number;
  readonly adminHost: string;
  readonly adminPort: number;
  readonly allowAnonymous: boolean;
  readonly logFormat?: LogFormat;
  readonly logLevel: LogLevel;
}

export async function gateway(flags: GatewayFlags, env: Environment): Promise<Exit> {
  const file = flags.config ?? null;
  const loaded = loadConfig({ file, env });
  if (loaded.kind === 'errors') {
    process.stderr.write(errorText(loaded.errors, file));
    return EXIT.usedWrongly;
  }
  process.stderr.write(warningText(loaded.warnings));
  const { config } = loaded;
  const format = flags.logFormat ?? (process.stdout.isTTY ? 'text' : 'json');
  const log = openLog({ format, level: flags.logLevel, fd: 1 });
  const running = await start(flags, { config, env, log });
  const reload = (next: Loaded) => applyReload(next, running, log);
  const watch = file === null ? null : watchConfig({ file, env, clock: systemClock, onLoaded: reload });
  const stop = stopSignals(systemClock, hangupStops() ? ['SIGHUP'] : []);
  if (!hangupStops()) process.on('SIGHUP', () => reload(loadConfig({ file, env })));
  process.stderr.write(welcome({ running, config, flags }));
  const exit = await untilStopped(running, stop);
  watch?.close();
  log.flush();
  return exit;
}

/** On a terminal SIGHUP says that the terminal has gone; elsewhere it is the usual way to ask for a reload. */
function hangupStops(): boolean {
  return process.stdin.isTTY === true;
}

interface Parts {
  readonly config: Config;
  readonly env: Environment;
  readonly log: Log;
}

async function start(flags: GatewayFlags, { config, env, log }: Parts): Promise<Gateway> {
  const { host, port, adminHost, adminPort, allowAnonymous } = flags;
  const key = env.SPILLWAY_ADMIN_KEY?.trim() ?? '';
  const adminKey = key === '' ? null : key;
  try {
    return await startGateway({
      config,
      host,
      port,
      adminHost,
      adminPort,
      allowAnonymous,
      adminKey,
      env,
      emit: log.emit,
    });
  } catch (error) {
    log.flush();
    throw error instanceof UsageError ? new UsedWrongly(error.message) : error;
  }
}

function applyReload(loaded: Loaded, running: Gateway, log: Log): void {
  const notice = (message: string) => log.emit({ kind: 'notice', message });
  if (loaded.kind === 'ok') {
    const problem = running.reload(loaded.config);
    if (problem !== null) {
      log.emit({
        kind: 'operatorProblem',
        subject: 'configuration',
        message: `not reloaded, the old one stays: ${problem}`,
      });
      return;
    }
    notice(`Configuration reloaded: ${contentText(loaded.config)}`);
    for (const warning of loaded.warnings) notice(`Configuration: ${printError(warning)}`);
    return;
  }
  const message = `not reloaded, the old one stays: ${loaded.errors.map(printError).join('; ')}`;
  log.emit({ kind: 'operatorProblem', subject: 'configuration', message });
}

/** Drains at the first signal; a further one ends it at once, with whatever is still under way. */
async function untilStopped(running: Gateway, stop: Stop): Promise<Exit> {
  await stop.asked;
  process.stderr.write('Draining: requests under way are finished, then the port closes. Ctrl-C again ends at once.\n');
  const drained = running.drain().then(() => EXIT.done);
  const exit = await Promise.race([drained, stop.insisted.then(() => EXIT.failed)]);
  await running.close();
  process.stderr.write(exit === EXIT.done ? 'The gateway has ended.\n' : 'The gateway has ended without waiting.\n');
  return exit;
}

interface Welcome {
  readonly running: Pick<Gateway, 'url' | 'adminUrl'>;
  readonly config: Config;
  readonly flags: Pick<GatewayFlags, 'allowAnonymous'>;
}

function welcome({ running, config, flags }: Welcome): string {
  return [
    `Spillway ${version} listens on ${running.url}${audience(config, flags)}`,
    `  ${contentText(config)}`,
    `  admin and metrics: ${running.adminUrl}/admin/fleet, ${running.adminUrl}/metrics`,
    '',
  ].join('\n');
}

/** Who may use it, where that is not for keys to say. */
function audience({ clients }: Config, { allowAnonymous }: Welcome['flags']): string {
  if (clients.length > 0) return '';
  return allowAnonymous ? ', open to whoever reaches it (--allow-anonymous)' : ', for this machine only';
}
