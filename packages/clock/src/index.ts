/** Time and chance, handed to whoever decides. */
export * from './chance.ts';
export * from './clock.ts';
export * from './deadlines.ts';
export * from './fake.ts';
