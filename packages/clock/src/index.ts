/** Time and chance, handed to whoever decides. */
export * from './chance.ts';
export { type Clock, clockOf, MACHINE_DELAY_MS_MAX, type Machine, systemClock, type Timer } from './clock.ts';
export * from './deadlines.ts';
export * from './fake.ts';
export * from './steered.ts';
