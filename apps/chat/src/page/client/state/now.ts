/** The time, for countdowns: told each quarter of a second while somebody counts. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

const TICK_MS = 250;
const now = signal(Date.now());
let counting = 0;
let timer: ReturnType<typeof setInterval> | null = null;

/** @param isNeeded false: the clock may stand still. */
export function useNow(isNeeded: boolean): number {
  useEffect(() => {
    if (!isNeeded) return;
    now.value = Date.now();
    if (++counting === 1)
      timer = setInterval(() => {
        now.value = Date.now();
      }, TICK_MS);
    return () => {
      if (--counting === 0 && timer !== null) clearInterval(timer);
    };
  }, [isNeeded]);
  // Drawn before it was first told, it may be old.
  return Math.max(now.value, Date.now());
}
