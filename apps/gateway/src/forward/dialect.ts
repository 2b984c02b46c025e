/**
 * Clients and backends that speak different dialects: a path that names the deployment against a body that does, with `api-version`
 * or without. Most backends speak all, and nothing is changed for them. Source: wire §1.2–1.4.
 */
import type { Backend } from '@spillway/policy';
import { apiVersionOf, type Target, withoutApiVersion } from '@spillway/protocol';

/** Where a request goes on its backend. */
export interface Aim {
  readonly target: Target;
  /** Without `?`. */
  readonly query: string;
  /** Whether the body must name the deployment, since the path did and does no more. */
  readonly namesModel: boolean;
}

/** Sent where the client named none and the configuration does not say: the newest GA version of the classic data plane. */
export const DEFAULT_API_VERSION = '2024-10-21';

/** The same for what no GA version has: responses, assistants, vector stores (wire §1.3). */
const DEFAULT_PREVIEW_VERSION = '2025-04-01-preview';

/** Operations that classic paths have below a deployment; all others are the resource's (wire §1.2, §1.3). */
const BELOW_DEPLOYMENT: ReadonlySet<string> = new Set([
  'chat/completions',
  'completions',
  'embeddings',
  'images/generations',
  'images/edits',
  'audio/transcriptions',
  'audio/translations',
  'audio/speech',
]);

export function aimAt(
  target: Target,
  query: string,
  { dialect, apiVersion }: Pick<Backend, 'dialect' | 'apiVersion'>,
): Aim {
  if (dialect === 'v1' && target.dialect !== 'v1') {
    const { operation } = target;
    const namesModel = target.dialect === 'classic';
    return { target: { dialect: 'v1', deployment: null, operation }, query: withoutApiVersion(query), namesModel };
  }
  const aimed = dialect === 'classic' && target.dialect === 'v1' ? classicOf(target.operation) : target;
  if (aimed.dialect === 'v1') return { target: aimed, query, namesModel: false };
  const usual = aimed.dialect === 'classic' ? DEFAULT_API_VERSION : DEFAULT_PREVIEW_VERSION;
  return { target: aimed, query: versioned(query, apiVersion, usual), namesModel: false };
}

/** The deployment's name is put into the path by whoever knows the backend's own. */
function classicOf(operation: string): Target {
  return BELOW_DEPLOYMENT.has(operation)
    ? { dialect: 'classic', deployment: '', operation }
    : { dialect: 'resource', deployment: null, operation };
}

function versioned(query: string, apiVersion: string | null, usual: string): string {
  const given = apiVersionOf(query);
  if (apiVersion === null && given !== null) return query;
  const wanted = `api-version=${apiVersion ?? usual}`;
  const others = withoutApiVersion(query);
  return others === '' ? wanted : `${others}&${wanted}`;
}
