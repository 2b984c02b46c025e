/** The data plane: one endpoint, many deployments. */
export { type Environment, type LoadRequest, loadConfig } from './configure/load.ts';
export { type ConfigWatch, type WatchRequest, watchConfig } from './configure/watch.ts';
export { type ConnectDeps, connectCheck } from './connect/connect.ts';
export type { ConnectFinding, ConnectStep, StepName, Verdict } from './connect/finding.ts';
export { UsageError } from './listen/listen-on.ts';
export { type Gateway, type GatewayOptions, startGateway } from './main.ts';
export type { GatewayEvent } from './observe/events.ts';
export { type Log, type LogFormat, type LogLevel, type LogSettings, openLog } from './observe/log.ts';
export { metricsReference } from './observe/metrics-reference.ts';
