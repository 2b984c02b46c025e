/** Routes of the simulated Entra ID: who there is, and how it refuses. Never shows a secret or a token. */
import { ROLES, type Role } from '@spillway/azure-model';
import { isRecord } from '@spillway/protocol';
import type { RefusedWith } from '../entra/entra.ts';
import type { Simulation } from '../simulation.ts';
import { readNumbers } from './numbers.ts';
import { type AdminRoute, type Call, failed, invalid, type Outcome, ok, shown } from './outcome.ts';

/** Requests that are refused, or answered with what has expired. */
const TIMES_MAX = 1_000_000;
/** Of one principal. */
const RESOURCES_NAMED_MAX = 1_000;

const TIMES = { low: 0, above: true, high: TIMES_MAX, whole: true } as const;
const STATUSES: readonly RefusedWith[] = [401, 429, 503];

export const identityRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/admin/identity',
    does: 'tenant, applications and managed identities with their roles, tokens given and refused',
    act: ({ entra }) => ok(stateOf(entra)),
  },
  {
    method: 'POST',
    path: '/admin/identity/refuse',
    does: 'gives no tokens: {"times": absent for all, "status": 401 as an expired secret (default), 429 or 503}',
    act: refuse,
  },
  {
    method: 'DELETE',
    path: '/admin/identity/refuse',
    does: 'gives tokens again',
    act({ entra }) {
      entra.refuse({ left: 0, status: 401 });
      return ok(stateOf(entra));
    },
  },
  {
    method: 'POST',
    path: '/admin/identity/expired',
    does: 'gives tokens that have expired when they come, though the answer says otherwise: {"times"}',
    act: bearExpired,
  },
  {
    method: 'POST',
    path: '/admin/identity/expire',
    does: 'all tokens that were given are good no more',
    act({ entra }) {
      entra.expireAll();
      return ok(stateOf(entra));
    },
  },
  {
    method: 'PUT',
    path: '/admin/identity/{clientId}/roles',
    does: 'sets its roles, from now on: {"roles": [] for none, "resources": names, absent for all}',
    act: assign,
  },
];

function stateOf({ plan, directory, state }: Simulation['entra']): object {
  const { tenantId, tokenSeconds, foreignTokens } = plan;
  return { tenantId, tokenSeconds, foreignTokens, ...state, principals: directory.list() };
}

function refuse({ entra }: Simulation, { body }: Call): Outcome {
  const status = { low: 401, high: 503, whole: true, optional: true } as const;
  const read = readNumbers(body, { times: { ...TIMES, optional: true }, status });
  if (read.kind === 'errors') return invalid(read.errors);
  const { times = Number.POSITIVE_INFINITY, status: given = 401 } = read.numbers;
  const known = STATUSES.find((each) => each === given);
  if (known === undefined) return invalid([`status: ${given} is none of ${STATUSES.join(', ')}; give one of those`]);
  entra.refuse({ left: times, status: known });
  return ok(stateOf(entra));
}

function bearExpired({ entra }: Simulation, { body }: Call): Outcome {
  const read = readNumbers(body, { times: TIMES });
  if (read.kind === 'errors') return invalid(read.errors);
  entra.bearExpired(read.numbers.times ?? 0);
  return ok(stateOf(entra));
}

function assign({ entra }: Simulation, { names, body }: Call): Outcome {
  const clientId = names[0] ?? '';
  if (!isRecord(body)) return invalid(['body: expected a JSON object with roles, and perhaps resources']);
  const errors = Object.keys(body).flatMap((key) =>
    key === 'roles' || key === 'resources' ? [] : [`${key}: is unknown; known are roles, resources`],
  );
  const roles = rolesIn(body.roles, errors);
  const resources = body.resources === undefined ? null : namesIn(body.resources, errors);
  if (errors.length > 0) return invalid(errors);
  const assigned = entra.directory.assign(clientId, roles, resources);
  if (assigned !== null) return ok(assigned);
  const there = entra.directory.list().map((each) => each.clientId);
  return failed(404, 'noSuchPrincipal', [`clientId: ${shown(clientId)} is unknown; there are ${there.join(', ')}`]);
}

function rolesIn(value: unknown, errors: string[]): readonly Role[] {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  return given.flatMap((name) => {
    const role = ROLES.find((each) => each === name);
    if (role === undefined) errors.push(`roles: ${shown(name)} is none of ${ROLES.join(', ')}; list some of those`);
    return role === undefined ? [] : [role];
  });
}

function namesIn(value: unknown, errors: string[]): readonly string[] {
  const names: readonly unknown[] = Array.isArray(value) ? value : [];
  const texts = names.filter((name) => typeof name === 'string');
  if (!Array.isArray(value) || texts.length < names.length || names.length > RESOURCES_NAMED_MAX) {
    errors.push(`resources: is not a list of up to ${RESOURCES_NAMED_MAX} names; list names, or leave it out for all`);
  }
  return texts;
}
