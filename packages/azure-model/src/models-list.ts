/**
 * The list of models that a resource can serve. Azure lists base models, not deployments (wire §1.3); here those that are deployed.
 * Only what a client reads to find its way is there; dates of retirement are not.
 */
import type { Deployment } from './deployment.ts';

/** Moment told as the time of creation of every model: the simulator has no history. Seconds since 1970. */
const CREATED = 1_732_060_800;

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

function v1Entry(deployment: Deployment): { readonly id: string } & Record<string, unknown> {
  return { id: deployment.servedModel, object: 'model', created: CREATED, owned_by: 'azure' };
}

function classicEntry(deployment: Deployment): { readonly id: string } & Record<string, unknown> {
  const chat = deployment.facts.kind === 'chat';
  return {
    id: deployment.servedModel,
    object: 'model',
    status: 'succeeded',
    created_at: CREATED,
    updated_at: CREATED,
    lifecycle_status: 'generally-available',
    capabilities: {
      fine_tune: false,
      inference: true,
      completion: false,
      chat_completion: chat,
      embeddings: !chat,
    },
  };
}
