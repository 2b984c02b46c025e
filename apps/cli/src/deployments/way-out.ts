/** What to do about a refusal of the control plane, by its code. Pure. */

import { shellWord } from '../shell.ts';
import { API_VERSION, accountPath } from './place.ts';

/** Who was asked, and for what. */
export interface Asked {
  readonly isAzure: boolean;
  /** Address of the control plane. */
  readonly url: string;
  readonly subscription: string;
  /** null where no single resource was asked. */
  readonly account: string | null;
  readonly resourceGroup: string | null;
}

interface Refusal {
  readonly code: string;
  /** null where there was no answer. */
  readonly status: number | null;
}

/** null where the message says it, or nobody knows. */
export function wayOutOf({ code, status }: Refusal, asked: Asked): string | null {
  const way = WAYS_OUT.find(([codes]) => codes.test(code))?.[1] ?? BY_STATUS[String(status)];
  return way === undefined ? null : way(asked);
}

type WayOut = (asked: Asked) => string | null;

const CONFLICT = 'another change of this resource is under way; repeat the command when it is over';
const ROLE = 'ask for the role Cognitive Services Contributor on the resource; Reader is enough to look';
const LOGIN = 'az login, with --tenant where the subscription is of another one';
const ADMIN_KEY = 'set SPILLWAY_ADMIN_KEY to the key of the simulator';
/** A resource answers so whoever brings no key of its own; its error has the status as its code. */
const ADMIN_PORT =
  'if that is the address of a resource: the control plane is on the admin port, http://127.0.0.1:9000 unless --port said otherwise';

/** By Azure's code; the first that fits. Codes as met in issues of public repositories and in Azure's documentation. */
const WAYS_OUT: ReadonlyArray<readonly [codes: RegExp, way: WayOut]> = [
  [/^(?:Interrupted|StillRunning)$/, (asked) => `a change that was begun goes on; how far it is: ${list(asked)}`],
  [/^InsufficientQuota$/, (asked) => `lower --sku-capacity, or take another region; what is in use: ${usages(asked)}`],
  [/Deprecat|Retired/, (asked) => `take a newer --model-version; ${models(asked)}${allowingRetired(asked)}`],
  [/^401$/, ({ isAzure }) => (isAzure ? LOGIN : ADMIN_PORT)],
  [/^(?:InvalidCapacity|InvalidSku|DeploymentModelNotSupported|\w*ModelNotFound)$/, models],
  [/^InvalidResourceProperties$/, (asked) => `check --sku-name and --spillover-name; ${models(asked)}`],
  [/^(?:ParentResourceNotFound|ResourceNotFound)$/, accounts],
  [/^ResourceGroupNotFound$/, accounts],
  [/^(?:SubscriptionNotFound|InvalidSubscriptionId)$/, subscriptions],
  [/^DeploymentNotFound$/, (asked) => `those there are: ${list(asked)}`],
  [/^(?:LinkedAuthorizationFailed|AuthorizationFailed)$/, ({ isAzure }) => (isAzure ? ROLE : null)],
  [/^(?:RequestConflict|AnotherOperationInProgress)$/, () => CONFLICT],
];

const BY_STATUS: Readonly<Record<string, WayOut>> = {
  401: ({ isAzure }) => (isAzure ? LOGIN : ADMIN_KEY),
  403: ({ isAzure }) => (isAzure ? ROLE : null),
  404: accounts,
  429: () => 'wait a minute and repeat the command',
};

function usages({ isAzure, url, subscription }: Asked): string {
  if (isAzure) return 'az cognitiveservices usage list --location REGION --output table';
  const provider = `/subscriptions/${encodeURIComponent(subscription)}/providers/Microsoft.CognitiveServices`;
  return `curl '${url}${provider}/locations/REGION/usages?api-version=${API_VERSION}'`;
}

function models({ isAzure, url, subscription, account, resourceGroup }: Asked): string {
  const what = 'models, versions, types and capacities that the resource takes';
  if (account === null || resourceGroup === null) return `look up ${what}`;
  if (isAzure) return `${what}: az cognitiveservices account list-models ${names(account, resourceGroup)}`;
  const path = accountPath({ subscription, resourceGroup, account });
  return `${what}: curl '${url}${path}/models?api-version=${API_VERSION}'`;
}

function allowingRetired({ isAzure }: Asked): string {
  return isAzure
    ? ''
    : '; or start the simulator with --config FILE, where FILE says control: { retiredModels: allow }';
}

function accounts({ isAzure, url }: Asked): string {
  return isAzure
    ? 'check --name, --resource-group and --subscription: az cognitiveservices account list --output table'
    : `check --name, --resource-group and --subscription (both simulated, unless the file says otherwise); what there is: spillway deployments discover --endpoint ${url}`;
}

function subscriptions({ isAzure }: Asked): string {
  return isAzure
    ? 'check --subscription: az account list --output table'
    : 'check --subscription; that of a simulator is simulated, unless it was told otherwise';
}

function list({ isAzure, url, account, resourceGroup }: Asked): string {
  const where = `${names(account ?? 'RESOURCE', resourceGroup ?? 'GROUP')}${isAzure ? '' : ` --endpoint ${url}`}`;
  return `spillway deployments list ${where}`;
}

function names(account: string, resourceGroup: string): string {
  return `--name ${shellWord(account)} --resource-group ${shellWord(resourceGroup)}`;
}
