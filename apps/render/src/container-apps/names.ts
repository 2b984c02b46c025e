/** Models, regions and the container's own names that the templates use. */

/** The newest small models of the protocol's table; each can be set otherwise. */
export const MODELS = {
  chat: { name: 'gpt-5.4-mini', version: '2026-03-17' },
  embedding: { name: 'text-embedding-3-small', version: '1' },
} as const;

/** The articles' three regions. */
export const REGIONS = ['eastus', 'northcentralus', 'eastus2'] as const;

/** Port of the app in its container, and the path of all its probes. */
export const PORT = 8080;
/**
 * Serves until the first image of ours is pushed: it listens on the same port and answers the same path of the probes, so that nothing else
 * of the app changes when azd puts the image in its place.
 */
export const PLACEHOLDER = 'mcr.microsoft.com/dotnet/samples:aspnetapp';
export const HEALTH_PATH = '/healthz';
