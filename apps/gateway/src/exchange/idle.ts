/** Waiting until no exchange is under way. */
import type { Context } from './context.ts';

/** Resolves when no exchange is under way, or after that time. Who waits already is told as well. Milliseconds. */
export function idle(context: Pick<Context, 'clock' | 'inFlight' | 'onExchangeEnd'>, msMax: number): Promise<void> {
  const { clock, onExchangeEnd } = context;
  return new Promise((resolve) => {
    const timer = clock.after(msMax, resolve);
    context.onExchangeEnd = () => {
      onExchangeEnd();
      if (context.inFlight > 0) return;
      timer.cancel();
      resolve();
    };
    context.onExchangeEnd();
  });
}
