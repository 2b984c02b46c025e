/** What must agree between the values of a scenario's file: names, times, and which key says something to which kind. */
import { didYouMean, type Findings, type Path } from '@spillway/config';
import { isProvisioned } from '@spillway/protocol';
import { REFERENCE } from './scenario-reference.ts';
import type { ArrivalsData, FaultData, LengthsData, ScenarioData } from './scenario-schema.ts';
import { FLEET_MAX } from './scenario-schema.ts';
import type { PromiseName } from './types.ts';

type Keys = Readonly<Record<string, { readonly needs: readonly string[]; readonly takes?: readonly string[] }>>;

const OF_FAULTS: Keys = {
  others: { needs: ['tokensPerMinute'], takes: ['requestTokens'] },
  lowered: { needs: ['share'], takes: ['isTold'] },
  outage: { needs: [], takes: ['status'] },
  slow: { needs: ['factor'] },
  dayHint: { needs: ['share'] },
  demand: { needs: ['share'], takes: ['waitMs'] },
} satisfies Record<FaultData['kind'], Keys[string]>;

const OF_LENGTHS: Keys = {
  fixed: { needs: ['tokens'] },
  uniform: { needs: ['min', 'max'] },
  lognormal: { needs: ['median'], takes: ['spread', 'max'] },
} satisfies Record<LengthsData['kind'], Keys[string]>;

const OF_ARRIVALS: Keys = {
  poisson: { needs: [] },
  steady: { needs: [] },
  bursts: { needs: ['onSeconds', 'offSeconds', 'factor'] },
  diurnal: { needs: ['depth'], takes: ['periodSeconds'] },
} satisfies Record<ArrivalsData['kind'], Keys[string]>;

/** Keys that say something to every kind. */
const ALWAYS = ['kind', 'deployment', 'fromSeconds', 'toSeconds'];

export function checkScenario(data: ScenarioData, findings: Findings): void {
  checkTimes(data, findings);
  checkPooled(data, findings);
  const ids = checkFleet(data, findings);
  checkUnique(
    data.clients.map(({ name }) => name),
    (index) => ['clients', index, 'name'],
    findings,
  );
  for (const [index, fault] of data.faults.entries()) checkFault(fault, ['faults', index], { data, ids, findings });
  checkKeys(data.arrivals, ['arrivals'], OF_ARRIVALS, findings);
  for (const [index, client] of data.clients.entries()) {
    const path = ['clients', index];
    checkLengths(client.prompt, [...path, 'prompt'], findings);
    checkLengths(client.answer, [...path, 'answer'], findings);
    if (client.arrivals !== undefined) checkKeys(client.arrivals, [...path, 'arrivals'], OF_ARRIVALS, findings);
    const { english, code, cjk } = client.languages ?? { english: 1, code: 0, cjk: 0 };
    if (english + code + cjk === 0) {
      findings.add([...path, 'languages'], {
        rule: 'gives no language a share',
        remedy: 'give one, for example english: 1',
        showValue: false,
      });
    }
  }
}

function checkTimes({ seconds, warmUpSeconds }: ScenarioData, findings: Findings): void {
  if (warmUpSeconds < seconds) return;
  findings.add(['warmUpSeconds'], {
    rule: `leaves nothing of ${seconds} seconds to measure`,
    remedy: `give fewer than ${seconds}`,
  });
}

/** Promises of which all seeds together are held to a limit. */
const POOLED: readonly PromiseName[] = ['no429', 'noWait429', 'edge429', 'cache'];

function checkPooled({ promises, pooledMost }: ScenarioData, findings: Findings): void {
  if (pooledMost === undefined || promises.some((promise) => POOLED.includes(promise))) return;
  findings.add(['pooledMost'], {
    rule: 'does nothing without a promise of refusals',
    remedy: `remove it, or promise one of ${POOLED.join(', ')}`,
    showValue: false,
  });
}

/** @returns the deployments that there are. */
function checkFleet({ fleet, quotas }: ScenarioData, findings: Findings): readonly string[] {
  const names = quotas.map(({ name }) => name);
  checkUnique(names, (index) => ['quotas', index, 'name'], findings);
  for (const [index, { quotaKey, type }] of fleet.entries()) {
    if (quotaKey !== undefined && isProvisioned(type)) findings.add(['fleet', index, 'quotaKey'], OF_STANDARD_ALONE);
    if (quotaKey === undefined || names.includes(quotaKey)) continue;
    findings.add(['fleet', index, 'quotaKey'], {
      rule: 'is not one of quotas',
      remedy: names.length === 0 ? 'list it under quotas, with its capacity' : didYouMean(quotaKey, names, REFERENCE),
    });
  }
  const ids = fleet.map(idsOf);
  checkUnique(
    ids.flat(),
    (place) => ['fleet', ids.findIndex((_, index) => ids.slice(0, index + 1).flat().length > place), 'id'],
    findings,
  );
  if (ids.flat().length > FLEET_MAX) {
    findings.add(['fleet'], {
      rule: `is ${ids.flat().length} deployments, more than ${FLEET_MAX}`,
      remedy: 'lower a count',
      showValue: false,
    });
  }
  return ids.flat();
}

/** `east/chat` twice: `east1/chat`, `east2/chat`. */
export function idsOf({ id, count }: ScenarioData['fleet'][number]): readonly string[] {
  if (count === 1) return [id];
  return Array.from({ length: count }, (_, index) => id.replace('/', `${index + 1}/`));
}

function checkUnique(names: readonly string[], path: (index: number) => Path, findings: Findings): void {
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) === index) continue;
    findings.add(path(index), { rule: 'is there twice', remedy: 'give each a name of its own' });
  }
}

interface World {
  readonly data: ScenarioData;
  readonly ids: readonly string[];
  readonly findings: Findings;
}

function checkFault(fault: FaultData, path: Path, { data, ids, findings }: World): void {
  if (!ids.includes(fault.deployment)) {
    const remedy = didYouMean(fault.deployment, ids, REFERENCE);
    findings.add([...path, 'deployment'], { rule: 'is no deployment of the fleet', remedy });
  }
  const until = fault.toSeconds ?? data.seconds;
  if (until <= fault.fromSeconds) {
    findings.add([...path, 'fromSeconds'], {
      rule: `is not before its end, ${until}`,
      remedy: 'give an earlier one, or a later toSeconds',
    });
  }
  checkOthers(fault, until, path, findings);
  if (fault.kind === 'lowered' || fault.kind === 'dayHint') {
    const hit = data.fleet.find((deployment) => idsOf(deployment).includes(fault.deployment));
    if (hit !== undefined && isProvisioned(hit.type)) findings.add([...path, 'kind'], OF_STANDARD_ALONE);
  }
  checkKeys(fault, path, OF_FAULTS, findings);
}

/** Of each request of others, where the file does not say. */
export const OTHERS_TOKENS = 1_000;
/** Of others, to one deployment, in all the time of a fault: each is counted one by one. */
const OTHERS_MAX = 200_000;

function checkOthers(fault: FaultData, untilSeconds: number, path: Path, findings: Findings): void {
  const { kind, tokensPerMinute = 0, requestTokens = OTHERS_TOKENS, fromSeconds } = fault;
  const requests = Math.round((tokensPerMinute / requestTokens) * ((untilSeconds - fromSeconds) / 60));
  if (kind !== 'others' || requests <= OTHERS_MAX) return;
  findings.add([...path, 'tokensPerMinute'], {
    rule: `is ${requests} requests until second ${untilSeconds}, more than ${OTHERS_MAX}`,
    remedy: 'give fewer tokens, larger requestTokens or less time',
  });
}

/** Units are set aside: no limit of theirs is lowered, and none is shared. */
const OF_STANDARD_ALONE = {
  rule: 'does nothing on a provisioned deployment',
  remedy: 'remove it, or name a Standard deployment',
};

function checkLengths(lengths: LengthsData, path: Path, findings: Findings): void {
  checkKeys(lengths, path, OF_LENGTHS, findings);
  const least = lengths.kind === 'uniform' ? lengths.min : lengths.median;
  if (least === undefined || lengths.max === undefined || least <= lengths.max) return;
  findings.add([...path, 'max'], { rule: `is less than ${least}`, remedy: `give ${least} or more` });
}

function checkKeys(value: { readonly kind: string }, path: Path, table: Keys, findings: Findings): void {
  const { needs = [], takes = [] } = table[value.kind] ?? {};
  const given = Object.keys(value);
  for (const key of needs.filter((each) => !given.includes(each))) {
    findings.add([...path, key], { rule: `is missing, and the kind ${value.kind} needs it`, remedy: 'add it' });
  }
  for (const key of given.filter((each) => ![...ALWAYS, ...needs, ...takes].includes(each))) {
    findings.add([...path, key], { rule: `does nothing for the kind ${value.kind}`, remedy: 'remove it', at: 'key' });
  }
}
