/** The request itself, for curl. Pure; secrets are named, never written. */

import { shellWord } from '../../shell.ts';
import { bodyOf } from '../ask.ts';
import { deploymentPath, deploymentsPath } from '../place.ts';
import type { Doing, PrintTarget } from './request.ts';

const METHODS: Readonly<Record<Doing['kind'], string>> = { create: 'PUT', show: 'GET', list: 'GET', delete: 'DELETE' };

export function restText(doing: Doing, target: PrintTarget): string {
  const { endpoint } = target;
  const lines = [
    `curl --fail-with-body --request ${METHODS[doing.kind]}`,
    `  --url ${address(doing, target)}`,
    ...(endpoint.isAzure ? [`  --header ${azureToken(endpoint.url)}`] : []),
    ...(!endpoint.isAzure && target.hasAdminKey ? ['  --header "api-key: $SPILLWAY_ADMIN_KEY"'] : []),
    ...(doing.kind === 'create' ? bodyLines(JSON.stringify(bodyOf(doing.ask), null, 2)) : []),
  ];
  return `${lines.join(' \\\n')}\n`;
}

function azureToken(url: string): string {
  return `"authorization: Bearer $(az account get-access-token --scope ${url}/.default --query accessToken --output tsv)"`;
}

function bodyLines(body: string): readonly string[] {
  return ["  --header 'content-type: application/json'", `  --data ${shellWord(body)}`];
}

/** Between double quotes where the shell fills in the subscription: of what a path holds, none means anything there. */
function address(doing: Doing, { endpoint, subscription }: PrintTarget): string {
  const path = pathOf(doing, subscription ?? '-');
  if (subscription !== null) return `'${endpoint.url}${path}'`;
  const filled = path.replace('/subscriptions/-/', '/subscriptions/${AZURE_SUBSCRIPTION_ID:?is not set}/');
  return `"${endpoint.url}${filled}"`;
}

function pathOf(doing: Doing, subscription: string): string {
  if (doing.kind === 'list') return deploymentsPath({ ...doing.place, subscription });
  const place = doing.kind === 'create' ? doing.ask.place : doing.place;
  return deploymentPath({ ...place, subscription });
}
