/**
 * What the form says beside a capacity: the least that can be bought, in which steps, and what it is good for. From the published
 * tables; the control plane decides, and knows the models of a configuration too. Pure.
 */
import {
  DEPLOYMENT_TYPES,
  type DeploymentType,
  isProvisioned,
  knownModel,
  placeOf,
  requestsPerMinuteOf,
} from '@spillway/protocol';
import { countText } from './format.ts';

export interface CapacityHelp {
  /** Of the field. */
  readonly label: string;
  readonly text: string;
  /** What can be bought next to what was typed would be refused. */
  readonly tone: 'plain' | 'warning';
}

/** @param capacity as it was typed. */
export function capacityHelp(model: string, type: string, capacity: string): CapacityHelp {
  const sku = DEPLOYMENT_TYPES.find((name) => name === type) ?? 'Standard';
  const number = capacity.trim() === '' ? Number.NaN : Number(capacity);
  return isProvisioned(sku) ? unitsHelp(model, sku, number) : tokensHelp(model, number);
}

function tokensHelp(model: string, capacity: number): CapacityHelp {
  const label = 'Tokens per minute (thousands)';
  if (!(capacity >= 1)) return { label, text: 'At least 1, which is 1,000 tokens a minute.', tone: 'plain' };
  const facts = knownModel(model);
  const requests = facts === null ? '' : ` and ${countText(requestsPerMinuteOf(facts, capacity * 1000))} requests`;
  return { label, text: `${countText(capacity * 1000)} tokens${requests} a minute.`, tone: 'plain' };
}

function unitsHelp(model: string, type: DeploymentType, units: number): CapacityHelp {
  const label = 'Provisioned throughput units (PTU)';
  const facts = knownModel(model);
  if (facts === null || facts.provisioned.asOf === null) {
    return { label, text: 'Nothing is published of this model; figures of gpt-4o are assumed.', tone: 'plain' };
  }
  const { global, regional, inputTokensPerMinutePerUnit, outputWeight } = facts.provisioned;
  const steps = placeOf(type) === 'region' ? regional : global;
  if (steps === null) return { label, text: `${facts.name} is not offered in this deployment type.`, tone: 'warning' };
  const rule = `At least ${steps.min}, in steps of ${steps.step}.`;
  if (!(units > 0)) return { label, text: rule, tone: 'plain' };
  const fits = units >= steps.min && (units - steps.min) % steps.step === 0;
  const tokens = countText(units * inputTokensPerMinutePerUnit);
  const good = `${countText(units)} take ${tokens} input tokens a minute, output counts ${outputWeight} times.`;
  return {
    label,
    text: fits ? `${rule} ${good}` : `${rule} ${countText(units)} would be refused.`,
    tone: fits ? 'plain' : 'warning',
  };
}
