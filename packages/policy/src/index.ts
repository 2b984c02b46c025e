/** Every decision of the gateway, as plain functions. Pure; time and chance are arguments. */
export * from './fleet.ts';
