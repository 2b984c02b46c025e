/** `spillway render`: a configuration as what deploys it, written to a folder. The work is in @spillway/render. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '@spillway/config';
import { loadConfig } from '@spillway/gateway';
import { type ApimOptions, type Artefact, renderApim, renderContainerApps, renderHelm } from '@spillway/render';
import { errorText, warningText } from '../configuration.ts';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import type { Environment } from '../flags.ts';

interface RenderFlags {
  readonly config?: string;
  readonly out: string;
}

export interface ApimFlags extends RenderFlags {
  readonly frontOf: ApimOptions['frontOf'];
  readonly provision?: boolean;
  readonly clientTokensPerMinute?: number;
}

export interface HelmFlags extends RenderFlags {
  readonly clientId?: string;
  readonly secretName?: string;
}

export function renderToApim(flags: ApimFlags, env: Environment): Exit {
  const { frontOf, provision = false, clientTokensPerMinute = null } = flags;
  return render(flags, env, (config) => renderApim(config, { frontOf, provision, clientTokensPerMinute }));
}

export function renderToContainerApps(flags: RenderFlags, env: Environment): Exit {
  return render(flags, env, renderContainerApps);
}

/** The chart takes the configuration as it is written: what it names of secrets stays named. */
export function renderToHelm(flags: HelmFlags, env: Environment): Exit {
  const { config: file = '', clientId, secretName } = flags;
  return render(flags, env, () =>
    renderHelm(readFileSync(file, 'utf8'), {
      ...(clientId === undefined ? {} : { clientId }),
      ...(secretName === undefined ? {} : { secretName }),
    }),
  );
}

function render(flags: RenderFlags, env: Environment, make: (config: Config) => readonly Artefact[]): Exit {
  const { config: file = null, out } = flags;
  // None of the secrets is written anywhere: they need not be on the machine that renders.
  const loaded = loadConfig({ file, env, missing: 'stoodIn' });
  if (loaded.kind === 'errors') {
    process.stderr.write(errorText(loaded.errors, file));
    return EXIT.usedWrongly;
  }
  process.stderr.write(warningText(loaded.warnings));
  write(made(loaded.config, make), out);
  return EXIT.done;
}

/** What Azure needs and the configuration does not say is told by its place. */
function made(config: Config, make: (config: Config) => readonly Artefact[]): readonly Artefact[] {
  try {
    return make(config);
  } catch (error) {
    throw new UsedWrongly(error instanceof Error ? error.message : String(error));
  }
}

function write(artefacts: readonly Artefact[], folder: string): void {
  for (const { path, text } of artefacts) {
    const file = join(folder, path);
    try {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      throw new UsedWrongly(
        `--out ${folder}: ${path} cannot be written (${reason}); name a folder that you may write to`,
      );
    }
    process.stdout.write(`${file}\n`);
  }
}
