/** Azure OpenAI on the wire: what its bytes mean. Pure; knows nothing of the other packages. */
export type * from './admin.ts';
export * from './body.ts';
export * from './deployment-types.ts';
export * from './errors.ts';
export { boundaryOf, type FormFacts, modelPart, scanForm } from './form.ts';
export * from './form-scan.ts';
export * from './headers.ts';
export * from './models.ts';
export * from './operations.ts';
export * from './paths.ts';
export * from './query.ts';
export * from './regions.ts';
export * from './retry-after.ts';
export * from './sse.ts';
export * from './state-ids.ts';
export * from './usage.ts';
export * from './usage-ask.ts';
