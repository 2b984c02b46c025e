/** Resources of Azure by path, as its control plane names them. Pure. */

/** GA, and the default of the official client @azure/arm-cognitiveservices 8.1; the first GA version with `spilloverDeploymentName`. */
export const API_VERSION = '2025-09-01';

export interface AccountPlace {
  readonly subscription: string;
  readonly resourceGroup: string;
  /** The Azure OpenAI resource. */
  readonly account: string;
}

export interface DeploymentPlace extends AccountPlace {
  readonly deployment: string;
}

/** Path and query of all accounts of a subscription, or of one resource group. */
export function accountsPath(subscription: string, resourceGroup: string | null): string {
  const group = resourceGroup === null ? '' : `/resourceGroups/${segment(resourceGroup)}`;
  return `/subscriptions/${segment(subscription)}${group}${PROVIDER}${VERSIONED}`;
}

export function deploymentsPath(place: AccountPlace): string {
  return `${accountPath(place)}/deployments${VERSIONED}`;
}

export function deploymentPath(place: DeploymentPlace): string {
  return `${accountPath(place)}/deployments/${segment(place.deployment)}${VERSIONED}`;
}

const PROVIDER = '/providers/Microsoft.CognitiveServices/accounts';
const VERSIONED = `?api-version=${API_VERSION}`;

/** Without a query. */
export function accountPath({ subscription, resourceGroup, account: name }: AccountPlace): string {
  return `/subscriptions/${segment(subscription)}/resourceGroups/${segment(resourceGroup)}${PROVIDER}/${segment(name)}`;
}

/** Also what `encodeURIComponent` leaves is encoded, so that a path can stand between quotes of a shell as it is. */
function segment(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The parts of a resource's id; null where it is none of an account. The control plane spells names in any case. */
export function accountOfId(id: string): AccountPlace | null {
  const match = ACCOUNT_ID.exec(id);
  if (match === null) return null;
  const [, subscription = '', resourceGroup = '', name = ''] = match;
  return { subscription, resourceGroup, account: name };
}

const ACCOUNT_ID =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.CognitiveServices\/accounts\/([^/]+)(?:\/|$)/i;
