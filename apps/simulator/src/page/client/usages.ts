/**
 * Quota of the subscription, as Azure's control plane tells it: what is deployed of what may be. Source: wire reference §6.1, §7.1. Pure.
 */
import { DEPLOYMENT_TYPES } from '@spillway/protocol';
import { typeText } from './format.ts';
import { isObject, type ResourceView } from './shapes.ts';

export interface UsageRow {
  /** `OpenAI.Standard.gpt-4o`. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly used: number;
  readonly limit: number;
  /** Thousands of tokens per minute, units (PTU), or '' for what is merely counted. */
  readonly unit: string;
}

/** A region of a subscription. */
export interface Place {
  readonly subscription: string;
  readonly region: string;
}

export interface PlaceUsage extends Place {
  /** Those of which something is deployed. */
  readonly rows: readonly UsageRow[];
}

/** Places asked about at once; further ones are not shown. */
export const PLACES_MAX = 12;

/** Where the resources are, each place once. */
export function placesOf(resources: readonly ResourceView[]): readonly Place[] {
  const places = new Map(
    resources.map(({ subscription, region }) => [`${subscription}\n${region}`, { subscription, region }]),
  );
  return [...places.values()].slice(0, PLACES_MAX);
}

export function usagesPath({ subscription, region }: Place): string {
  const location = region.toLowerCase().replaceAll(' ', '');
  const provider = 'providers/Microsoft.CognitiveServices';
  return `/subscriptions/${encodeURIComponent(subscription)}/${provider}/locations/${encodeURIComponent(location)}/usages?api-version=2024-10-01`;
}

/** Rows of an answer; what is not one is passed over. */
export function usageRows(answer: unknown): readonly UsageRow[] {
  const value = isObject(answer) ? Reflect.get(answer, 'value') : null;
  return Array.isArray(value) ? value.flatMap(usageRow).filter(({ used }) => used > 0) : [];
}

function usageRow(value: unknown): readonly UsageRow[] {
  if (!isObject(value)) return [];
  const [used, limit, name] = ['currentValue', 'limit', 'name'].map((field): unknown => Reflect.get(value, field));
  if (typeof used !== 'number' || typeof limit !== 'number' || !isObject(name)) return [];
  const id = String(Reflect.get(name, 'value'));
  return [{ id, ...saidOf(id, Reflect.get(name, 'localizedValue')), used, limit }];
}

/** Rows of a type of deployment are called by model and type, the same way as everywhere on the page; others in Azure's words. */
function saidOf(id: string, localized: unknown): Pick<UsageRow, 'name' | 'unit'> {
  const [, type = '', ...model] = id.split('.');
  if (!DEPLOYMENT_TYPES.some((each) => each === type)) {
    return { name: typeof localized === 'string' ? localized : id, unit: '' };
  }
  const unit = type.endsWith('ProvisionedManaged') ? 'PTU' : 'k TPM';
  return { name: [...(model.length === 0 ? [] : [model.join('.')]), typeText(type)].join(', '), unit };
}
