/** How the tables of the matrix are written: an operation is a step, and steps that need each other's ids are a flow. */

export interface Form {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: {
    readonly field: string;
    readonly name: string;
    readonly type: string;
    readonly bytes: Buffer | string;
  };
}

/** How request and answer travel. binary: the answer is neither JSON nor events. */
export type Way = 'plain' | 'stream' | 'multipart' | 'binary' | 'socket';

export interface Step {
  /** As the table names it; unique within its flow. */
  readonly does: string;
  /** Default POST with a body or a form, else GET. */
  readonly method?: string;
  /** Below the dialect's mount. `<name>` stands for what an earlier step kept, here and in query, body and form. */
  readonly at: string;
  readonly query?: string;
  readonly body?: object;
  readonly form?: Form;
  /** Default plain; multipart with a form. */
  readonly way?: Way;
  /** What of the answer's text later steps name: the first group. */
  readonly keeps?: Readonly<Record<string, RegExp>>;
  /** Time that passes on the simulator's clock before it. Milliseconds. */
  readonly afterMs?: number;
  /** all: every resource is asked, and the answer is what they have together. Default one. */
  readonly reach?: 'one' | 'all';
  /** Messages sent on a socket one after the other, each once the one before has been answered: an event of `until`. */
  readonly says?: readonly object[];
  readonly until?: RegExp;
}

/** preview: beside them alone, v1 has something else in its place. deployment: on classic paths below a deployment. resource: beside them. Which of the two Azure has: wire §1.2, §1.3. */
export type Scope = 'deployment' | 'resource' | 'v1' | 'preview';

export interface Flow {
  readonly name: string;
  readonly scope: Scope;
  /** In classic paths; in bodies `<model>`. */
  readonly model: string;
  readonly steps: readonly Step[];
}

export const DIALECTS = ['classic', 'resource', 'v1', 'bare'] as const;
export type Dialect = (typeof DIALECTS)[number];

export function wayOf({ way, form }: Step): Way {
  return way ?? (form === undefined ? 'plain' : 'multipart');
}

/** @returns why a dialect has no such operation; null where it has. */
export function absence(scope: Scope, dialect: Dialect): string | null {
  if (scope === 'preview' && dialect !== 'resource') return 'preview: only beside deployments (wire §1.5)';
  if (dialect === 'classic' && (scope === 'resource' || scope === 'v1'))
    return 'classic: Azure has no such path below a deployment (wire §1.3)';
  if (dialect === 'resource' && scope === 'deployment')
    return 'resource: Azure has this only below a deployment (wire §1.2)';
  if (dialect === 'resource' && scope === 'v1') return 'resource: Azure has this on v1 alone (wire §1.4)';
  return null;
}
