/**
 * What Azure's roles call a request of the data plane: the action that a principal must have been granted. Those of chat, completions,
 * embeddings, images, audio, realtime and Responses are documented, or were seen; of other families the name is a guess.
 * Source: wire reference §2.1; Microsoft Learn, "Azure built-in roles for AI + machine learning", read 2026-11-20.
 */
import { parsePath } from '@spillway/protocol';

/** As Azure's refusal names them. */
export interface Operation {
  /** `Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action` */
  readonly dataAction: string;
  /** `POST /openai/deployments/{deployment-id}/chat/completions` */
  readonly shown: string;
}

const OPENAI = 'Microsoft.CognitiveServices/accounts/OpenAI';

/** By the beginning of the path behind deployment or prefix, the longest first. */
const ACTIONS: ReadonlyArray<readonly [path: string, action: string]> = [
  ['extensions/chat/completions', 'deployments/extensions/chat/completions/action'],
  ['images/generations', 'images/generations/action'],
  ['images/edits', 'images/generations/action'],
  ['embeddings', 'deployments/embeddings/action'],
  ['realtime', 'deployments/realtime/action'],
  ['audio', 'deployments/audio/action'],
];

/** What stands in the place of an id. */
const ID = '{id}';

/** @param method in upper case. */
export function operationOf(method: string, path: string): Operation {
  const target = parsePath(path);
  if (target === null) return { dataAction: `${OPENAI}/read`, shown: `${method} ${path}` };
  const { dialect, operation } = target;
  const prefix = dialect === 'v1' ? '/openai/v1' : '/openai';
  const below = dialect === 'classic' ? '/deployments/{deployment-id}' : '';
  const shown = `${method} ${prefix}${below}/${withoutIds(operation)}`;
  return { dataAction: `${OPENAI}/${actionOf(method, operation)}`, shown };
}

function actionOf(method: string, operation: string): string {
  // Kept completions are read under the path that makes them.
  if (method === 'POST' && operation === 'chat/completions') return 'deployments/chat/completions/action';
  if (method === 'POST' && operation === 'completions') return 'deployments/completions/action';
  if (operation.startsWith('chat/completions')) return `stored-completions/${verbOf(method)}`;
  const known = ACTIONS.find(([path]) => operation === path || operation.startsWith(`${path}/`));
  return known?.[1] ?? `${operation.split('/')[0] ?? ''}/${verbOf(method)}`;
}

function verbOf(method: string): 'read' | 'write' | 'delete' {
  if (method === 'GET' || method === 'HEAD') return 'read';
  return method === 'DELETE' ? 'delete' : 'write';
}

/** Families are words; what stands behind one is an id, unless it is a word of the path table above. */
function withoutIds(operation: string): string {
  if (operation.startsWith('chat/completions/')) return `chat/completions/${ID}`;
  if (operation === 'chat/completions' || ACTIONS.some(([path]) => operation.startsWith(path))) return operation;
  return operation
    .split('/')
    .map((segment, index) => (index % 2 === 1 ? ID : segment))
    .join('/');
}
