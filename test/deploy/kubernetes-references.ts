/** What objects of Kubernetes say of one another, and of their own parts, by name: a name that nothing has is as wrong as a wrong key. */
import { isRecord } from './helm-chart.ts';

type Object_ = Readonly<Record<string, unknown>>;
const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce((from: unknown, key) => (isRecord(from) ? from[key] : undefined), value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const names = (value: unknown): readonly unknown[] => list(value).map((each) => at(each, 'name'));

interface Reference {
  readonly from: string;
  readonly to: unknown;
  /** What there is of it. */
  readonly known: readonly unknown[];
}

/** @returns each name that leads nowhere. */
export function danglingIn(objects: readonly Object_[]): readonly string[] {
  const of = (kind: string): readonly Object_[] => objects.filter((object) => object.kind === kind);
  const called = (kind: string): readonly unknown[] => of(kind).map((object) => at(object, 'metadata', 'name'));
  const pods = of('Deployment').map((deployment) => at(deployment, 'spec', 'template', 'spec'));
  const ports = pods.flatMap((pod) => list(at(pod, 'containers')).flatMap((each) => names(at(each, 'ports'))));
  const services = of('Service').flatMap((service) => names(at(service, 'spec', 'ports')));
  const references: readonly Reference[] = [
    ...pods.flatMap((pod) => withinPod(pod, called('ConfigMap'))),
    ...pods.map((pod) => ({
      from: 'serviceAccountName',
      to: at(pod, 'serviceAccountName'),
      known: called('ServiceAccount'),
    })),
    ...of('Service').flatMap((service) =>
      list(at(service, 'spec', 'ports')).map((port) => ({
        from: 'targetPort',
        to: at(port, 'targetPort'),
        known: ports,
      })),
    ),
    ...of('NetworkPolicy').flatMap((policy) =>
      list(at(policy, 'spec', 'ingress')).flatMap((rule) =>
        list(at(rule, 'ports')).map((port) => ({ from: 'ingress port', to: at(port, 'port'), known: ports })),
      ),
    ),
    ...of('HorizontalPodAutoscaler').map((scaler) => ({
      from: 'scaleTargetRef',
      to: at(scaler, 'spec', 'scaleTargetRef', 'name'),
      known: called('Deployment'),
    })),
    ...of('ServiceMonitor').flatMap((monitor) =>
      list(at(monitor, 'spec', 'endpoints')).map((end) => ({
        from: 'endpoint port',
        to: at(end, 'port'),
        known: services,
      })),
    ),
  ];
  return references
    .filter(({ to, known }) => !known.includes(to))
    .map(({ from, to, known }) => `${from}: ${to} is none of ${known.join(', ')}`);
}

/** Probes to ports, mounts to volumes, volumes to ConfigMaps. */
function withinPod(pod: unknown, configMaps: readonly unknown[]): readonly Reference[] {
  const volumes = list(at(pod, 'volumes'));
  return [
    ...list(at(pod, 'containers')).flatMap((container) => [
      ...['startupProbe', 'readinessProbe', 'livenessProbe'].map((probe) => ({
        from: probe,
        to: at(container, probe, 'httpGet', 'port'),
        known: names(at(container, 'ports')),
      })),
      ...names(at(container, 'volumeMounts')).map((to) => ({ from: 'volumeMounts', to, known: names(volumes) })),
    ]),
    ...volumes
      .filter((volume) => at(volume, 'configMap') !== undefined)
      .map((volume) => ({ from: 'volume', to: at(volume, 'configMap', 'name'), known: configMaps })),
  ];
}
