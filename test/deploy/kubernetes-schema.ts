/**
 * Closed schemas of the Kubernetes objects that the chart makes: each has the fields that we use, spelt as in the official definitions, and
 * no other; so what a cluster would silently drop, or refuse, is found here. Whoever uses another field adds it, out of the definitions.
 * Sources: kubernetes/kubernetes: api/openapi-spec/v3 (api__v1, apis__apps__v1, apis__autoscaling__v2, apis__policy__v1,
 * apis__networking.k8s.io__v1); prometheus-operator/prometheus-operator: pkg/apis/monitoring/v1, types ServiceMonitor and Endpoint;
 * limits of names: Kubernetes documentation, "Object Names and IDs", "Labels and Selectors", "Resource Management for Pods".
 */
import { Ajv, type ValidateFunction } from 'ajv';
import { isRecord } from './helm-chart.ts';

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string', minLength: 1 };
const flag: Schema = { type: 'boolean' };
const count = (minimum: number): Schema => ({ type: 'integer', minimum });
const oneOf = (...values: readonly string[]): Schema => ({ enum: values });
const listOf = (items: Schema): Schema => ({ type: 'array', items, minItems: 1 });
const mapOf = (additionalProperties: Schema): Schema => ({ type: 'object', additionalProperties });

/** @param required names of those that have to be there; the others may be. */
function only(properties: Readonly<Record<string, Schema>>, ...required: readonly string[]): Schema {
  return { type: 'object', additionalProperties: false, properties, required };
}

const name: Schema = { type: 'string', pattern: '^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$' };
/** Of containers, volumes and Services: one label of a domain name. */
const shortName: Schema = { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$' };
/** Of ports: at most 15 characters, with a letter among them. */
const portName: Schema = { type: 'string', pattern: '^(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$' };
const portNumber: Schema = { type: 'integer', minimum: 1, maximum: 65_535 };
const port: Schema = { anyOf: [portNumber, portName] };
const protocol = oneOf('TCP', 'UDP', 'SCTP');
const quantity: Schema = {
  anyOf: [count(0), { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$' }],
};
const qualified = '^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$';
const labels: Schema = {
  type: 'object',
  propertyNames: { pattern: qualified },
  additionalProperties: { type: 'string', pattern: '^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$' },
};
const annotations: Schema = {
  type: 'object',
  propertyNames: { pattern: qualified },
  additionalProperties: { type: 'string' },
};
const selector = only({ matchLabels: { ...labels, minProperties: 1 } }, 'matchLabels');
const metadata = only({ name, labels, annotations }, 'name');
/** What the environment and admin keys come from. */
const keyIn = only({ name, key: text, optional: flag }, 'name', 'key');

const probe = only(
  {
    httpGet: only({ path: { type: 'string', pattern: '^/' }, port, scheme: oneOf('HTTP', 'HTTPS') }, 'path', 'port'),
    initialDelaySeconds: count(0),
    periodSeconds: count(1),
    timeoutSeconds: count(1),
    failureThreshold: count(1),
    successThreshold: count(1),
  },
  'httpGet',
);

const envVar = {
  oneOf: [
    only({ name: text, value: { type: 'string' } }, 'name'),
    only(
      {
        name: text,
        valueFrom: {
          oneOf: [only({ secretKeyRef: keyIn }, 'secretKeyRef'), only({ configMapKeyRef: keyIn }, 'configMapKeyRef')],
        },
      },
      'name',
      'valueFrom',
    ),
  ],
};

const container = only(
  {
    name: shortName,
    image: text,
    imagePullPolicy: oneOf('Always', 'IfNotPresent', 'Never'),
    args: listOf({ type: 'string' }),
    env: listOf(envVar),
    envFrom: listOf(only({ secretRef: only({ name, optional: flag }, 'name') }, 'secretRef')),
    ports: listOf(only({ name: portName, containerPort: portNumber, protocol }, 'containerPort')),
    startupProbe: probe,
    readinessProbe: probe,
    // Kubernetes allows no other figure there.
    livenessProbe: { allOf: [probe, { properties: { successThreshold: { const: 1 } } }] },
    lifecycle: only({ preStop: only({ sleep: only({ seconds: count(0) }, 'seconds') }, 'sleep') }, 'preStop'),
    resources: only({ limits: mapOf(quantity), requests: mapOf(quantity) }),
    securityContext: only({
      allowPrivilegeEscalation: flag,
      readOnlyRootFilesystem: flag,
      capabilities: only({ drop: listOf(text) }),
    }),
    volumeMounts: listOf(
      only({ name: shortName, mountPath: { type: 'string', pattern: '^/' }, readOnly: flag }, 'name', 'mountPath'),
    ),
  },
  'name',
  'image',
);

const volume = {
  oneOf: [
    only({ name: shortName, configMap: only({ name, optional: flag }, 'name') }, 'name', 'configMap'),
    only({ name: shortName, emptyDir: only({ sizeLimit: quantity, medium: oneOf('Memory') }) }, 'name', 'emptyDir'),
  ],
};

const toleration = only({
  key: text,
  operator: oneOf('Exists', 'Equal'),
  value: { type: 'string' },
  effect: oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
  tolerationSeconds: { type: 'integer' },
});

const podSpec = only(
  {
    serviceAccountName: name,
    automountServiceAccountToken: flag,
    terminationGracePeriodSeconds: count(0),
    securityContext: only({
      runAsNonRoot: flag,
      runAsUser: count(0),
      runAsGroup: count(0),
      fsGroup: count(0),
      seccompProfile: only({ type: oneOf('RuntimeDefault', 'Unconfined') }, 'type'),
    }),
    imagePullSecrets: listOf(only({ name }, 'name')),
    topologySpreadConstraints: listOf(
      only(
        {
          maxSkew: count(1),
          topologyKey: text,
          whenUnsatisfiable: oneOf('DoNotSchedule', 'ScheduleAnyway'),
          labelSelector: selector,
        },
        'maxSkew',
        'topologyKey',
        'whenUnsatisfiable',
      ),
    ),
    containers: listOf(container),
    volumes: listOf(volume),
    nodeSelector: labels,
    tolerations: listOf(toleration),
  },
  'containers',
);

const intOrPercent: Schema = { anyOf: [count(0), { type: 'string', pattern: '^[0-9]+%$' }] };

const deployment = only(
  {
    replicas: count(0),
    selector,
    strategy: only({
      type: oneOf('RollingUpdate', 'Recreate'),
      rollingUpdate: only({ maxUnavailable: intOrPercent, maxSurge: intOrPercent }),
    }),
    template: only({ metadata: only({ labels, annotations }), spec: podSpec }, 'metadata', 'spec'),
  },
  'selector',
  'template',
);

const service = only(
  {
    type: oneOf('ClusterIP', 'NodePort', 'LoadBalancer'),
    selector: { ...labels, minProperties: 1 },
    ports: listOf(only({ name: portName, port: portNumber, targetPort: port, protocol }, 'port')),
  },
  'ports',
);

const peer = only({
  podSelector: only({ matchLabels: labels }),
  namespaceSelector: only({ matchLabels: labels }),
  ipBlock: only({ cidr: text, except: listOf(text) }, 'cidr'),
});
const networkPorts = listOf(only({ port, endPort: portNumber, protocol }));

const networkPolicy = only(
  {
    podSelector: only({ matchLabels: labels }),
    policyTypes: listOf(oneOf('Ingress', 'Egress')),
    ingress: listOf(only({ ports: networkPorts, from: listOf(peer) })),
    egress: listOf(only({ ports: networkPorts, to: listOf(peer) })),
  },
  'podSelector',
);

/** Each kind of metric with what belongs to it, and no other's. */
const metric = {
  oneOf: [
    only(
      {
        type: { const: 'Pods' },
        pods: only(
          {
            metric: only({ name: text }, 'name'),
            target: only({ type: { const: 'AverageValue' }, averageValue: quantity }, 'type', 'averageValue'),
          },
          'metric',
          'target',
        ),
      },
      'type',
      'pods',
    ),
    only(
      {
        type: { const: 'Resource' },
        resource: only(
          {
            name: oneOf('cpu', 'memory'),
            target: only(
              { type: { const: 'Utilization' }, averageUtilization: count(1) },
              'type',
              'averageUtilization',
            ),
          },
          'name',
          'target',
        ),
      },
      'type',
      'resource',
    ),
  ],
};

const autoscaler = only(
  {
    scaleTargetRef: only({ apiVersion: text, kind: text, name }, 'kind', 'name'),
    minReplicas: count(1),
    maxReplicas: count(1),
    metrics: listOf(metric),
    behavior: only({
      scaleDown: only({
        stabilizationWindowSeconds: { type: 'integer', minimum: 0, maximum: 3600 },
        selectPolicy: oneOf('Max', 'Min', 'Disabled'),
        policies: listOf(
          only(
            {
              type: oneOf('Pods', 'Percent'),
              value: count(1),
              periodSeconds: { type: 'integer', minimum: 1, maximum: 1800 },
            },
            'type',
            'value',
            'periodSeconds',
          ),
        ),
      }),
    }),
  },
  'scaleTargetRef',
  'maxReplicas',
);

const disruptionBudget = only(
  {
    maxUnavailable: intOrPercent,
    selector,
    unhealthyPodEvictionPolicy: oneOf('IfHealthyBudget', 'AlwaysAllow'),
  },
  'selector',
);

const duration: Schema = { type: 'string', pattern: '^([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$', minLength: 2 };

const serviceMonitor = only(
  {
    selector,
    endpoints: listOf(
      only({
        port: portName,
        path: { type: 'string', pattern: '^/' },
        interval: duration,
        scrapeTimeout: duration,
        scheme: oneOf('http', 'https'),
        authorization: only({ type: text, credentials: keyIn }, 'credentials'),
      }),
    ),
  },
  'selector',
  'endpoints',
);

const kindOf = (
  apiVersion: string,
  kind: string,
  more: Readonly<Record<string, Schema>>,
  ...required: readonly string[]
): Schema =>
  only(
    { apiVersion: { const: apiVersion }, kind: { const: kind }, metadata, ...more },
    'apiVersion',
    'kind',
    'metadata',
    ...required,
  );

const KINDS: Readonly<Record<string, Schema>> = {
  ConfigMap: kindOf('v1', 'ConfigMap', { data: mapOf({ type: 'string' }) }, 'data'),
  Secret: kindOf('v1', 'Secret', { type: oneOf('Opaque'), stringData: mapOf({ type: 'string' }) }, 'stringData'),
  ServiceAccount: kindOf('v1', 'ServiceAccount', { automountServiceAccountToken: flag }),
  Service: kindOf('v1', 'Service', { spec: service }, 'spec'),
  Deployment: kindOf('apps/v1', 'Deployment', { spec: deployment }, 'spec'),
  HorizontalPodAutoscaler: kindOf('autoscaling/v2', 'HorizontalPodAutoscaler', { spec: autoscaler }, 'spec'),
  PodDisruptionBudget: kindOf('policy/v1', 'PodDisruptionBudget', { spec: disruptionBudget }, 'spec'),
  NetworkPolicy: kindOf('networking.k8s.io/v1', 'NetworkPolicy', { spec: networkPolicy }, 'spec'),
  ServiceMonitor: kindOf('monitoring.coreos.com/v1', 'ServiceMonitor', { spec: serviceMonitor }, 'spec'),
};

export const KNOWN_KINDS: readonly string[] = Object.keys(KINDS);

const ajv = new Ajv({ allErrors: true, strictTypes: false });
const validators = new Map<string, ValidateFunction>(
  Object.entries(KINDS).map(([kind, schema]) => [kind, ajv.compile(schema)]),
);

/** @returns what is wrong with the object, by the place within it; empty where it is sound. */
export function schemaProblemsOf(object: unknown): readonly string[] {
  const kind = isRecord(object) ? String(object.kind) : '';
  const validate = validators.get(kind);
  if (validate === undefined) return [`${kind}: no schema of this kind; add one to kubernetes-schema.ts`];
  if (validate(object)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${kind}${instancePath}: ${message} ${JSON.stringify(params)}`,
  );
}
