/** How an Azure OpenAI resource behaves: quota, latency, faults, answers. Pure; the simulator and the planner run it. */
export { patternProblem } from './answer/pattern.ts';
export * from './answer/settings.ts';
export * from './deployment.ts';
export * from './faults.ts';
export type { Admitted } from './generation.ts';
export * from './identity.ts';
export * from './latency.ts';
export * from './quota/estimate.ts';
export * from './quota/provisioned.ts';
export * from './quota/shared.ts';
export * from './quota/standard.ts';
export * from './quota/window.ts';
export * from './reply.ts';
export * from './resource.ts';
export * from './wire/embeddings.ts';
export * from './wire/events.ts';
export * from './wire/headers.ts';
export { ANSWER_FILTER_TRIGGER, CONTENT_FILTER_TRIGGER } from './wire/refusals.ts';
