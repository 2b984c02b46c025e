/** How an Azure OpenAI resource behaves: quota, latency, faults, answers. Pure; the simulator and the planner run it. */
export * from './chat-wire.ts';
export * from './deployment.ts';
export * from './embeddings.ts';
export * from './faults.ts';
export * from './headers.ts';
export * from './latency.ts';
export { CONTENT_FILTER_TRIGGER } from './refusals.ts';
export * from './reply.ts';
export * from './resource.ts';
export * from './standard.ts';
