/** Writing what a command was asked for: where that cannot be, the message names the place, the reason and the way out. */
import { UsedWrongly } from './exit.ts';

type Kind = 'file' | 'folder';

/** @throws UsedWrongly where the work throws. @param place as the user named it. */
export function mustWrite<T>(place: string, kind: Kind, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UsedWrongly(notWritten(place, kind, error));
  }
}

export function notWritten(place: string, kind: Kind, error: unknown): string {
  return `${place} cannot be written (${reasonOf(error)}); give a ${kind} that can`;
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'no reason given';
}
