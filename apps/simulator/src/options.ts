/** What a simulator is told to be, with defaults filled in and every mistake reported at once. */
import {
  type AnswerSettings,
  DEFAULT_ANSWERS,
  DEFAULT_LATENCY,
  type DeploymentOptions,
  type Dialect,
  type FaultSpec,
  type Latency,
  type ResourceFacts,
  readFault,
  type ScriptRule,
  type SharedQuotaOptions,
} from '@spillway/azure-model';
import { type Clock, systemClock } from '@spillway/clock';
import { printError } from '@spillway/config';
import { type ModelExtension, ModelTable } from '@spillway/protocol';
import { type ControlOptions, type ControlPlan, controlOf } from './arm/control-options.ts';
import { checkOptions } from './configure/check.ts';
import {
  DEFAULT_DEPLOYMENTS,
  DEFAULT_DIALECT,
  DEFAULT_HOST,
  DEFAULT_PORT,
  DEFAULT_RESOURCE_GROUP,
  DEFAULT_RESOURCES,
  DEFAULT_SEED,
  DEFAULT_SUBSCRIPTION,
  defaultKey,
  defaultRegion,
  type RECORDING_MODES,
} from './defaults.ts';
import { type IdentityOptions, type IdentityPlan, identityOf } from './entra/identity-options.ts';
import type { RequestLine } from './journal.ts';
import type { Matching } from './record/key.ts';
import type { RecordingSettings } from './record/recording.ts';
import { type TlsOptions, type TlsPlan, tlsOf } from './tls/tls-options.ts';

/** A real resource that is recorded, or that requests are passed on to. */
export interface UpstreamOptions {
  /** Without `/openai`: `https://NAME.openai.azure.com`. */
  readonly url: string;
  /** A key of it, or a token of Entra ID for it, which is sent as Bearer. */
  readonly key: string;
}

/** What is not given is that of the defaults; a rule of the script fits whatever it does not name. */
export interface AnswerOptions extends Partial<Omit<AnswerSettings, 'script'>> {
  readonly script?: ReadonlyArray<Partial<ScriptRule>>;
}

/** Without subscription and type it is of `simulated` and Standard. */
export type QuotaOptions = Omit<SharedQuotaOptions, 'subscription' | 'type'> &
  Partial<Pick<SharedQuotaOptions, 'subscription' | 'type'>>;

export interface ResourceOptions {
  /** Unique; stands in the admin routes. */
  readonly name: string;
  /** Accepted as `api-key` and as Bearer. Default `simulated-key-n` for the n-th resource. */
  readonly key?: string;
  /** Several, in place of `key`, as Azure has two. */
  readonly keys?: readonly string[];
  /** Part of the key of shared quotas. Default `simulated`. */
  readonly subscription?: string;
  /** In the control plane's paths. Default `simulated`. */
  readonly resourceGroup?: string;
  /** As Azure shows it: `East US`. Default: another one for each resource. */
  readonly region?: string;
  /** Port of its own, in place of the one counted from the admin port; 0 takes a free one. */
  readonly port?: number;
  /** Which year's headers it answers with. Default 2026. */
  readonly dialect?: Dialect;
  /** Default: `chat` (gpt-4o) and `embedding` (text-embedding-3-small) of 30,000 TPM each. */
  readonly deployments?: readonly DeploymentOptions[];
  /** What is not given is that of {@link DEFAULT_LATENCY}: 150 ms to the first token, 8 ms for each; zeros answer at once. */
  readonly latency?: Partial<Latency>;
  readonly answers?: AnswerOptions;
  /** Whose failure the client sees where spillover failed too. Default standard. */
  readonly spilloverFailure?: 'standard' | 'provisioned';
  readonly upstream?: UpstreamOptions;
}

export type RecordingMode = (typeof RECORDING_MODES)[number];

export interface RecordingOptions {
  /** Default generate. */
  readonly mode?: RecordingMode;
  /** Path of a JSONL file; needed by record, replay and hybrid. */
  readonly file?: string;
  /** Whether answers above 399 are kept. Default false: a 429 of the day of recording would be answered for ever. */
  readonly storeErrors?: boolean;
  /** Pace of a replay: 1 as recorded, 2 twice as fast, 0 at once. Default 1. */
  readonly speed?: number;
  /** Whether record sends again what is recorded already; the newer answer counts. Default false. */
  readonly again?: boolean;
  /** What makes two requests equal. Default: bodies byte for byte, `api-version` does not count. */
  readonly matching?: Partial<Matching>;
}

export interface SimulatorOptions {
  /** Default 127.0.0.1: the simulator has keys that everybody knows. */
  readonly host?: string;
  /** Admin port; resource n listens on port + n. 0 takes free ports for all. Default 9000. */
  readonly port?: number;
  /** The same seed and the same order of requests give the same answers. Default 1. */
  readonly seed?: number;
  /** Default: three, `openai1` to `openai3`. */
  readonly resources?: readonly ResourceOptions[];
  /** Quotas that several deployments draw on. Default: each deployment has its own. */
  readonly quotas?: readonly QuotaOptions[];
  /** Models beside, or in place of, those of the table. */
  readonly models?: readonly ModelExtension[];
  /** Active from the start; each as `POST /admin/faults` takes it. */
  readonly faults?: readonly unknown[];
  readonly recording?: RecordingOptions;
  /** What the control plane allows. */
  readonly control?: ControlOptions;
  /** Whom the simulated Entra ID knows. */
  readonly identity?: IdentityOptions;
  /** Whether every port speaks https beside http. Default false. */
  readonly tls?: boolean | TlsOptions;
  /** SQLite file in which responses, files, batches and so on outlive the process. Default: they are gone with it. */
  readonly stateFile?: string;
  readonly clock?: Clock;
  /** Called once for each request of the data plane, when it has ended. */
  readonly onRequest?: (line: RequestLine) => void;
  /** Called at the start for each thing that works but is hardly meant. Default: nobody is told. */
  readonly onWarning?: (text: string) => void;
}

/** The options with nothing left open. */
export interface Plan {
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  readonly clock: Clock;
  readonly onRequest: (line: RequestLine) => void;
  readonly onWarning: (text: string) => void;
  readonly models: ModelTable;
  readonly quotas: readonly SharedQuotaOptions[];
  readonly faults: readonly FaultSpec[];
  readonly recording: RecordingSettings;
  readonly control: ControlPlan;
  readonly identity: IdentityPlan;
  /** null: plain http alone. */
  readonly tls: TlsPlan | null;
  /** null: nothing outlives the process. */
  readonly stateFile: string | null;
  readonly resources: readonly PlannedResource[];
}

export interface PlannedResource {
  readonly facts: ResourceFacts;
  readonly resourceGroup: string;
  readonly port: number;
  readonly upstream: UpstreamOptions | null;
}

/** Tells `onWarning` what works but is hardly meant. @throws Error that lists everything that is wrong, a line each. */
export function planOf(options: SimulatorOptions): Plan {
  const checked = checkOptions(options);
  if (checked.kind === 'errors') throw new Error(`simulator: ${checked.errors.map(printError).join('\n')}`);
  for (const warning of checked.warnings) options.onWarning?.(printError(warning));
  const { port = DEFAULT_PORT, resources = DEFAULT_RESOURCES } = options;
  return {
    host: options.host ?? DEFAULT_HOST,
    port,
    seed: options.seed ?? DEFAULT_SEED,
    clock: options.clock ?? systemClock,
    onRequest: options.onRequest ?? (() => {}),
    onWarning: options.onWarning ?? (() => {}),
    models: new ModelTable(options.models),
    quotas: (options.quotas ?? []).map((quota) => ({ subscription: DEFAULT_SUBSCRIPTION, type: 'Standard', ...quota })),
    faults: faultsOf(options.faults ?? [], resources),
    recording: recordingOf(options.recording),
    control: controlOf(options.control),
    identity: identityOf(options.identity),
    tls: tlsOf(options.tls),
    stateFile: options.stateFile ?? null,
    resources: resources.map((resource, index) => ({
      facts: factsOf(resource, index),
      resourceGroup: resource.resourceGroup ?? DEFAULT_RESOURCE_GROUP,
      port: resource.port ?? (port === 0 ? 0 : port + index + 1),
      upstream: resource.upstream ?? null,
    })),
  };
}

function factsOf(resource: ResourceOptions, index: number): ResourceFacts {
  return {
    name: resource.name,
    subscription: resource.subscription ?? DEFAULT_SUBSCRIPTION,
    keys: resource.keys ?? [resource.key ?? defaultKey(index)],
    dialect: resource.dialect ?? DEFAULT_DIALECT,
    answers: answersOf(resource.answers),
    spilloverFailure: resource.spilloverFailure ?? 'standard',
    region: resource.region ?? defaultRegion(index),
    deployments: resource.deployments ?? DEFAULT_DEPLOYMENTS,
    latency: { ...DEFAULT_LATENCY, ...resource.latency },
  };
}

function answersOf({ script = [], ...settings }: AnswerOptions = {}): AnswerSettings {
  const rules = script.map((rule): ScriptRule => ({ ...EVERY_REQUEST, ...rule }));
  return { ...DEFAULT_ANSWERS, ...settings, script: rules };
}

const EVERY_REQUEST: ScriptRule = { deployment: null, contains: null, matches: null, answer: null, call: null };

function faultsOf(faults: readonly unknown[], resources: readonly ResourceOptions[]): readonly FaultSpec[] {
  const names = new Map(
    resources.map(({ name, deployments = DEFAULT_DEPLOYMENTS }) => [name, deployments.map((each) => each.name)]),
  );
  return faults.flatMap((fault) => {
    const read = readFault(fault, names);
    return read.kind === 'spec' ? [read.spec] : [];
  });
}

function recordingOf({ mode, file, storeErrors, speed, ...others }: RecordingOptions = {}): RecordingSettings {
  const plain = { mode: mode ?? 'generate', file: file ?? null, storeErrors: storeErrors ?? false, speed: speed ?? 1 };
  return { ...plain, ...others };
}
