/** The context of an exchange that goes over a WebSocket: the gateway's own, with another way up and other times. */
import type { Timeouts } from '@spillway/config';
import type { Context } from '../exchange/context.ts';
import type { Upstream } from '../forward/upstream.ts';

/** Everything else is read from the gateway's context when it is asked for, and what is counted is counted there. */
export function socketContext(
  context: Context,
  upstream: Upstream,
  times: (timeouts: Timeouts) => Partial<Timeouts> = () => ({}),
): Context {
  const own: Context = Object.create(context, {
    upstream: { value: upstream },
    config: {
      get: () => {
        const { config } = context;
        const { timeouts } = config.gateway;
        return { ...config, gateway: { ...config.gateway, timeouts: { ...timeouts, ...times(timeouts) } } };
      },
    },
    inFlight: {
      get: () => context.inFlight,
      set: (count: number) => {
        context.inFlight = count;
      },
    },
  });
  return own;
}
