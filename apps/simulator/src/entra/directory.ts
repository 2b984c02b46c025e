/** Who there is, and who may do what where. Roles change while it runs, and count at once, whatever a token says. */
import { mayDo, type Principal, type Role } from '@spillway/azure-model';
import type { IdentityPlan, PlannedApplication, PlannedPrincipal } from './identity-options.ts';

/** As the admin port shows it. */
export interface PrincipalState {
  readonly kind: 'application' | 'managedIdentity';
  readonly clientId: string;
  readonly objectId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  /** null: all. */
  readonly resources: readonly string[] | null;
}

interface Assignment {
  readonly roles: readonly Role[];
  readonly resources: readonly string[] | null;
}

/** How a managed identity is asked for; null: not said. */
export interface IdentityAsked {
  readonly clientId: string | null;
  readonly objectId: string | null;
  /** Path of the identity in the control plane, which ends with its name. */
  readonly resourceId: string | null;
}

export class Directory {
  readonly #plan: IdentityPlan;
  /** By object id; absent: as planned. */
  readonly #assigned = new Map<string, Assignment>();

  constructor(plan: IdentityPlan) {
    this.#plan = plan;
  }

  list(): readonly PrincipalState[] {
    const { applications, managedIdentities } = this.#plan;
    return [
      ...applications.map((each) => this.#stateOf(each, 'application')),
      ...managedIdentities.map((each) => this.#stateOf(each, 'managedIdentity')),
    ];
  }

  application(clientId: string): PlannedApplication | undefined {
    return this.#plan.applications.find((each) => same(each.clientId, clientId));
  }

  /** The first one where none is named. */
  managedIdentity({ clientId, objectId, resourceId }: IdentityAsked): PlannedPrincipal | undefined {
    const name = resourceId?.split('/').at(-1) ?? null;
    return this.#plan.managedIdentities.find(
      (each) =>
        (clientId === null || same(each.clientId, clientId)) &&
        (objectId === null || same(each.objectId, objectId)) &&
        (name === null || same(each.name, name)),
    );
  }

  /** @returns null where there is none of that id. */
  principal(objectId: string): Principal | null {
    if (!this.#all().some((each) => each.objectId === objectId)) return null;
    return {
      objectId,
      mayDo: (resource, dataAction) => {
        const { roles, resources } = this.#assignment(objectId);
        return (resources === null || resources.includes(resource)) && mayDo(roles, dataAction);
      },
    };
  }

  rolesOf(objectId: string): readonly Role[] {
    return this.#assignment(objectId).roles;
  }

  /** @returns null where there is none of that client id. */
  assign(clientId: string, roles: readonly Role[], resources: readonly string[] | null): PrincipalState | null {
    const known = this.#all().find((each) => same(each.clientId, clientId));
    if (known === undefined) return null;
    this.#assigned.set(known.objectId, { roles, resources });
    return this.list().find((each) => each.objectId === known.objectId) ?? null;
  }

  #all(): readonly PlannedPrincipal[] {
    return [...this.#plan.applications, ...this.#plan.managedIdentities];
  }

  #assignment(objectId: string): Assignment {
    const planned = this.#all().find((each) => each.objectId === objectId);
    return this.#assigned.get(objectId) ?? planned ?? { roles: [], resources: null };
  }

  #stateOf({ clientId, objectId, name }: PlannedPrincipal, kind: PrincipalState['kind']): PrincipalState {
    const { roles, resources } = this.#assignment(objectId);
    return { kind, clientId, objectId, name, roles, resources };
  }
}

/** GUIDs are compared without their case. */
function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
