/** What works, but is hardly meant. */
import type { Findings } from '@spillway/config';
import { buyableUnits, type ModelFacts, type ModelTable } from '@spillway/protocol';
import type { DeploymentOutline, Outline, QuotaOutline, ResourceOutline } from './outline.ts';

export function warn({ resources, quotas, recording }: Outline, models: ModelTable, findings: Findings): void {
  const asks = recording.mode === 'record' || recording.mode === 'passThrough';
  for (const resource of resources) {
    if (!asks && resource.keys.has('upstream')) findings.add([...resource.path, 'upstream'], UNUSED_UPSTREAM);
    for (const deployment of resource.deployments) {
      warnOfModel(deployment, models, findings);
      warnOfUnits(deployment, models, findings);
      warnOfSpillover(deployment, resource, findings);
    }
  }
  for (const quota of quotas) warnOfQuota(quota, resources, models, findings);
}

const UNUSED_UPSTREAM = {
  rule: 'is asked only while recording, or passing through',
  remedy: 'choose record or passThrough as recording.mode, or remove it',
  showValue: false,
};

function warnOfModel({ model, path }: DeploymentOutline, models: ModelTable, findings: Findings): void {
  if (model === null || models.isKnown(model)) return;
  findings.add([...path, 'model'], {
    rule: `is not in the model table, so this is assumed: ${assumedText(models.facts(model))}`,
    remedy: 'describe it under models if that is wrong',
  });
}

function assumedText(facts: ModelFacts): string {
  const { requestsPerThousandTokens, requestWindowSeconds, contextTokens, provisioned } = facts;
  const what =
    facts.kind === 'embeddings' ? `vectors of ${facts.dimensions}` : `answers of up to ${facts.answerTokensMax}`;
  return [
    `${requestsPerThousandTokens} requests per 1,000 tokens, counted in ${requestWindowSeconds} s`,
    `a context of ${contextTokens} tokens, ${what}`,
    `${provisioned.inputTokensPerMinutePerUnit} input tokens a minute per PTU, an output weight of ${provisioned.outputWeight}`,
  ].join(', ');
}

function warnOfUnits({ model, type, capacity, path }: DeploymentOutline, models: ModelTable, findings: Findings): void {
  if (model === null || capacity === null || !type.endsWith('ProvisionedManaged')) return;
  const { provisioned } = models.facts(model);
  const steps = type === 'ProvisionedManaged' ? provisioned.regional : provisioned.global;
  if (steps === null) {
    findings.add([...path, 'type'], {
      rule: `is not offered for ${model}`,
      remedy: 'choose another type, or take it as an experiment',
    });
    return;
  }
  const next = buyableUnits(steps, capacity);
  if (next === capacity) return;
  findings.add([...path, 'capacity'], {
    rule: `is not a number of PTUs that Azure sells for ${model} as ${type}: at least ${steps.min}, in steps of ${steps.step}`,
    remedy: `give ${next}, or take it as an experiment`,
  });
}

/** Azure lets a deployment spill over to the same model at the same level of data processing only (wire reference §7.7). */
function warnOfSpillover(from: DeploymentOutline, { deployments }: ResourceOutline, findings: Findings): void {
  const { spilloverDeploymentName: name, path } = from;
  const target = deployments.find((each) => each.name === name);
  if (name === null || target === undefined) return;
  const rule =
    target.model?.toLowerCase() !== from.model?.toLowerCase()
      ? 'runs another model'
      : target.type.replace('Standard', '') !== from.type.replace('ProvisionedManaged', '')
        ? 'processes data at another level (global, data zone or region)'
        : null;
  if (rule === null) return;
  findings.add([...path, 'spilloverDeploymentName'], {
    rule: `${rule}, which Azure does not allow, so nothing spills over`,
    remedy: 'name one that matches',
  });
}

function warnOfQuota(
  quota: QuotaOutline,
  resources: readonly ResourceOutline[],
  models: ModelTable,
  findings: Findings,
): void {
  const { subscription, region, model, type, path } = quota;
  if (region === null || model === null) return;
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  const drawn = resources.some(
    (resource) =>
      same(resource.subscription, subscription) &&
      same(resource.region, region) &&
      resource.deployments.some((each) => each.type === type && isSameModel(each.model, model, models)),
  );
  if (drawn) return;
  const rule = `is drawn on by no deployment: none has subscription ${subscription}, region ${region}, model ${model} and type ${type}`;
  findings.add(path, { rule, remedy: 'write the four as the resources have them, or remove it', showValue: false });
}

function isSameModel(a: string | null, b: string, models: ModelTable): boolean {
  return a !== null && models.facts(a).name.toLowerCase() === models.facts(b).name.toLowerCase();
}
