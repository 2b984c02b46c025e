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

/** @param text of the configuration, as it is: its secrets are named there, not written. */
export function renderHelm(text: string, options: HelmOptions = {}): readonly Artefact[] {
  const { clientId, secretName = 'spillway' } = options;
  const values = { config: text, secretName, ...(clientId === undefined ? {} : { workloadIdentity: { clientId } }) };
  const head = '# For the chart deploy/kubernetes/spillway: helm install spillway CHART --values values.yaml\n';
  return [
    { path: 'values.yaml', text: `${head}${stringify(values, { lineWidth: 0, blockQuote: 'literal' })}` },
    { path: 'secret.example.yaml', text: secretOf(secretName, [...namesIn(text), SEAL_KEY]) },
  ];
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
