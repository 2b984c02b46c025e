/** Accounts and deployments that the control plane made, in the state file: under a name that no resource can have. */
import type { Keeper } from '@spillway/azure-model';
import { readResource } from '../admin/read.ts';
import { type AccountSnapshot, accountControlFrom, deploymentControlFrom, ownPartOf } from './account.ts';
import { recordIn } from './wanted.ts';

/** Names of resources begin with a letter or a digit. */
export const CONTROL_KEEPER = '/control';
const KIND = 'account';

export class KeptAccounts {
  readonly #keeper: Keeper | null;

  constructor(keeper: Keeper | null) {
    this.#keeper = keeper;
  }

  /** Oldest first. @param onProblem told of one that cannot be read, which is left where it is. */
  load(onProblem: (text: string) => void): readonly AccountSnapshot[] {
    return [...(this.#keeper?.load() ?? [])].flatMap(({ kind, id, value }) => {
      if (kind !== KIND) return [];
      const read = snapshotFrom(value);
      if (typeof read !== 'string') return [read];
      onProblem(`stateFile: the account ${id} cannot be read (${read}); it is left out`);
      return [];
    });
  }

  /** Of one that comes from elsewhere, only its deployments that the control plane made. */
  put(snapshot: AccountSnapshot): void {
    const kept = snapshot.control.isOwn ? snapshot : ownPartOf(snapshot);
    const { name, deployments = [] } = kept.options;
    if (!kept.control.isOwn && (deployments.length === 0 || kept.deletedMs !== null)) {
      this.remove(name);
      return;
    }
    const id = name.toLowerCase();
    this.#keeper?.put(KIND, { id, createdMs: kept.control.createdMs, value: kept, bytes: null });
  }

  remove(name: string): void {
    this.#keeper?.remove(KIND, name.toLowerCase());
  }
}

/** A text says what is wrong. */
function snapshotFrom(value: unknown): AccountSnapshot | string {
  const fields = recordIn({ value }, 'value');
  const read = readResource(fields.options);
  if (read.kind === 'errors') return read.errors.join('; ');
  const deployments = Object.entries(recordIn(fields, 'deployments'));
  const { deletedMs } = fields;
  return {
    options: read.value,
    control: accountControlFrom(fields.control, read.value.name),
    deployments: Object.fromEntries(deployments.map(([name, each]) => [name, deploymentControlFrom(each)])),
    deletedMs: typeof deletedMs === 'number' ? deletedMs : null,
  };
}
