/** Whether the model that answered is the one configured, as far as names tell. */
import { knownModel } from '@spillway/protocol';
import type { ConnectStep, Verdict } from './finding.ts';

export interface Compared {
  readonly step: ConnectStep;
  readonly wayOut: string | null;
}

export function compareModel(configured: string | null, answered: string | null): Compared {
  if (answered === null) return well('a model answers, without saying which');
  if (configured === null || isSame(configured, answered)) return well(`${answered} answers`);
  const certain = knownModel(configured) !== null && knownModel(base(answered)) !== null;
  const verdict: Verdict = certain ? 'fail' : 'warn';
  const text = `${answered} answers, and ${configured} is configured`;
  const wayOut = "correct 'model', or the deployment: clients who ask for the one would get the other";
  return { step: { name: 'model', verdict, text }, wayOut };
}

function well(text: string): Compared {
  return { step: { name: 'model', verdict: 'ok', text }, wayOut: null };
}

/** Azure's first embeddings model calls itself `ada`, for short: a name that is a part of the other is taken as the same. */
function isSame(configured: string, answered: string): boolean {
  const [one, other] = [base(configured), base(answered)];
  return one === other || one.split('-').includes(other);
}

/** Without the mark of a fine-tuned model and the version (`-2024-11-20`, `-0125`), in Azure's spelling. */
function base(name: string): string {
  return name
    .toLowerCase()
    .replace(/\.ft-.*$/, '')
    .replace(/-\d{4}(?:-\d{2}-\d{2})?$/, '')
    .replace(/^gpt-3\.5/, 'gpt-35');
}
