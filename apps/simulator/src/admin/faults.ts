/** Routes of the faults. */
import { readFault } from '@spillway/azure-model';
import type { Simulation } from '../simulation.ts';
import { type AdminRoute, type Call, created, failed, invalid, type Outcome, ok, shown } from './outcome.ts';

export const faultRoutes: readonly AdminRoute[] = [
  {
    method: 'POST',
    path: '/admin/faults',
    does: 'adds a fault, with the fields of `faults` in the configuration; only kind must be there, and startMs counts from now',
    act: addFault,
  },
  { method: 'GET', path: '/admin/faults', does: 'all faults, with the requests they hit', act: listFaults },
  { method: 'DELETE', path: '/admin/faults', does: 'removes all faults', act: clearFaults },
  { method: 'GET', path: '/admin/faults/{id}', does: 'one fault', act: showFault },
  { method: 'DELETE', path: '/admin/faults/{id}', does: 'removes a fault', act: removeFault },
];

function addFault({ sites, faults, clock }: Simulation, { body }: Call): Outcome {
  const names = new Map(sites.map(({ facts, deployed }) => [facts.name, [...deployed.keys()]]));
  const read = readFault(body, names);
  if (read.kind === 'errors') return invalid(read.errors);
  const fault = faults.add(read.spec, clock.nowMs());
  if (fault === null) return failed(409, 'tooMany', ['faults: too many are waiting; delete some']);
  return created(fault);
}

function listFaults({ faults }: Simulation): Outcome {
  return ok({ faults: faults.list() });
}

function showFault({ faults }: Simulation, { names }: Call): Outcome {
  const fault = faults.get(names[0] ?? '');
  return fault === null ? noSuchFault(names[0]) : ok(fault);
}

function removeFault({ faults }: Simulation, { names }: Call): Outcome {
  return faults.remove(names[0] ?? '') ? ok({ removed: names[0] }) : noSuchFault(names[0]);
}

function clearFaults({ faults }: Simulation): Outcome {
  const removed = faults.list().map((fault) => fault.id);
  faults.clear();
  return ok({ removed });
}

function noSuchFault(id: string | undefined): Outcome {
  return failed(404, 'noSuchFault', [`fault: ${shown(id)} does not exist; GET /admin/faults lists those there are`]);
}
