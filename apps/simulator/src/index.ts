/** Azure OpenAI resources on this machine: the HTTP face of the model in @spillway/azure-model. */
export { CONTENT_FILTER_TRIGGER, type DeploymentOptions, type Latency } from '@spillway/azure-model';
export type { JournalEntry, RequestLine } from './journal.ts';
export type { ResourceOptions, SimulatorOptions } from './options.ts';
export { type Simulator, startSimulator } from './simulator.ts';
export type { DeploymentState, ResourceState } from './state.ts';
