/** Routes of the simulator's time. */
import { SPEED_MAX, STEP_MS_MAX } from '@spillway/clock';
import type { Simulation } from '../simulation.ts';
import { clockState } from '../state.ts';
import { readNumbers } from './numbers.ts';
import { type AdminRoute, type Call, invalid, type Outcome, ok } from './outcome.ts';

export const clockRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/admin/clock', does: 'the time, whether it stands, how fast it goes', act: show },
  {
    method: 'POST',
    path: '/admin/clock/pause',
    does: 'lets time stand: nothing falls due, and requests wait for the next step',
    act: pause,
  },
  { method: 'POST', path: '/admin/clock/resume', does: 'lets it go on from where it stood', act: resume },
  {
    method: 'POST',
    path: '/admin/clock/step',
    does: 'moves time on at once, and what falls due happens: {"ms": up to 31 days}',
    act: step,
  },
  {
    method: 'POST',
    path: '/admin/clock/speed',
    does: 'lets time go faster or slower: {"factor": above 0, up to 1,000}',
    act: speed,
  },
];

function show(simulation: Simulation): Outcome {
  return ok(clockState(simulation));
}

function pause(simulation: Simulation): Outcome {
  simulation.clock.pause();
  return show(simulation);
}

function resume(simulation: Simulation): Outcome {
  simulation.clock.resume();
  return show(simulation);
}

function step(simulation: Simulation, { body }: Call): Outcome {
  const read = readNumbers(body, { ms: { low: 0, high: STEP_MS_MAX } });
  if (read.kind === 'errors') return invalid(read.errors);
  simulation.clock.step(read.numbers.ms ?? 0);
  return show(simulation);
}

function speed(simulation: Simulation, { body }: Call): Outcome {
  const read = readNumbers(body, { factor: { low: 0, above: true, high: SPEED_MAX } });
  if (read.kind === 'errors') return invalid(read.errors);
  simulation.clock.setSpeed(read.numbers.factor ?? 1);
  return show(simulation);
}
