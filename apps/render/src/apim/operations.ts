/** The operations that API Management offers: those without state, which any deployment of a pool can do. */
export interface ApiOperation {
  readonly id: string;
  readonly name: string;
  readonly method: string;
  readonly urlTemplate: string;
}

/** In the path of classic requests, before the operation. */
export const CLASSIC = '/deployments/{deployment-id}';
export const V1 = '/v1';

/** Below a deployment, with the body as JSON or as a form. */
const CLASSIC_PATHS = [
  '/chat/completions',
  '/completions',
  '/embeddings',
  '/audio/speech',
  '/audio/transcriptions',
  '/audio/translations',
  '/images/edits',
  '/images/generations',
];

/** With the deployment as `model` in the JSON body: sent on as classic requests. */
const V1_PATHS = ['/chat/completions', '/completions', '/embeddings'];

export const BALANCED_OPERATIONS: readonly ApiOperation[] = [
  ...CLASSIC_PATHS.map((path) => operation('classic', CLASSIC, path)),
  ...V1_PATHS.map((path) => operation('v1', V1, path)),
];

function operation(kind: string, prefix: string, path: string): ApiOperation {
  const words = path.slice(1).replaceAll('/', '-');
  return { id: `${kind}-${words}`, name: `${path.slice(1)} (${kind})`, method: 'POST', urlTemplate: prefix + path };
}

/** In front of a gateway: whatever there is. */
export const ALL_OPERATIONS: readonly ApiOperation[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].map(
  (method) => ({ id: `any-${method.toLowerCase()}`, name: `any ${method}`, method, urlTemplate: '/*' }),
);
