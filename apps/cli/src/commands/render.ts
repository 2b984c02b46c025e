/** `spillway render`: a configuration as what deploys it, written to a folder. The work is in @spillway/render. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '@spillway/config';
import { loadConfig } from '@spillway/gateway';
import { type ApimOptions, type Artefact, renderApim, renderContainerApps, renderHelm } from '@spillway/render';
import { errorText, warningText } from '../configuration.ts';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import type { Environment } from '../flags.ts';
import { shellWord } from '../shell.ts';

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
  return render(flags, env, {
    make: (config) => renderApim(config, { frontOf, provision, clientTokensPerMinute }),
    next: (out) => [
      `read ${join(out, 'infra/left-out.md')}: what of the configuration is not in force`,
      ...(frontOf === 'spillway'
        ? ['azd env set SPILLWAY_URL <CONTAINER_APP_URL>, in the azd environment of this folder']
        : []),
      azdUp(out),
      ...(provision || frontOf === 'spillway' ? [] : [RIGHT]),
    ],
  });
}

const RIGHT =
  'give its identity (azd env get-value APIM_IDENTITY_PRINCIPAL_ID) the role Cognitive Services OpenAI User on each resource';

export function renderToContainerApps(flags: RenderFlags, env: Environment): Exit {
  return render(flags, env, { make: renderContainerApps, next: afterContainerApps });
}

/** The projects' own files, hooks among them, build an image of the checkout: they are there, and nowhere else. */
function afterContainerApps(out: string): readonly string[] {
  const read = `read ${join(out, 'gateway/infra/left-out.md')}: what of the configuration is not taken over`;
  if (existsSync(join(out, 'gateway/azure.yaml'))) return [read, azdUp(join(out, 'gateway'))];
  return [
    read,
    'in a checkout of Spillway, render to --out deploy/container-apps, beside azure.yaml and the hooks',
    azdUp('deploy/container-apps/gateway'),
  ];
}

const azdUp = (folder: string): string => `cd ${shellWord(folder)} && azd up`;

/** The chart takes the configuration as it is written: what it names of secrets stays named. */
export function renderToHelm(flags: HelmFlags, env: Environment): Exit {
  const { config: file = '', clientId, secretName } = flags;
  const make = ({ clients, doors }: Config) => {
    if (clients.length === 0 && doors.signIn.length === 0) process.stderr.write(ANYBODY);
    return renderHelm(readFileSync(file, 'utf8'), {
      ...(clientId === undefined ? {} : { clientId }),
      ...(secretName === undefined ? {} : { secretName }),
    });
  };
  return render(flags, env, { make, next: afterHelm });
}

/** In a pod it listens beyond loopback, which it does for nobody in particular only if it is told to. */
const ANYBODY =
  'The configuration has no clients and no signIn: the gateway would not start in a pod. Add a client with a key.\n';

function afterHelm(out: string): readonly string[] {
  const secret = shellWord(join(out, 'secret.example.yaml'));
  return [
    `fill in ${secret}, then kubectl apply -f ${secret}`,
    `helm install spillway deploy/kubernetes/spillway --values ${shellWord(join(out, 'values.yaml'))}`,
  ];
}

interface Kind {
  readonly make: (config: Config) => readonly Artefact[];
  /** What a person does then, step by step. @param out the folder that was written to. */
  readonly next: (out: string) => readonly string[];
}

function render(flags: RenderFlags, env: Environment, { make, next }: Kind): Exit {
  const { config: file = null, out } = flags;
  // None of the secrets is written anywhere: they need not be on the machine that renders.
  const loaded = loadConfig({ file, env, missing: 'stoodIn' });
  if (loaded.kind === 'errors') {
    process.stderr.write(errorText(loaded.errors, file));
    return EXIT.usedWrongly;
  }
  process.stderr.write(warningText(loaded.warnings));
  const artefacts = made(loaded.config, make);
  process.stderr.write(toldOf(write(artefacts, out)));
  process.stderr.write(
    `Next:\n${next(out)
      .map((step, i) => `  ${i + 1}. ${step}\n`)
      .join('')}`,
  );
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

/** What became of files that were there already, and were others. */
interface Written {
  readonly replaced: readonly string[];
  /** To be filled in by a person, and filled in perhaps. */
  readonly kept: readonly string[];
}

/** Nothing else in the folder is touched. */
function write(artefacts: readonly Artefact[], folder: string): Written {
  const replaced: string[] = [];
  const kept: string[] = [];
  for (const { path, text, isFilledIn = false } of artefacts) {
    const file = join(folder, path);
    const before = atFile(folder, path, () => (existsSync(file) ? readFileSync(file, 'utf8') : null));
    const isOther = before !== null && before !== text;
    if (isOther) (isFilledIn ? kept : replaced).push(path);
    if (isOther && isFilledIn) continue;
    atFile(folder, path, () => {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    });
    process.stdout.write(`${file}\n`);
  }
  return { replaced, kept };
}

function atFile<T>(folder: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new UsedWrongly(
      `--out ${folder}: ${path} cannot be written (${reason}); name a folder that you may write to`,
    );
  }
}

function toldOf({ replaced, kept }: Written): string {
  return [
    ...(replaced.length === 0 ? [] : [`Replaced what was there and differed: ${replaced.join(', ')}`]),
    ...kept.map((path) => `Kept ${path}, which was there: it may be filled in. Remove it to have it made anew.`),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
