/** A gateway's configuration as values of the Helm chart in deploy/kubernetes/spillway, and the Secret that goes with it, to be filled in. */
import { parseDocument, stringify, visit } from 'yaml';
import type { Artefact } from '../artefact.ts';

export interface HelmOptions {
  /** Client id of the managed identity that backends without a key are asked with; absent: none. */
  readonly clientId?: string;
  /** The Secret that holds what the configuration names. */
  readonly secretName?: string;
}

const NAMED = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
/** Of its own: kept by all replicas, or ids that one gave out are refused by the next. */
const SEAL_KEY = 'SPILLWAY_SEAL_KEY';

/** Of a Secret. Source: Kubernetes, "Object Names and IDs", DNS subdomain names (RFC 1123), read 2026-11-21; values.schema.json has it, too. */
const OBJECT_NAME = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const CLIENT_ID = /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
/** To some readers of YAML each ends a line, and what stands behind it would not be in the text any more. The chart refuses them, too. */
const OTHER_LINE_ENDS = /[\r\u0085\u2028\u2029]/;

/**
 * @param text of the configuration, as it is: its secrets are named there, not written. Line ends of Windows become plain ones.
 * @throws where a value could not stand in the chart.
 */
export function renderHelm(text: string, options: HelmOptions = {}): readonly Artefact[] {
  const { clientId, secretName = 'spillway' } = options;
  const config = text.replaceAll('\r\n', '\n');
  refuse(config, secretName, clientId);
  const values = { config, secretName, ...(clientId === undefined ? {} : { workloadIdentity: { clientId } }) };
  const head = '# For the chart deploy/kubernetes/spillway: helm install spillway CHART --values values.yaml\n';
  return [
    { path: 'values.yaml', text: `${head}${stringify(values, { lineWidth: 0, blockQuote: 'literal' })}` },
    { path: 'secret.example.yaml', text: secretOf(secretName, [...namesIn(text), SEAL_KEY]), isFilledIn: true },
  ];
}

function refuse(config: string, secretName: string, clientId: string | undefined): void {
  const at = config.search(OTHER_LINE_ENDS);
  if (at >= 0) {
    const line = config.slice(0, at).split('\n').length;
    throw new Error(`line ${line} has a line end that is none everywhere (U+000D, U+0085, U+2028, U+2029); remove it`);
  }
  if (!OBJECT_NAME.test(secretName)) {
    throw new Error(
      `secret name ${JSON.stringify(secretName)}: is no name of a Secret; use small letters, digits, and between them "-" and single "."`,
    );
  }
  if (clientId !== undefined && !CLIENT_ID.test(clientId)) {
    throw new Error(
      `client id ${JSON.stringify(clientId)}: is not the id of an identity; az identity show --query clientId`,
    );
  }
}

/** Variables that the configuration names; comments are not looked at. */
function namesIn(text: string): readonly string[] {
  const names = new Set<string>();
  visit(parseDocument(text), {
    Scalar: (_, { value }) => {
      for (const [, name = ''] of typeof value === 'string' ? value.matchAll(NAMED) : []) names.add(name);
    },
  });
  return [...names];
}

function secretOf(name: string, keys: readonly string[]): string {
  const stringData = Object.fromEntries(keys.map((key) => [key, 'REPLACE']));
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name }, type: 'Opaque', stringData };
  return `# Put what belongs there in place of REPLACE, apply it, and do not commit it.\n${stringify(secret)}`;
}
