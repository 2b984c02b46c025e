/** Reads what a subscription has: its resources and their deployments. */
import { type ArmAccount, type ArmDeployment, accountOf, deploymentOf } from './answer.ts';
import type { ArmClient } from './arm-client.ts';
import { ArmFailure } from './arm-failure.ts';
import { itemsOf } from './pages.ts';
import { accountOfId, accountsPath, deploymentsPath } from './place.ts';

/** Resources whose deployments are read, one request or more each. */
export const ACCOUNTS_MAX = 500;

export interface Found {
  readonly account: ArmAccount;
  /** null where the account is of a kind that has none for us. */
  readonly deployments: readonly ArmDeployment[] | null;
}

export interface DiscoverRequest {
  readonly subscription: string;
  /** null: all of the subscription. */
  readonly resourceGroup: string | null;
  readonly onProgress: (text: string) => void;
}

/** Kinds of account that serve models of Azure OpenAI. */
export const MODEL_KINDS: ReadonlySet<string> = new Set(['OpenAI', 'AIServices']);

/** In the order in which Azure lists them. @throws ArmFailure */
export async function discover(client: ArmClient, request: DiscoverRequest): Promise<readonly Found[]> {
  const { subscription, resourceGroup, onProgress } = request;
  const items = await itemsOf(client, accountsPath(subscription, resourceGroup));
  const accounts = items.map(accountOf).filter((account) => account !== null);
  if (accounts.length > ACCOUNTS_MAX) {
    throw new ArmFailure(
      'TooMany',
      `there are ${accounts.length} resources, above ${ACCOUNTS_MAX}; narrow it with --resource-group`,
      null,
    );
  }
  const found: Found[] = [];
  for (const account of accounts) {
    const deployments = MODEL_KINDS.has(account.kind ?? '') ? await deploymentsOf(client, account) : null;
    if (deployments !== null)
      onProgress(`${account.name}: ${deployments.length} deployment${deployments.length === 1 ? '' : 's'}`);
    found.push({ account, deployments });
  }
  return found;
}

async function deploymentsOf(client: ArmClient, account: ArmAccount): Promise<readonly ArmDeployment[]> {
  const place = accountOfId(account.id);
  if (place === null) throw new ArmFailure('BadId', `${JSON.stringify(account.id)} is not the id of a resource`, null);
  return (await itemsOf(client, deploymentsPath(place))).map(deploymentOf).filter((each) => each !== null);
}
