/**
 * The list of models that a resource can serve. Azure lists base models, not deployments (wire §1.3); here those that are deployed,
 * each once. Source of the fields: wire §1.3, §1.4; Azure's data-plane reference, `GET /openai/models`.
 */
import { servesChat, servesCompletions } from '../ask/completions.ts';
import type { Deployment } from '../deployment.ts';

/** Told where a version names no day (`0125`, or none). Seconds since 1970: 2024-11-20. */
const SOME_DAY = 1_732_060_800;
const DAY_SECONDS = 86_400;

/**
 * @param asked `id` null for the list.
 * @returns JSON text; null for an id that is not there.
 */
export function renderModels(
  deployments: readonly Deployment[],
  asked: { readonly dialect: 'resource' | 'v1'; readonly id: string | null },
): string | null {
  const models = [...new Map(deployments.map((d) => [d.servedModel, d])).values()];
  const entries = models.map((deployment) => (asked.dialect === 'v1' ? v1Entry(deployment) : classicEntry(deployment)));
  if (asked.id === null) return JSON.stringify({ data: entries, object: 'list' });
  const entry = entries.find((one) => one.id === asked.id);
  return entry === undefined ? null : JSON.stringify(entry);
}

type Entry = { readonly id: string } & Readonly<Record<string, unknown>>;

function v1Entry(deployment: Deployment): Entry {
  return { id: deployment.servedModel, object: 'model', created: createdOf(deployment), owned_by: 'azure' };
}

function classicEntry(deployment: Deployment): Entry {
  const { facts, servedModel } = deployment;
  const created = createdOf(deployment);
  const retires = facts.retiresOn === null ? null : secondsOfDay(facts.retiresOn);
  return {
    id: servedModel,
    object: 'model',
    status: 'succeeded',
    created_at: created,
    updated_at: created,
    lifecycle_status: servedModel.includes('preview') ? 'preview' : 'generally-available',
    ...(retires === null ? {} : { deprecation: { inference: retires } }),
    capabilities: {
      fine_tune: false,
      inference: true,
      completion: servesCompletions(facts),
      chat_completion: servesChat(facts),
      embeddings: facts.kind === 'embeddings',
    },
  };
}

/** A version is the day on which the model came out. */
function createdOf({ modelVersion }: Deployment): number {
  return (modelVersion === null ? null : secondsOfDay(modelVersion)) ?? SOME_DAY;
}

/** Seconds since 1970 of a day such as 2024-11-20; null for another text. A pure package has no Date. */
function secondsOfDay(text: string): number | null {
  const [, year, month, day] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return null;
  // Years that begin in March, so that the leap day is their last; 719,468 days lie between 0000-03-01 and 1970-01-01.
  const years = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const days = 365 * years + Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400) + dayOfYear;
  return (days - 719_468) * DAY_SECONDS;
}
