/** A running simulator in a person's words: what is there, how to ask it, how to put a gateway in front, how to make it misbehave. Pure. */
import { modelFacts } from '@spillway/protocol';
import type { DeploymentState, SignIn, SimulatorState } from '@spillway/simulator';
import { grouped, table } from './lines.ts';
import { shellWord } from './shell.ts';

/** What is printed, and as JSON all of it. */
export interface SimulationReport {
  readonly adminUrl: string;
  /** The same port; null where it speaks no TLS. */
  readonly adminHttpsUrl: string | null;
  /** Path of the certificate that clients of https are to trust; null where there is no TLS. */
  readonly caFile: string | null;
  /** Environments to sign in with at its Entra ID; null where the file names who may. */
  readonly signIn: SignIn | null;
  /** Where answers come from: `generate`, `record`, `replay`… */
  readonly recording: SimulatorState['recording'];
  readonly resources: readonly ResourceReport[];
  readonly warnings: readonly string[];
}

export interface ResourceReport {
  readonly name: string;
  readonly url: string;
  readonly httpsUrl: string | null;
  readonly region: string;
  readonly subscription: string;
  readonly resourceGroup: string;
  /** null where the file names it: then it may be one that guards something. */
  readonly key: string | null;
  /** As the file names it: `${OPENAI1_KEY}`; null where the key is shown. */
  readonly keyFrom: string | null;
  readonly deployments: readonly DeploymentReport[];
}

export interface DeploymentReport {
  readonly name: string;
  readonly model: string;
  readonly modelVersion: string | null;
  readonly type: string;
  /** Thousands of tokens per minute; of provisioned types units. */
  readonly capacity: number;
  /** Of Standard types; null for others. */
  readonly tokensPerMinute: number | null;
  readonly requestsPerMinute: number | null;
}

export interface Running {
  readonly adminUrl: string;
  readonly adminHttpsUrl: string | null;
  readonly tls: { readonly caFile: string } | null;
  readonly signIn: SignIn;
  readonly resources: ReadonlyArray<{ readonly name: string; readonly httpsUrl: string | null; readonly key: string }>;
  state(): Pick<SimulatorState, 'recording' | 'resources'>;
}

/** What the command knows besides. */
export interface Told {
  /** Names of the keys that are not shown, by resource. */
  readonly keysFrom: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
  /** Whether who may sign in is known to everybody. */
  readonly showsSignIn: boolean;
}

export function simulationReport(running: Running, { keysFrom, warnings, showsSignIn }: Told): SimulationReport {
  const { adminUrl, adminHttpsUrl, tls } = running;
  const known = new Map(running.resources.map((resource) => [resource.name, resource]));
  const state = running.state();
  const resources = state.resources.map(({ name, url, deployments, ...place }): ResourceReport => {
    const { region, subscription, resourceGroup } = place;
    const keyFrom = keysFrom.get(name) ?? null;
    const { key: ownKey = '', httpsUrl = null } = known.get(name) ?? {};
    const key = keyFrom === null ? ownKey : null;
    const reports = deployments.map(deploymentReport);
    return { name, url, httpsUrl, region, subscription, resourceGroup, key, keyFrom, deployments: reports };
  });
  const caFile = tls?.caFile ?? null;
  const signIn = showsSignIn ? running.signIn : null;
  return { adminUrl, adminHttpsUrl, caFile, signIn, recording: state.recording, resources, warnings };
}

function deploymentReport({ name, model, modelVersion, type, capacity, limits }: DeploymentState): DeploymentReport {
  const { tokensPerMinute = null, requestsPerMinute = null } = limits ?? {};
  return { name, model, modelVersion, type, capacity, tokensPerMinute, requestsPerMinute };
}

/** Beyond these a terminal shows nothing any more; the rest is counted, and the admin port has it. */
const RESOURCES_SHOWN_MAX = 20;
const DEPLOYMENTS_SHOWN_MAX = 40;

export function simulationText(report: SimulationReport): string {
  const shown = { ...report, resources: report.resources.slice(0, RESOURCES_SHOWN_MAX) };
  const lines = [
    ...resourceLines(report, shown.resources),
    '',
    ...deploymentLines(report, shown.resources),
    '',
    ...recordingLines(report),
    ...askLines(shown),
    'Put a gateway in front:',
    ...shown.resources.map((resource, index) => exportLine(resource, index + 1)),
    'npx spillway gateway',
    '',
    ...tlsLines(report),
    ...createLines(shown),
    ...adminLines(shown),
    '',
  ];
  return lines.join('\n');
}

function resourceLines({ adminUrl, resources }: SimulationReport, shown: readonly ResourceReport[]): readonly string[] {
  const rows = shown.map(({ name, url, key, keyFrom, region }) => [name, url, key ?? keyFrom ?? '', region]);
  return [
    ...table([['resource', 'url', 'key', 'region'], ...rows], new Set()),
    ...rest(resources.length - shown.length, 'resources', adminUrl),
  ];
}

const HEADER = ['deployment', 'model', 'type', 'quota', 'requests/min'];
const NUMERIC = new Set([3, 4]);

function deploymentLines(
  { adminUrl, resources }: SimulationReport,
  among: readonly ResourceReport[],
): readonly string[] {
  const rows = among.flatMap(({ name, deployments }) => deployments.map((each) => deploymentCells(name, each)));
  const shown = rows.slice(0, DEPLOYMENTS_SHOWN_MAX);
  const all = resources.reduce((count, { deployments }) => count + deployments.length, 0);
  return [...table([HEADER, ...shown], NUMERIC), ...rest(all - shown.length, 'deployments', adminUrl)];
}

function deploymentCells(resource: string, deployment: DeploymentReport): readonly string[] {
  const { name, model, modelVersion, type, capacity, tokensPerMinute, requestsPerMinute } = deployment;
  const quota = tokensPerMinute === null ? `${grouped(capacity)} PTU` : `${grouped(tokensPerMinute)} tokens/min`;
  const version = modelVersion === null ? model : `${model} ${modelVersion}`;
  return [`${resource}/${name}`, version, type, quota, requestsPerMinute === null ? '-' : grouped(requestsPerMinute)];
}

function rest(count: number, what: string, adminUrl: string): readonly string[] {
  return count <= 0 ? [] : [`… and ${grouped(count)} more ${what}: curl ${adminUrl}/admin/resources`];
}

const RECORDING_WORDS: Readonly<Record<SimulationReport['recording'], string | null>> = {
  generate: null,
  record: 'Answers come from the recording, else from the upstream, and are then recorded.',
  replay: 'Answers come from the recording alone.',
  hybrid: 'Answers come from the recording; what it lacks is made up.',
  passThrough: 'Answers come from the upstream; nothing is recorded.',
};

/** Nothing where answers are made up, as one expects of a simulator. */
function recordingLines({ recording }: SimulationReport): readonly string[] {
  const words = RECORDING_WORDS[recording];
  return words === null ? [] : [words, ''];
}

/** One request that works as it stands. */
function askLines({ resources }: SimulationReport): readonly string[] {
  for (const resource of resources) {
    const chat = resource.deployments.find(({ model }) => modelFacts(model).kind === 'chat');
    const deployment = chat ?? resource.deployments[0];
    if (deployment === undefined) continue;
    const path = chat === undefined ? 'embeddings' : 'chat/completions';
    const ask = chat === undefined ? { input: 'Hello' } : { messages: [{ role: 'user', content: 'Hello' }] };
    return [
      `curl ${resource.url}/openai/v1/${path} -H ${headerOf(resource)} \\`,
      `  -H 'content-type: application/json' \\`,
      `  -d '${JSON.stringify({ model: deployment.name, ...ask })}'`,
      '',
      ...(chat === undefined ? [] : loadLines(resource, chat.name)),
    ];
  }
  return [];
}

/** Half a minute that fits the quota of the deployments there are by default. */
function loadLines(resource: ResourceReport, deployment: string): readonly string[] {
  const load = `spillway bench load ${resource.url} -e ${shellWord(deployment)} --rate 20 --duration 30 --out report`;
  return ['Load it, then open report/report.html:', `OPENAI_API_KEY=${keyWord(resource)} npx ${load}`, ''];
}

function headerOf({ key, keyFrom }: ResourceReport): string {
  return key === null ? `"api-key: ${expansion(keyFrom ?? '')}"` : shellWord(`api-key: ${key}`);
}

function keyWord({ key, keyFrom }: ResourceReport): string {
  return key === null ? `"${expansion(keyFrom ?? '')}"` : shellWord(key);
}

function exportLine(resource: ResourceReport, number: number): string {
  const { name, url } = resource;
  const set = (suffix: string, text: string): string => `BACKEND_${number}_${suffix}=${text}`;
  return `export ${set('NAME', name)} ${set('URL', url)} ${set('APIKEY', keyWord(resource))}`;
}

/** The shell reads `${NAME}` as the file does; a file it has to be told to read. */
function expansion(keyFrom: string): string {
  return keyFrom.replace(/\$\{file:([^{}]*)\}/g, '$$(cat $1)');
}

/** Nothing where the ports speak http alone. */
function tlsLines({ adminHttpsUrl, caFile, signIn }: SimulationReport): readonly string[] {
  if (adminHttpsUrl === null || caFile === null) return [];
  const application = Object.entries(signIn?.application ?? {});
  const assigned = application.map(([name, value]) => `${name}=${shellWord(value)}`).join(' ');
  return [
    `Every port speaks https too; control plane, metrics and Entra ID at ${adminHttpsUrl}. Let its clients trust the certificate:`,
    `export NODE_EXTRA_CA_CERTS=${shellWord(caFile)}`,
    ...(assigned === '' ? [] : [`export ${assigned}`]),
    '@azure/identity needs the option disableInstanceDiscovery: true besides; clients by name: docs/simulator.md',
    '',
  ];
}

/** As `spillway deployments` takes it without a flag. */
const SUBSCRIPTION = 'simulated';

/** Of the article on provisioned deployments, with a model that is not retired. */
function createLines({ adminUrl, resources }: SimulationReport): readonly string[] {
  const [resource] = resources;
  if (resource === undefined) return [];
  const { name, resourceGroup, subscription } = resource;
  const whose = subscription === SUBSCRIPTION ? '' : ` --subscription ${shellWord(subscription)}`;
  return [
    `Create a deployment as on Azure, here or at ${adminUrl}/ in a browser, which shows quota and utilisation too:`,
    `npx spillway deployments create --endpoint ${adminUrl}${whose} --name ${shellWord(name)} \\`,
    `  --resource-group ${shellWord(resourceGroup)} --deployment-name my-ptu --model-name gpt-4o --model-version 2024-11-20 \\`,
    '  --model-format OpenAI --sku-name ProvisionedManaged --sku-capacity 100',
    '',
  ];
}

function adminLines({ adminUrl, resources }: SimulationReport): readonly string[] {
  const name = resources[0]?.name ?? 'openai1';
  const deployment = resources[0]?.deployments[0]?.name ?? 'chat';
  return [
    'Make it misbehave, and see what it is doing:',
    `curl -X POST ${adminUrl}/admin/resources/${name}/deployments/${deployment}/throttle -d '{"seconds":30}'`,
    `curl -X POST ${adminUrl}/admin/resources/${name}/stop`,
    `curl -X POST ${adminUrl}/admin/faults -d '{"kind":"status","status":503,"times":3}'`,
    `curl ${adminUrl}/admin/state`,
    `curl ${adminUrl}/admin`,
  ];
}
