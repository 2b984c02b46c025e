/** `spillway deployments`: what Azure's control plane, or that of a simulator, is asked, and what is told of its answer. */
import { existsSync, writeFileSync } from 'node:fs';
import { systemClock } from '@spillway/clock';
import { deploymentOf } from '../deployments/answer.ts';
import { ArmClient } from '../deployments/arm-client.ts';
import { ArmFailure, failureText } from '../deployments/arm-failure.ts';
import { bodyOf, type DeploymentAsk } from '../deployments/ask.ts';
import { discover as discoverAll } from '../deployments/discover.ts';
import { draftOf } from '../deployments/draft.ts';
import { type Endpoint, endpointOf } from '../deployments/endpoint.ts';
import {
  assertGiven,
  type CommonFlags,
  type CreateFlags,
  type DeleteFlags,
  type DiscoverFlags,
  type ListFlags,
  type ShowFlags,
} from '../deployments/flags.ts';
import { type Io, systemIo } from '../deployments/io.ts';
import { operationDone } from '../deployments/operation.ts';
import { itemsOf } from '../deployments/pages.ts';
import { type DeploymentPlace, deploymentPath, deploymentsPath } from '../deployments/place.ts';
import { type Language, printed } from '../deployments/print/print.ts';
import type { Doing } from '../deployments/print/request.ts';
import { signIn } from '../deployments/sign-in.ts';
import { spillwayFile } from '../deployments/spillway-file.ts';
import { deploymentText, listText } from '../deployments/text.ts';
import type { Asked } from '../deployments/way-out.ts';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import type { Environment } from '../flags.ts';
import { shellWord } from '../shell.ts';
import { stopSignals } from '../stop.ts';

export async function create(flags: CreateFlags, env: Environment, io = ioOf(env)): Promise<Exit> {
  assertGiven(flags, ['name', 'resourceGroup', 'deploymentName', 'modelName', 'skuName']);
  const { modelName, skuName } = flags;
  const askAt = (place: DeploymentPlace): DeploymentAsk => ({
    place,
    model: { format: flags.modelFormat, name: modelName, version: flags.modelVersion ?? null },
    sku: { name: skuName, capacity: flags.skuCapacity ?? null },
    raiPolicyName: flags.raiPolicyName ?? null,
    versionUpgradeOption: flags.versionUpgradeOption ?? null,
    spilloverDeploymentName: flags.spilloverDeploymentName ?? null,
    dynamicThrottlingEnabled: flags.dynamicThrottling ?? null,
  });
  const place = { account: flags.name, resourceGroup: flags.resourceGroup, deployment: flags.deploymentName };
  if (flags.print !== undefined) {
    return print({ kind: 'create', ask: askAt({ ...place, subscription: '' }) }, flags, flags.print, io);
  }
  return asking(flags, io, async (client, subscription, tell) => {
    const ask = askAt({ ...place, subscription });
    const path = deploymentPath(ask.place);
    const first = await client.send('PUT', path, bodyOf(ask));
    if (flags.wait !== false)
      await operationDone(first, path, progress(client, tell, 'creating', flags.deploymentName));
    const answer = flags.wait === false ? first : await client.send('GET', path);
    tellDeployment(answer.body, flags, io);
    if (flags.wait === false) tell(`It is taken on; how far it is: ${showCommand(place, flags)}`);
  });
}

export async function show(flags: ShowFlags, env: Environment, io = ioOf(env)): Promise<Exit> {
  assertGiven(flags, ['name', 'resourceGroup', 'deploymentName']);
  const place = { account: flags.name, resourceGroup: flags.resourceGroup, deployment: flags.deploymentName };
  if (flags.print !== undefined) {
    return print({ kind: 'show', place: { ...place, subscription: '' } }, flags, flags.print, io);
  }
  return asking(flags, io, async (client, subscription) => {
    const { body } = await client.send('GET', deploymentPath({ ...place, subscription }));
    tellDeployment(body, flags, io);
  });
}

export async function list(flags: ListFlags, env: Environment, io = ioOf(env)): Promise<Exit> {
  assertGiven(flags, ['name', 'resourceGroup']);
  const place = { account: flags.name, resourceGroup: flags.resourceGroup };
  if (flags.print !== undefined) {
    return print({ kind: 'list', place: { ...place, subscription: '' } }, flags, flags.print, io);
  }
  return asking(flags, io, async (client, subscription) => {
    const items = await itemsOf(client, deploymentsPath({ ...place, subscription }));
    if (flags.json) return io.out(`${JSON.stringify(items, null, 2)}\n`);
    io.out(
      listText(
        items.map(deploymentOf).filter((each) => each !== null),
        place.account,
      ),
    );
  });
}

export async function remove(flags: DeleteFlags, env: Environment, io = ioOf(env)): Promise<Exit> {
  assertGiven(flags, ['name', 'resourceGroup', 'deploymentName']);
  const { deploymentName } = flags;
  const place = { account: flags.name, resourceGroup: flags.resourceGroup, deployment: deploymentName };
  if (flags.print !== undefined) {
    return print({ kind: 'delete', place: { ...place, subscription: '' } }, flags, flags.print, io);
  }
  return asking(flags, io, async (client, subscription, tell) => {
    const path = deploymentPath({ ...place, subscription });
    const first = await client.send('DELETE', path);
    // 204: there was none, as the control plane answers a second delete.
    const existed = first.status !== 204;
    if (flags.wait !== false) await operationDone(first, path, progress(client, tell, 'deleting', deploymentName));
    if (flags.json)
      return io.out(`${JSON.stringify({ name: deploymentName, existed, waited: flags.wait !== false })}\n`);
    if (!existed) return io.out(`${place.account} has no deployment ${deploymentName}.\n`);
    io.out(`${deploymentName} is ${flags.wait === false ? 'being deleted' : 'deleted'}.\n`);
  });
}

export async function discover(flags: DiscoverFlags, env: Environment, io = ioOf(env)): Promise<Exit> {
  if (flags.json && flags.out !== undefined)
    throw new UsedWrongly('--json and --out do not go together; --out is YAML');
  refuseOverwrite(flags);
  return asking(flags, io, async (client, subscription, tell, { isAzure }) => {
    const resourceGroup = flags.resourceGroup ?? null;
    const draft = draftOf(await discoverAll(client, { subscription, resourceGroup, onProgress: tell }), flags.auth);
    if (flags.json) return io.out(`${JSON.stringify(draft, null, 2)}\n`);
    if (draft.backends.length === 0) throw nothingFound(draft.leftOut, resourceGroup);
    const text = spillwayFile(draft, { subscription, isAzure });
    if (flags.out === undefined) return io.out(text);
    write(flags.out, text, flags.force ?? false);
    tell(`${flags.out} is written; check it with: spillway check --connect --config ${shellWord(flags.out)}`);
  });
}

function nothingFound(leftOut: readonly string[], resourceGroup: string | null): ArmFailure {
  const where = resourceGroup === null ? '' : ` in resource group ${resourceGroup}`;
  const way = resourceGroup === null ? '' : 'check --resource-group, or ';
  const message = `there is no deployment that the gateway could serve${where}, so nothing is written; ${way}make one with spillway deployments create`;
  return new ArmFailure('NothingFound', message, null, leftOut);
}

function refuseOverwrite({ out, force }: DiscoverFlags): void {
  if (out !== undefined && !force && existsSync(out)) throw overwriting(out);
}

function write(file: string, text: string, force: boolean): void {
  try {
    writeFileSync(file, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw overwriting(file);
    throw new UsedWrongly(
      `--out ${file} cannot be written (${error instanceof Error ? error.message : 'no reason given'})`,
    );
  }
}

function overwriting(file: string): UsedWrongly {
  return new UsedWrongly(`--out ${file} is there already; give another name, or --force to write over it`);
}

type Tell = (text: string) => void;
type Work = (client: ArmClient, subscription: string, tell: Tell, endpoint: Endpoint) => Promise<void>;

/** Does what asks the control plane; what that refuses is told with the way out. */
async function asking(flags: CommonFlags & { readonly name?: string }, io: Io, work: Work): Promise<Exit> {
  const endpoint = endpointOf(flags.endpoint);
  const subscription = subscriptionOf(flags, endpoint, io.env);
  const stop = new AbortController();
  void io.stopAsked().then(() => stop.abort());
  const client = new ArmClient(endpoint, { clock: io.clock, authorize: signIn(endpoint, io), signal: stop.signal });
  try {
    await work(client, subscription, (text) => io.err(`${text}\n`), endpoint);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof ArmFailure)) throw error;
    io.err(failureText(error, askedOf(flags, endpoint, subscription)));
    return EXIT.failed;
  }
}

function askedOf(
  flags: CommonFlags & { readonly name?: string },
  { isAzure, url }: Endpoint,
  subscription: string,
): Asked {
  return { isAzure, url, subscription, account: flags.name ?? null, resourceGroup: flags.resourceGroup ?? null };
}

/** As simulators call theirs, unless they are told otherwise. */
const SIMULATED = 'simulated';

/** @throws UsedWrongly */
function subscriptionOf(flags: CommonFlags, endpoint: Endpoint, env: Environment): string {
  const given = givenSubscription(flags, env);
  if (given !== null) return given;
  if (!endpoint.isAzure) return SIMULATED;
  throw new UsedWrongly(
    '--subscription is not given, nor is AZURE_SUBSCRIPTION_ID set; az account show --query id --output tsv says which is chosen. ' +
      'For the simulator add --endpoint http://127.0.0.1:9000',
  );
}

function givenSubscription({ subscription }: CommonFlags, env: Environment): string | null {
  return subscription ?? (env.AZURE_SUBSCRIPTION_ID?.trim() || null);
}

function print(doing: Doing, flags: CommonFlags, language: Language, io: Io): Exit {
  const endpoint = endpointOf(flags.endpoint);
  const given = givenSubscription(flags, io.env);
  const { text, usage } = printed(doing, language, {
    endpoint,
    // Only a request itself can go to a simulator.
    subscription: given ?? (language === 'rest' && !endpoint.isAzure ? SIMULATED : null),
    hasAdminKey: (io.env.SPILLWAY_ADMIN_KEY?.trim() ?? '') !== '',
  });
  io.out(text);
  if (usage !== null) io.err(`${usage}\n`);
  return EXIT.done;
}

function progress(client: ArmClient, tell: Tell, doing: string, name: string) {
  const onProgress = (state: string, seconds: number) => tell(`${doing} ${name}: ${state}, ${Math.round(seconds)} s`);
  return { client, onProgress };
}

function tellDeployment(body: unknown, flags: CommonFlags, io: Io): void {
  if (flags.json) return io.out(`${JSON.stringify(body, null, 2)}\n`);
  const deployment = deploymentOf(body);
  if (deployment === null)
    throw new ArmFailure('NoDeployment', 'the answer is none of a deployment; --json shows it', null);
  io.out(deploymentText(deployment));
}

function showCommand(place: Omit<DeploymentPlace, 'subscription'>, { endpoint, subscription }: CommonFlags): string {
  return [
    `spillway deployments show --name ${place.account} --resource-group ${shellWord(place.resourceGroup)}`,
    `--deployment-name ${place.deployment}`,
    ...(subscription === undefined ? [] : [`--subscription ${shellWord(subscription)}`]),
    ...(endpoint === undefined ? [] : [`--endpoint ${shellWord(endpoint)}`]),
  ].join(' ');
}

function ioOf(env: Environment): Io {
  return systemIo(env, () => stopSignals(systemClock).asked);
}
