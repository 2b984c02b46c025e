/**
 * The network's own time to each target, measured a few times before a run and now and then during it, so that latencies can be read with
 * it beside them. It is the time to the endpoint that was named and no further: of what lies behind a gateway or a proxy it knows nothing.
 * The measuring shares a thread with the counting of results, so that single values may be high; what is used is their median.
 */
import type { Clock } from '@spillway/clock';
import { Distribution, NOTHING, percentileOf } from '../measure/distribution.ts';
import type { LineNetwork, NetworkFigures } from '../measure/report.ts';
import type { Target } from '../spec.ts';
import { type Connect, type Connecting, openConnection, placeOf } from './connect.ts';

/** One connection, its handshake included. Milliseconds. */
export const CONNECT_MS_MAX = 2_000;
/** Connections to each target before a run, one after the other; none after one that failed. */
export const BEFORE = 3;
/** During the run: one to each target so often. Milliseconds. */
export const EVERY_MS = 10_000;
/** To one target in a run; of one that lasts longer, those of its first hours stand for it. */
export const SAMPLES_MAX = 2_000;

export class Network {
  readonly #clock: Clock;
  readonly #ends: readonly End[];
  #timer: { cancel(): void } | null = null;
  #isClosed = false;

  constructor(targets: readonly Pick<Target, 'endpoint'>[], clock: Clock, connect: Connect = openConnection) {
    this.#clock = clock;
    this.#ends = targets.map(({ endpoint }) => new End(endpoint, clock, connect));
  }

  /** The samples before a run, of all targets at once: over after {@link BEFORE} times {@link CONNECT_MS_MAX} at the latest. */
  async before(): Promise<void> {
    await Promise.all(
      this.#ends.map(async (end) => {
        for (let at = 0; at < BEFORE && !this.#isClosed; at++) if (!(await end.sample())) return;
      }),
    );
  }

  /** From now on until it is closed. */
  watch(): void {
    if (this.#isClosed) return;
    this.#timer = this.#clock.after(EVERY_MS, () => {
      for (const end of this.#ends) void end.sample();
      this.watch();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    for (const end of this.#ends) end.cancel();
  }

  /** @returns null: none was measured. Milliseconds. */
  medianMs(target: number): number | null {
    return this.#ends[target]?.medianMs ?? null;
  }

  figures(target: number): NetworkFigures {
    return this.#ends[target]?.figures() ?? UNMEASURED;
  }

  /** Of all targets together, as the lines under way have their figures. */
  line(): LineNetwork {
    const values = this.#ends.flatMap(({ samples }) => samples).toSorted((a, b) => a - b);
    const at = (percentile: number): number | null => {
      const value = percentileOf(values, percentile);
      return value === null ? null : Number((value / 1_000).toFixed(6));
    };
    return { median: at(50), '95th': at(95) };
  }
}

/** Before anything is measured, and where nothing was. */
export const UNMEASURED: NetworkFigures = {
  to: '',
  connect: NOTHING,
  tls: NOTHING,
  failed: 0,
  why: '',
};

/** One endpoint. */
class End {
  readonly #endpoint: string;
  readonly #clock: Clock;
  readonly #connect: Connect;
  readonly #tcp = new Distribution();
  readonly #tls = new Distribution();
  /** Milliseconds. */
  readonly samples: number[] = [];
  #tries = 0;
  #failed = 0;
  #why = '';
  #open: { readonly connecting: Connecting; readonly giveUp: () => void } | null = null;

  constructor(endpoint: string, clock: Clock, connect: Connect) {
    this.#endpoint = endpoint;
    this.#clock = clock;
    this.#connect = connect;
  }

  /** One at a time. @returns whether it was measured. */
  async sample(): Promise<boolean> {
    if (this.#open !== null || this.#tries >= SAMPLES_MAX) return false;
    this.#tries++;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const parts = { clock: this.#clock, limitMs: CONNECT_MS_MAX };
    const connecting = this.#connect(this.#endpoint, parts, (ended) => {
      this.#open = null;
      if (ended.kind === 'failed') {
        this.#failed++;
        this.#why = ended.why;
      } else {
        this.samples.push(ended.tcpMs);
        this.#tcp.add(ended.tcpMs / 1_000);
        if (ended.tlsMs !== null) this.#tls.add(ended.tlsMs / 1_000);
      }
      resolve(ended.kind === 'connected');
    });
    this.#open = { connecting, giveUp: () => resolve(false) };
    return promise;
  }

  cancel(): void {
    this.#open?.connecting.cancel();
    this.#open?.giveUp();
    this.#open = null;
  }

  get medianMs(): number | null {
    return percentileOf(
      this.samples.toSorted((a, b) => a - b),
      50,
    );
  }

  figures(): NetworkFigures {
    const { host, port } = placeOf(this.#endpoint);
    const { medianMs } = this;
    return {
      to: `${host.includes(':') ? `[${host}]` : host}:${port}`,
      // Exact, unlike the histogram's: it is what adjusted latencies are less by.
      connect: { ...this.#tcp.spread(), p50: medianMs === null ? null : medianMs / 1_000 },
      tls: this.#tls.spread(),
      failed: this.#failed,
      why: this.#why,
    };
  }
}
