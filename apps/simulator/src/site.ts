/** A simulated resource with the port it listens on, and what it was told to be. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DeploymentOptions, Resource, ResourceFacts } from '@spillway/azure-model';
import type { Listener } from './listener.ts';
import type { UpstreamOptions } from './options.ts';
import type { Target } from './target.ts';

/** The resource reads them at each request, so that the admin port can change them while it runs. */
export type SiteFacts = { -readonly [Name in keyof ResourceFacts]: ResourceFacts[Name] };

export interface Site {
  readonly facts: SiteFacts;
  readonly resource: Resource;
  readonly listener: Listener;
  /** The real resource behind it; null where there is none. */
  readonly upstream: UpstreamOptions | null;
  /** By the name of the deployment: as it was asked for, and what those before it under this name had counted. */
  readonly deployed: Map<string, Deployed>;
  /** Answers a request of the data plane, whichever port it came to. */
  readonly serve: (request: IncomingMessage, response: ServerResponse, target: Target) => void;
}

export interface Deployed {
  readonly options: DeploymentOptions;
  /** Requests before the last change of the deployment. */
  readonly servedBefore: number;
  readonly refusedBefore: number;
}
