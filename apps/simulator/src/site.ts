/** A simulated resource with the port it listens on. */
import type { Resource } from '@spillway/azure-model';
import type { Listener } from './listener.ts';

export interface Site {
  readonly resource: Resource;
  readonly listener: Listener;
}
