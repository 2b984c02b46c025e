/** What the admin port is for besides the admin routes: Azure's control plane, its metrics, Entra ID, and a page to look at. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { armDoor } from '../arm/arm-door.ts';
import { entraDoor } from '../entra/entra-door.ts';
import { monitorDoor } from '../monitor/monitor-door.ts';
import { pageDoor } from '../page/page-door.ts';
import type { Simulation } from '../simulation.ts';
import type { Target } from '../target.ts';
import type { AdminAccess } from './access.ts';
import { adminPlane } from './plane.ts';

/** @returns whether the request is its own, and then answers it. */
export type AdminDoor = (request: IncomingMessage, response: ServerResponse, target: Target) => boolean;

export function adminDoors(
  simulation: Simulation,
  access: AdminAccess,
): (request: IncomingMessage, response: ServerResponse, target: Target) => void {
  const doors: readonly AdminDoor[] = [
    entraDoor(simulation, access),
    monitorDoor(simulation, access),
    armDoor(simulation, access),
    pageDoor(access),
  ];
  const otherwise = adminPlane(simulation, access);
  return (request, response, target) => {
    if (!doors.some((door) => door(request, response, target))) otherwise(request, response, target);
  };
}
