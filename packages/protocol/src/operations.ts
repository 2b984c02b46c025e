/**
 * What each operation is, and whether sending it twice could do the work twice.
 * Source: wire reference §1.2–1.6. Unknown operations are treated with care: only reads may be repeated.
 */

/**
 * repeatable: the answer is all there is, so any failure may be tried elsewhere.
 * provenUnstarted: the request makes or changes something, or is dear; only an answer that proves that nothing was begun allows another try.
 */
export type Repeat = 'repeatable' | 'provenUnstarted';

export interface Operation {
  /** Name in logs and metrics; a closed list, so that labels stay bounded. */
  readonly name: string;
  readonly repeat: Repeat;
  /** The body can ask for state to be kept (`store`, `background`): then the operation is `provenUnstarted` whatever the table says. */
  readonly mayStore: 'no' | 'unlessFalse' | 'ifTrue';
  /**
   * Whether ids of a resource's own stand in path, body or answer, so that the request must reach the resource that made them.
   * stored: only where the answer is stored. never: nothing is looked at, and every byte passes.
   */
  readonly ids: 'never' | 'stored' | 'always';
  /** What of it counts against a quota of tokens. */
  readonly draws: 'nothing' | 'prompt' | 'promptAndAnswer';
}

const GENERATION: ReadonlyArray<readonly [path: string, Omit<Operation, 'draws'>]> = [
  ['chat/completions', { name: 'chat.completions', repeat: 'repeatable', mayStore: 'ifTrue', ids: 'stored' }],
  ['completions', { name: 'completions', repeat: 'repeatable', mayStore: 'no', ids: 'never' }],
  ['embeddings', { name: 'embeddings', repeat: 'repeatable', mayStore: 'no', ids: 'never' }],
  ['responses', { name: 'responses', repeat: 'repeatable', mayStore: 'unlessFalse', ids: 'always' }],
  ['responses/input_tokens', { name: 'responses.input_tokens', repeat: 'repeatable', mayStore: 'no', ids: 'always' }],
  ['responses/compact', { name: 'responses.compact', repeat: 'repeatable', mayStore: 'no', ids: 'always' }],
  ['extensions/chat/completions', { name: 'chat.completions', repeat: 'repeatable', mayStore: 'no', ids: 'never' }],
];

/** Of generation; of everything else nothing is. */
function drawsOf(name: string): Operation['draws'] {
  if (name === 'responses.input_tokens') return 'nothing';
  return name === 'embeddings' ? 'prompt' : 'promptAndAnswer';
}

/** Families of operations by first path segment; reads in them are repeatable, everything else is not. */
const FAMILIES = [
  'images',
  'audio',
  'files',
  'uploads',
  'batches',
  'fine_tuning',
  'responses',
  'vector_stores',
  'assistants',
  'threads',
  'evals',
  'containers',
  'conversations',
  'video',
  'videos',
  'models',
  'deployments',
  'realtime',
  'chat',
];

/** Nothing that they make is asked for again, or (models) its id is the same on all resources. */
const STATELESS: ReadonlySet<string> = new Set(['audio', 'models', 'deployments', 'realtime']);

function idsOf(family: string): Operation['ids'] {
  return STATELESS.has(family) ? 'never' : 'always';
}

const byPath = new Map<string, Operation>(
  GENERATION.map(([path, operation]) => [path, { ...operation, draws: drawsOf(operation.name) }]),
);
const NO_TOKENS = { mayStore: 'no', draws: 'nothing' } as const;
const families = new Map(
  FAMILIES.map((name) => [
    name,
    {
      read: { name, repeat: 'repeatable', ...NO_TOKENS, ids: idsOf(name) } as const satisfies Operation,
      write: { name, repeat: 'provenUnstarted', ...NO_TOKENS, ids: idsOf(name) } as const satisfies Operation,
    },
  ]),
);
const OTHER_READ: Operation = { name: 'other', repeat: 'repeatable', ...NO_TOKENS, ids: 'always' };
const OTHER_WRITE: Operation = { name: 'other', repeat: 'provenUnstarted', ...NO_TOKENS, ids: 'always' };

/** Every name that {@link operationOf} can return, for metrics and documents. */
export const OPERATION_NAMES: readonly string[] = [
  ...new Set([...GENERATION.map(([, operation]) => operation.name), ...FAMILIES, 'other']),
];

/** @param operation the operation part of a {@link Target}, for example `chat/completions`; a trailing slash makes no difference. */
export function operationOf(method: string, operation: string): Operation {
  const path = operation.endsWith('/') ? operation.slice(0, -1) : operation;
  if (method === 'POST') {
    const exact = byPath.get(path);
    if (exact !== undefined) return exact;
  }
  const read = method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
  const slash = path.indexOf('/');
  const family = families.get(slash < 0 ? path : path.slice(0, slash));
  if (family === undefined) return read ? OTHER_READ : OTHER_WRITE;
  return read ? family.read : family.write;
}

/** @param store the body's `store`; null where it is not given. */
export function repeatOf(operation: Operation, body: { store: boolean | null; background: boolean }): Repeat {
  if (body.background) return 'provenUnstarted';
  if (operation.mayStore === 'unlessFalse' && body.store !== false) return 'provenUnstarted';
  if (operation.mayStore === 'ifTrue' && body.store === true) return 'provenUnstarted';
  return operation.repeat;
}
