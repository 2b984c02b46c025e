/** The data plane: one endpoint, many deployments. */
export { UsageError } from './listen/listen-on.ts';
export { type Gateway, type GatewayOptions, startGateway } from './main.ts';
export { type Log, type LogFormat, type LogLevel, type LogSettings, openLog } from './observe/log.ts';
