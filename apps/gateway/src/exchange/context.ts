/** What every exchange works with. One object for the life of the gateway; a reload replaces what is under `config`. */
import type { Clock, Deadlines, Unit } from '@spillway/clock';
import type { Config } from '@spillway/config';
import type { Backend, Estimator } from '@spillway/policy';
import type { Spool } from '../body/spool.ts';
import type { CredentialSource } from '../credential/credential.ts';
import type { Upstream } from '../forward/upstream.ts';
import type { Sampler } from '../need/sampler.ts';
import type { Emit } from '../observe/events.ts';
import type { Doors } from '../route/doors.ts';
import type { Crowd } from '../state/crowd.ts';
import type { Ledger } from '../state/ledger.ts';
import type { ExchangeTracing } from '../tracing/exchange-tracing.ts';
import type { Lobby } from '../waiting/lobby.ts';
import type { HedgeBudget } from './hedge.ts';
import type { Home } from './way-home.ts';

export interface Context {
  config: Config;
  doors: Doors;
  readonly ledger: Ledger;
  /** What requests cost, learned from those before. */
  readonly estimator: Estimator;
  /** Counts what answers do not tell it. */
  readonly sampler: Sampler;
  /** Where they wait for quota. */
  readonly lobby: Lobby;
  readonly upstream: Upstream;
  /** Seals ids, and remembers whose the others are. */
  home: Home;
  /** Files of bodies that are too long for memory. */
  readonly spool: Spool;
  /** Exchanges under way of each client. */
  readonly crowd: Crowd;
  /** Second tries that may be made beside slow first ones. */
  readonly hedges: HedgeBudget;
  readonly credential: (backend: Backend) => CredentialSource;
  readonly clock: Clock;
  readonly unit: Unit;
  readonly deadlines: Deadlines;
  readonly emit: Emit;
  /** null: nothing is traced. */
  readonly tracing: ExchangeTracing | null;
  /** Exchanges under way. */
  inFlight: number;
  /** Set once the process is to end: answers then close their connections. */
  draining: boolean;
  /** Told when an exchange has ended, so that a drain can go on. */
  onExchangeEnd: () => void;
}
