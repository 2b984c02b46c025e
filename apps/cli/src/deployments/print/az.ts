/**
 * The command of the Azure CLI that does the same. Source: `az cognitiveservices account deployment` and `az rest`, reference of the
 * Azure CLI, read 2026-11-21.
 */

import { shellWord } from '../../shell.ts';
import { bodyOf, type DeploymentAsk } from '../ask.ts';
import { type AccountPlace, deploymentPath } from '../place.ts';
import type { Doing, PrintTarget } from './request.ts';

const COMMAND = 'az cognitiveservices account deployment';

export function azText(doing: Doing, target: PrintTarget): string {
  if (doing.kind === 'create') return createText(doing.ask, target);
  const deployment = doing.kind === 'list' ? [] : [['--deployment-name', doing.place.deployment]];
  return command(`${COMMAND} ${doing.kind}`, [...names(doing.place), ...deployment, ...subscription(target)]);
}

function createText(ask: DeploymentAsk, target: PrintTarget): string {
  const unsaid = sayableByBodyAlone(ask);
  if (unsaid.length > 0) return restText(ask, target, unsaid);
  const { place, model, sku, spilloverDeploymentName } = ask;
  return command(`${COMMAND} create`, [
    ...names(place),
    ['--deployment-name', place.deployment],
    ['--model-name', model.name],
    ['--model-version', model.version ?? ''],
    ['--model-format', model.format],
    ...(sku.capacity === null ? [] : [['--sku-capacity', String(sku.capacity)]]),
    ['--sku-name', sku.name],
    ...(spilloverDeploymentName === null ? [] : [['--spillover-deployment-name', spilloverDeploymentName]]),
    ...subscription(target),
  ]);
}

/** What the command has no argument for; it wants a version, too. */
function sayableByBodyAlone(ask: DeploymentAsk): readonly string[] {
  return [
    ...(ask.model.version === null ? ["the model's default version"] : []),
    ...(ask.raiPolicyName === null ? [] : ['a content filter']),
    ...(ask.versionUpgradeOption === null ? [] : ['the version upgrade']),
    ...(ask.dynamicThrottlingEnabled === null ? [] : ['dynamic quota']),
  ];
}

/** `az rest` puts in the host, the sign-in and, for `{subscriptionId}`, the subscription that is chosen. */
function restText(ask: DeploymentAsk, target: PrintTarget, unsaid: readonly string[]): string {
  const path = deploymentPath({ ...ask.place, subscription: target.subscription ?? '-' });
  const uri =
    target.subscription === null ? path.replace('/subscriptions/-/', '/subscriptions/{subscriptionId}/') : path;
  const why = `# ${COMMAND} create has no argument for ${unsaid.join(', ')}; az rest sends the whole.\n`;
  return (
    why +
    command('az rest', [
      ['--method', 'put'],
      ['--uri', uri],
      ['--body', JSON.stringify(bodyOf(ask), null, 2)],
    ])
  );
}

function names({ account, resourceGroup }: AccountPlace): ReadonlyArray<readonly string[]> {
  return [
    ['--name', account],
    ['--resource-group', resourceGroup],
  ];
}

function subscription({ subscription: id }: PrintTarget): ReadonlyArray<readonly string[]> {
  return id === null ? [] : [['--subscription', id]];
}

function command(name: string, args: ReadonlyArray<readonly string[]>): string {
  return `${[name, ...args.map((words) => `  ${words.map(shellWord).join(' ')}`)].join(' \\\n')}\n`;
}
