/** The environment variables that make a configuration, and the places of the file that they stand for. */

export interface Variable {
  /** After `BACKEND_n_` or `CLIENT_n_`. */
  readonly suffix: string;
  /** The key of the file that it stands for. */
  readonly key: string;
  readonly kind: 'text' | 'number';
  readonly meaning: string;
}

export const BACKEND_VARIABLES: readonly Variable[] = [
  { suffix: 'URL', key: 'url', kind: 'text', meaning: 'Where the resource answers. Required for each n that is used.' },
  { suffix: 'PRIORITY', key: 'priority', kind: 'number', meaning: 'Lower is used first. Default 1.' },
  { suffix: 'APIKEY', key: 'apiKey', kind: 'text', meaning: 'Key of the resource. Absent or blank: Entra ID.' },
  {
    suffix: 'DEPLOYMENT_NAME',
    key: 'deploymentName',
    kind: 'text',
    meaning: 'Sent in place of the name asked for. Absent: the name is sent as it is.',
  },
  {
    suffix: 'NAME',
    key: 'name',
    kind: 'text',
    meaning: 'Appears in logs and metrics. Absent: the first label of the host, with `-n` if that is taken.',
  },
  {
    suffix: 'TYPE',
    key: 'type',
    kind: 'text',
    meaning: 'The `sku.name` of its deployments, such as `Standard` or `ProvisionedManaged`.',
  },
  {
    suffix: 'CAPACITY',
    key: 'capacity',
    kind: 'number',
    meaning: 'Of each of its deployments: thousands of tokens per minute, or PTUs.',
  },
  { suffix: 'REGION', key: 'region', kind: 'text', meaning: 'Azure region, for example `eastus`.' },
];

export const CLIENT_VARIABLES: readonly Variable[] = [
  {
    suffix: 'KEY',
    key: 'key',
    kind: 'text',
    meaning: 'What the client sends as `api-key` or as Bearer token. Required for each n that is used.',
  },
  { suffix: 'NAME', key: 'name', kind: 'text', meaning: 'Appears in logs and metrics. Absent: `client-n`.' },
  {
    suffix: 'CLASS',
    key: 'class',
    kind: 'text',
    meaning: '`interactive`, `standard` or `batch`: whose work goes first. Absent: `standard`.',
  },
  {
    suffix: 'WAIT_MS_MAX',
    key: 'waitMsMax',
    kind: 'number',
    meaning: 'Longest time a request of it waits for quota. Milliseconds. Absent: as its class has it.',
  },
];

export const TIMEOUT_VARIABLE = 'HTTP_TIMEOUT_SECONDS';

/** By the key below `tls`. */
export const TLS_VARIABLES: Readonly<Record<string, string>> = {
  certFile: 'SPILLWAY_TLS_CERT_FILE',
  keyFile: 'SPILLWAY_TLS_KEY_FILE',
};

export type Family = 'BACKEND' | 'CLIENT';

export const FAMILIES: Readonly<Record<Family, readonly Variable[]>> = {
  BACKEND: BACKEND_VARIABLES,
  CLIENT: CLIENT_VARIABLES,
};

export interface FamilyVariable {
  readonly family: Family;
  /** As written, for example `1`; `01` is told apart. */
  readonly number: string;
  readonly suffix: string;
}

const NUMBERED = /^(BACKEND|CLIENT)_(\d+)_([!-~]+)$/;
/** Kubernetes sets these by itself for a service called `backend-1` (its "service links"). */
const SERVICE_LINK = /^(?:SERVICE_HOST|SERVICE_PORT(?:_.*)?|PORT|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)$/;

/** @returns null for a variable that is none of ours. */
export function parseVariable(name: string): FamilyVariable | null {
  const match = NUMBERED.exec(name);
  if (match === null) return null;
  const [, family, number = '', suffix = ''] = match;
  if (SERVICE_LINK.test(suffix)) return null;
  return { family: family === 'CLIENT' ? 'CLIENT' : 'BACKEND', number, suffix };
}
