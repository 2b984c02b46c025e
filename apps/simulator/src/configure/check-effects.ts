/** Keys that would do nothing where they stand: refused, not ignored. */
import type { Findings, Path } from '@spillway/config';
import type { DeploymentOutline, Outline } from './outline.ts';

export function checkEffects({ resources, recording }: Outline, findings: Findings): void {
  for (const { deployments } of resources) for (const each of deployments) checkDeployment(each, findings);
  checkRecording(recording, findings);
  const mode = modeOf(recording);
  if (!NEEDS_UPSTREAM.has(mode)) return;
  if (resources.some(({ keys }) => keys.has('upstream'))) return;
  findings.add(['recording', 'mode'], {
    rule: 'needs a real resource',
    remedy: 'give a resource its upstream, with url and key',
  });
}

const STANDARD_ONLY = ['requestsPerMinute', 'quotaMode'];
const PROVISIONED_ONLY = ['bucketSeconds', 'assumedAnswerTokens', 'spilloverDeploymentName'];

function checkDeployment({ path, type, keys }: DeploymentOutline, findings: Findings): void {
  const provisioned = type.includes('Provisioned');
  for (const key of provisioned ? STANDARD_ONLY : PROVISIONED_ONLY) {
    if (!keys.has(key)) continue;
    const rule = provisioned ? 'does nothing on a provisioned deployment' : 'does nothing on a Standard deployment';
    findings.add([...path, key], { rule, remedy: 'remove it, or change the type', at: 'key', showValue: false });
  }
}

const NEEDS_FILE: ReadonlySet<string> = new Set(['record', 'replay', 'hybrid']);
const NEEDS_UPSTREAM: ReadonlySet<string> = new Set(['record', 'passThrough']);

/** In which modes the other keys act. */
const ACTS_IN: ReadonlyArray<readonly [key: string, modes: ReadonlySet<string>]> = [
  ['file', NEEDS_FILE],
  ['storeErrors', new Set(['record'])],
  ['again', new Set(['record'])],
  ['speed', NEEDS_FILE],
  ['matching', NEEDS_FILE],
];

function checkRecording(recording: Outline['recording'], findings: Findings): void {
  const mode = modeOf(recording);
  const place: Path = ['recording'];
  if (NEEDS_FILE.has(mode) && recording.file === undefined) {
    findings.add([...place, 'file'], {
      rule: `is missing, and the mode ${mode} needs it`,
      remedy: 'name a JSONL file',
    });
  }
  for (const [key, modes] of ACTS_IN) {
    if (recording[key] === undefined || modes.has(mode)) continue;
    const rule = `does nothing in the mode ${mode}`;
    const remedy = `remove it, or choose ${[...modes].join(' or ')}`;
    findings.add([...place, key], { rule, remedy, at: 'key', showValue: false });
  }
}

function modeOf({ mode }: Outline['recording']): string {
  return typeof mode === 'string' ? mode : 'generate';
}
