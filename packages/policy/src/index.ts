/** Every decision of the gateway, as plain functions. Pure; time and chance are arguments. */
export * from './allowance.ts';
export * from './breaker.ts';
export * from './fleet.ts';
export * from './nobody-free.ts';
export * from './outcome.ts';
export * from './pick.ts';
export * from './state.ts';
export * from './throttle.ts';
