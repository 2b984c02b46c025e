/** `spillway check`: what a configuration says, what is wrong with it, and with `--connect` whether it meets the truth. */
import type { Config, ConfigError, Loaded } from '@spillway/config';
import { type ConnectFinding, connectCheck, loadConfig } from '@spillway/gateway';
import type { Deployment } from '@spillway/policy';
import { contentText, errorText, fleetText, poolsOf, warningText } from '../configuration.ts';
import { EXIT, type Exit } from '../exit.ts';
import { findingsText, findingText } from '../findings.ts';
import type { Environment } from '../flags.ts';

export interface CheckFlags {
  readonly config?: string;
  readonly connect?: boolean;
  readonly json?: boolean;
}

export async function check(flags: CheckFlags, env: Environment): Promise<Exit> {
  const file = flags.config ?? null;
  const loaded = loadConfig({ file, env });
  if (!flags.json) tell(loaded, file);
  const findings: ConnectFinding[] = [];
  if (loaded.kind === 'ok' && flags.connect) {
    if (!flags.json) process.stdout.write('\n');
    for await (const finding of connectCheck(loaded.config, { env })) {
      findings.push(finding);
      if (!flags.json) process.stdout.write(findingText(finding));
    }
    if (!flags.json) process.stdout.write(findingsText(findings));
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(report(loaded, flags.connect ? findings : null), null, 2)}\n`);
  if (loaded.kind === 'errors') return EXIT.usedWrongly;
  return findings.some(({ verdict }) => verdict === 'fail') ? EXIT.failed : EXIT.done;
}

function tell(loaded: Loaded, file: string | null): void {
  if (loaded.kind === 'errors') {
    process.stderr.write(errorText(loaded.errors, file));
    return;
  }
  process.stderr.write(warningText(loaded.warnings));
  process.stdout.write(
    `${file ?? 'The environment'} is good: ${contentText(loaded.config)}.\n${fleetText(loaded.config)}`,
  );
}

/** One JSON object on standard output. Additions are free; changes are news in the CHANGELOG. Never a secret. */
export interface CheckReport {
  readonly ok: boolean;
  readonly errors: readonly ConfigError[];
  readonly warnings: readonly ConfigError[];
  /** Empty where there are errors. */
  readonly pools: readonly PoolReport[];
  /** Names of backends that serve any deployment name. */
  readonly openBackends: readonly string[];
  readonly clients: readonly string[];
  /** null without `--connect`. */
  readonly findings: readonly ConnectFinding[] | null;
}

interface PoolReport {
  readonly name: string;
  /** What clients may ask for, the pool's own name among it. */
  readonly names: readonly string[];
  readonly members: ReadonlyArray<Pick<Deployment, 'id' | 'model' | 'type' | 'capacity' | 'priority' | 'weight'>>;
}

function report(loaded: Loaded, findings: readonly ConnectFinding[] | null): CheckReport {
  if (loaded.kind === 'errors') {
    return { ok: false, errors: loaded.errors, warnings: [], pools: [], openBackends: [], clients: [], findings };
  }
  const { fleet, clients } = loaded.config;
  return {
    ok: findings?.every(({ verdict }) => verdict !== 'fail') ?? true,
    errors: [],
    warnings: loaded.warnings,
    pools: poolReports(loaded.config),
    openBackends: fleet.openBackends.map(({ backend }) => backend.name),
    clients: clients.map(({ name }) => name),
    findings,
  };
}

function poolReports({ fleet }: Config): readonly PoolReport[] {
  return poolsOf(fleet.pools).map(({ pool, names }) => ({
    name: pool.name,
    names,
    members: pool.members.map(({ id, model, type, capacity, priority, weight }) => ({
      id,
      model,
      type,
      capacity,
      priority,
      weight,
    })),
  }));
}
