/** Azure OpenAI resources on this machine: the HTTP face of the model in @spillway/azure-model. */
export { CONTENT_FILTER_TRIGGER, type DeploymentOptions, type Latency } from '@spillway/azure-model';
export type { SimulatorLoaded } from './configure/from-yaml.ts';
export { loadSimulatorFile } from './configure/load.ts';
export { simulatorReference } from './configure/reference.ts';
export { simulatorJsonSchema } from './configure/schema.ts';
export type { SignIn } from './entra/sign-in.ts';
export type { JournalEntry, JournalFilter, RequestLine } from './journal.ts';
export type { ResourceOptions, SimulatorOptions } from './options.ts';
export { renderSelfTest, selfTestJson } from './self-test/render.ts';
export { type SelfTestOptions, selfTest } from './self-test/self-test.ts';
export { type RunningResource, type Simulator, type StartOptions, startSimulator } from './simulator.ts';
export type { DeploymentState, ResourceState, SimulatorState } from './state.ts';
