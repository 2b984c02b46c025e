/** The demo's resources, as the simulator has them and the gateway's configuration names them. Pure. */
import { DEPLOYMENT } from './examples.ts';
import { QUOTA_TOKENS_PER_MINUTE } from './load.ts';

/** By priority. */
export const RESOURCES = ['openai1', 'openai2', 'openai3'] as const;

/** What the chat app asks: deployments of its own, so that its users and the load do not spend each other's quota. */
export const ANSWERS = 'answers';
export const ANSWERS_MODEL = 'gpt-4o-mini';
export const EMBEDDING = 'embedding';

/** What answers the chat app if nothing is throttled. */
export const FIRST_ANSWERS = `${RESOURCES[0]}/${ANSWERS}`;

/** Throttled while users ask the chat app: the third has to do. */
export const THROTTLED = RESOURCES.slice(0, 2);

/** Thousands of tokens a minute. */
const CAPACITY = QUOTA_TOKENS_PER_MINUTE / 1000;
/** Of what has to do alone for all users. */
const CAPACITY_OF_LAST = 1_000;
/** Indexing is not what the demo shows, and must not wait. */
const CAPACITY_OF_EMBEDDING = 1_000;

export interface PlannedDeployment {
  readonly name: string;
  readonly model: string;
  readonly capacity: number;
}

export function deploymentsOf(resource: string): readonly PlannedDeployment[] {
  return [
    { name: DEPLOYMENT, model: 'gpt-4o', capacity: CAPACITY },
    { name: EMBEDDING, model: 'text-embedding-3-small', capacity: CAPACITY_OF_EMBEDDING },
    { name: ANSWERS, model: ANSWERS_MODEL, capacity: resource === RESOURCES.at(-1) ? CAPACITY_OF_LAST : CAPACITY },
  ];
}
