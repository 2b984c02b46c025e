/** How long a request may wait for quota: as its client's, its pool's or its class's setting says, and no longer than it asks itself. */
import type { Pool, RequestClass, WaitingSettings } from '@spillway/policy';

/** `x-spillway-wait-ms`: the longest wait the caller wants; 0: refuse at once, it has other places to go. */
export const WAIT_HEADER = 'x-spillway-wait-ms';
const MILLISECONDS = /^\d{1,9}$/;

export interface Patience {
  readonly class: RequestClass;
  /** Of the client; null: as the pool, or the class, has it. Milliseconds. */
  readonly clientMsMax: number | null;
  /** The header's value as it came. What is no number of milliseconds says nothing. */
  readonly asked: string | undefined;
}

/** Milliseconds; 0: it does not wait. */
export function waitMsMax(pool: Pool, { maxMs }: WaitingSettings, patience: Patience): number {
  const { asked, clientMsMax } = patience;
  const setting = clientMsMax ?? pool.waitMsMax ?? maxMs[patience.class];
  return asked !== undefined && MILLISECONDS.test(asked) ? Math.min(setting, Number(asked)) : setting;
}
