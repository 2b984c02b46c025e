/** The members of a pool beside what traffic did to them: found once, and not by name with every decision. */
import type { Deployment, Pool } from './fleet.ts';
import type { BackendState, DeploymentState, States } from './state.ts';

export interface Seat {
  readonly deployment: Deployment;
  readonly state: DeploymentState;
  readonly backend: BackendState;
}

export class Seating {
  #seats = new WeakMap<Pool, readonly Seat[]>();

  /** In the order of the pool's members. */
  of(pool: Pool, states: Omit<States, 'seats'>): readonly Seat[] {
    let seats = this.#seats.get(pool);
    if (seats === undefined) {
      seats = pool.members.map((deployment) => {
        return { deployment, state: states.deployment(deployment), backend: states.backend(deployment.backend) };
      });
      this.#seats.set(pool, seats);
    }
    return seats;
  }

  /** To be called whenever a state is dropped. */
  clear(): void {
    this.#seats = new WeakMap();
  }
}
