/**
 * Operations beside those that generate text: files, batches, images, audio, and every other family. Each is a `Service` that looks at
 * a request and answers it, or leaves it to the next. What they work with is the resource's `Premises`.
 */
import type { HeaderLookup } from '@spillway/protocol';
import type { Gate } from './admission.ts';
import type { Chores } from './chores.ts';
import type { Deployment } from './deployment.ts';
import type { Ids } from './ids.ts';
import type { Answer } from './reply.ts';
import type { DataRequest, ResourceFacts, World } from './resource.ts';
import type { Store } from './state/store.ts';
import type { FlatHeaders, HeaderContext } from './wire/headers.ts';

/** One part of a `multipart/form-data` body. */
export interface FormPart {
  readonly name: string;
  /** null: a plain field. */
  readonly filename: string | null;
  readonly contentType: string | null;
  readonly bytes: Uint8Array;
  /** The bytes read as UTF-8. */
  text(): string;
}

/** A request that none of the generating operations takes. */
export interface ServiceCall {
  /** In upper case. */
  readonly method: string;
  /** The path behind deployment or prefix: `['files', 'file-1', 'content']`. */
  readonly segments: readonly string[];
  /** From the path; null where it names none. */
  readonly deployment: string | null;
  readonly dialect: 'classic' | 'resource' | 'v1';
  /** As Azure's messages name it: a date, or `v1`. */
  readonly apiVersion: string;
  /** Decoded; null where it is not given. */
  readonly query: (name: string) => string | null;
  /** Parsed; null where it was no JSON, undefined where there was none. */
  readonly body: unknown;
  /** null where the body was no form. */
  readonly form: readonly FormPart[] | null;
  readonly header: HeaderLookup;
  readonly context: HeaderContext;
  /** Those of every answer; more may be added. */
  readonly headers: FlatHeaders;
  readonly nowMs: number;
}

/** The head of a request, before anybody has decided who may come in. */
export type Knocking = Pick<DataRequest, 'method' | 'path' | 'query' | 'header'>;

export interface Service {
  /** Whether it lets a request in that brings no credential of the resource: an address or a key of its own making. */
  admits?(request: Knocking, nowMs: number): boolean;
  /** @returns null where the request is none of its own. */
  answer(call: ServiceCall): Answer | null;
}

/** A request of the resource to itself: a line of a batch. */
export interface InnerRequest {
  /** Behind the prefix: `chat/completions`. */
  readonly operation: string;
  /** Parsed; its `model` names the deployment. */
  readonly body: unknown;
}

/** What the services of one resource work with. */
export interface Premises {
  readonly facts: ResourceFacts;
  readonly world: World;
  readonly ids: Ids;
  readonly deployments: ReadonlyMap<string, Deployment>;
  readonly store: Store;
  readonly chores: Chores;
  readonly gate: Gate;
  /** As if a client with a good credential had sent it on v1: the quota counts, and what is under way is the caller's to end. */
  serve(request: InnerRequest, nowMs: number): Answer;
}
