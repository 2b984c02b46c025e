/**
 * A deployment as the form asks for it: the request that creates it on Azure's control plane, and the command that does the same.
 * Source: wire reference §7.6; articles C, step 2. Pure.
 */

export interface Order {
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly resource: string;
  readonly deployment: string;
  readonly model: string;
  /** '' leaves it to the control plane. */
  readonly version: string;
  /** Azure's `raiPolicyName`; '' is the default. */
  readonly contentFilter: string;
  /** Azure's `sku.name`. */
  readonly type: string;
  /** As it was typed; '' leaves it to the control plane. */
  readonly capacity: string;
  /** Azure's `versionUpgradeOption`; '' is the default. */
  readonly upgrade: string;
  /** Deployment of the same resource; '' for none. */
  readonly spillover: string;
}

const API_VERSION = '2024-10-01';

/** @returns the path on the control plane, api-version included. */
export function orderPath({ subscription, resourceGroup, resource, deployment }: Order): string {
  const names = [
    ['subscriptions', subscription],
    ['resourceGroups', resourceGroup],
    ['providers/Microsoft.CognitiveServices/accounts', resource],
    ['deployments', deployment],
  ];
  const path = names.map(([kind, name = '']) => `/${kind}/${encodeURIComponent(name)}`).join('');
  return `${path}?api-version=${API_VERSION}`;
}

/** @returns the body as JSON has it. */
export function orderBody({ model, version, contentFilter, type, capacity, upgrade, spillover }: Order): object {
  return {
    sku: { name: type, ...capacityOf(capacity.trim()) },
    properties: {
      model: { format: 'OpenAI', name: model.trim(), ...given('version', version) },
      ...given('raiPolicyName', contentFilter),
      ...given('versionUpgradeOption', upgrade),
      ...given('spilloverDeploymentName', spillover),
    },
  };
}

/** What is no number goes as it was typed, and is refused in Azure's words. */
function capacityOf(typed: string): Readonly<Record<string, number | string>> {
  if (typed === '') return {};
  return { capacity: Number.isFinite(Number(typed)) ? Number(typed) : typed };
}

function given(name: string, value: string): Readonly<Record<string, string>> {
  return value.trim() === '' ? {} : { [name]: value.trim() };
}

/** @param endpoint of the control plane. @returns the command in lines, the shell's own marks at their ends. */
export function orderCommand(order: Order, endpoint: string): string {
  const lines: ReadonlyArray<Readonly<Record<string, string>>> = [
    { name: order.resource, 'resource-group': order.resourceGroup, 'deployment-name': order.deployment },
    { 'model-name': order.model, 'model-version': order.version, 'model-format': 'OpenAI' },
    { 'sku-capacity': order.capacity, 'sku-name': order.type },
    { 'rai-policy-name': order.contentFilter, 'version-upgrade-option': order.upgrade },
    { 'spillover-deployment-name': order.spillover },
    { subscription: order.subscription, endpoint },
  ];
  const written = lines.map((flags) =>
    Object.entries(flags)
      .filter(([, value]) => value.trim() !== '')
      .map(([flag, value]) => `--${flag} ${quoted(value.trim())}`)
      .join(' '),
  );
  return ['npx spillway deployments create', ...written.filter((line) => line !== '')].join(' \\\n  ');
}

/** For a shell such as sh: what is not plainly a word stands in single quotes. */
function quoted(value: string): string {
  return /^[\w./:@%+=,-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
