/** A simulated resource with the port it listens on, and what it was told to be. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { DeploymentOptions, Resource, ResourceFacts } from '@spillway/azure-model';
import type { AccountControl } from './arm/account.ts';
import type { Provisioning } from './arm/control.ts';
import { type DeploymentControl, plainControl } from './arm/wanted.ts';
import type { Errands } from './errands.ts';
import type { Listener } from './listener.ts';
import type { Meter } from './monitor/meter.ts';
import type { UpstreamOptions } from './options.ts';
import type { Target } from './target.ts';

/** The resource reads them at each request, so that the admin port can change them while it runs. */
export type SiteFacts = { -readonly [Name in keyof ResourceFacts]: ResourceFacts[Name] };

export interface Site {
  readonly facts: SiteFacts;
  readonly resource: Resource;
  readonly resourceGroup: string;
  /** As planned: 0 takes a free one. */
  readonly port: number;
  /** As the control plane shows it. */
  account: AccountControl;
  readonly listener: Listener;
  /** The real resource behind it; null where there is none. */
  readonly upstream: UpstreamOptions | null;
  /** By the name of the deployment: as it was asked for, and what those before it under this name had counted. */
  readonly deployed: Map<string, Deployed>;
  /** By name: deployments that are being made, which the data plane does not know yet. */
  readonly provisioning: Map<string, Provisioning>;
  /** Answers a request of the data plane, whichever port it came to. */
  readonly serve: (request: IncomingMessage, response: ServerResponse, target: Target) => void;
  /** Opens a WebSocket of the data plane. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer, target: Target) => void;
  /** Goes on with what the resource does by itself. */
  readonly errands: Errands;
  /** What its deployments did, minute by minute. */
  readonly meter: Meter;
}

export interface Deployed {
  readonly options: DeploymentOptions;
  /** What the control plane knows of it besides. */
  readonly control: DeploymentControl;
  /** Requests before the last change of the deployment. */
  readonly servedBefore: number;
  readonly refusedBefore: number;
}

/** What a resource has at the start. @param known what the control plane knows of it, by name. */
export function deployedOf(
  { deployments }: ResourceFacts,
  known: Readonly<Record<string, DeploymentControl>>,
  nowMs: number,
): Site['deployed'] {
  return new Map(
    deployments.map((options) => {
      // A deployment may have the name of what every object has.
      const own = Object.hasOwn(known, options.name) ? known[options.name] : undefined;
      const control = own ?? plainControl(nowMs);
      return [options.name, { options, control, servedBefore: 0, refusedBefore: 0 }];
    }),
  );
}
