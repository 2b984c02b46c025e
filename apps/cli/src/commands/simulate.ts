/** `spillway simulate`: Azure OpenAI resources on this machine. */
import { systemClock } from '@spillway/clock';
import { printError } from '@spillway/config';
import {
  loadSimulatorFile,
  type SimulatorLoaded,
  type SimulatorOptions,
  type StartOptions,
  startSimulator,
} from '@spillway/simulator';
import { errorText, warningText } from '../configuration.ts';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import type { Environment } from '../flags.ts';
import { simulationReport, simulationText } from '../simulation.ts';
import { stopSignals } from '../stop.ts';

export interface SimulateFlags {
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
  readonly adminHost?: string;
  readonly seed?: number;
  readonly tls?: boolean;
  readonly caFile?: string;
  readonly state?: string;
  readonly json?: boolean;
}

/** Three resources. */
const NO_FILE: SimulatorLoaded = { kind: 'ok', options: {}, warnings: [], keysFrom: new Map() };

export async function simulate(flags: SimulateFlags, env: Environment): Promise<Exit> {
  const { config: file } = flags;
  const loaded = file === undefined ? NO_FILE : loadSimulatorFile({ file, env });
  if (loaded.kind === 'errors') {
    process.stderr.write(errorText(loaded.errors, file ?? null));
    return EXIT.usedWrongly;
  }
  const stop = stopSignals(systemClock, ['SIGHUP']);
  // Those of the file are told with their lines; further ones come while it runs.
  let told = false;
  const onWarning = (text: string): void => {
    if (told) process.stderr.write(`warning: ${text}\n`);
  };
  const options = { ...loaded.options, ...optionsOf(flags, env), ...tlsOf(flags, loaded.options), onWarning };
  const simulator = await startSimulator(options).catch((error: unknown) => {
    throw new UsedWrongly(error instanceof Error ? error.message : String(error));
  });
  process.stderr.write(warningText(loaded.warnings));
  told = true;
  const {
    keysFrom,
    options: { identity },
  } = loaded;
  const showsSignIn = identity?.applications === undefined && identity?.identityHeader === undefined;
  const warnings = loaded.warnings.map(printError);
  const report = simulationReport(simulator, { keysFrom, warnings, showsSignIn });
  process.stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : simulationText(report));
  process.stderr.write('Simulating; Ctrl-C ends.\n');
  await stop.asked;
  await simulator.close();
  process.stderr.write('The simulator has ended.\n');
  return EXIT.done;
}

/** A flag goes before the file. */
function optionsOf({ host, port, seed, adminHost, state }: SimulateFlags, env: Environment): StartOptions {
  const adminKey = env.SPILLWAY_ADMIN_KEY?.trim() ?? '';
  return {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(seed === undefined ? {} : { seed }),
    ...(adminHost === undefined ? {} : { adminHost }),
    ...(state === undefined ? {} : { stateFile: state }),
    ...(adminKey === '' ? {} : { adminKey }),
  };
}

/** `--ca-file` alone asks for TLS too; what else the file says of it stays. */
function tlsOf({ tls, caFile }: SimulateFlags, file: SimulatorOptions): Pick<StartOptions, 'tls'> {
  if (caFile === undefined) return tls === true && (file.tls ?? false) === false ? { tls } : {};
  return { tls: { ...(typeof file.tls === 'object' ? file.tls : {}), caFile } };
}
