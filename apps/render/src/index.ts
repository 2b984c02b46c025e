/** A gateway's configuration as what deploys it. Each artefact is text: whoever renders it decides where it goes. */

export { type ApimOptions, DEFAULT_APIM_OPTIONS } from './apim/options.ts';
export { renderApim } from './apim/render.ts';
export type { Artefact } from './artefact.ts';
export { defaultContainerApps, renderContainerApps } from './container-apps/render.ts';
export { type HelmOptions, renderHelm } from './helm/render.ts';
