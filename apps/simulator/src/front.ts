/**
 * The door of every port: health first, then the resource that `Host` names, then what the port itself is for. So a client may be
 * pointed at any port with the host name it would use at Azure. A browser that opens the admin port is shown the page, not health.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { UpgradeListener } from './listener.ts';
import type { Site } from './site.ts';
import { resourceNameIn, type Target, targetOf } from './target.ts';

export interface Door {
  /** Of a resource's own port; null for the admin port. */
  readonly own: () => Site | null;
  /** @param lowerName of the resource, in lower case. */
  readonly named: (lowerName: string) => Site | undefined;
  /** What is not the data plane's. */
  readonly otherwise: (request: IncomingMessage, response: ServerResponse, target: Target) => void;
}

export function front({ own, named, otherwise }: Door): RequestListener {
  return (request, response) => {
    const target = targetOf(request.url ?? '/');
    if (isHealth(target.path) && isRead(request.method) && !(own() === null && wantsPage(request, target.path))) {
      sendHealth(response, own());
      return;
    }
    const name = resourceNameIn(request.headers.host);
    const site = pick(own(), name === null ? undefined : named(name), target.path);
    if (site === null) otherwise(request, response, target);
    else if (site.listener.open) site.serve(request, response, target);
    // A stopped resource is not there, whatever port is asked.
    else request.socket.resetAndDestroy();
  };
}

/** The same for WebSockets: only resources have those. */
export function upgradeFront({ own, named }: Omit<Door, 'otherwise'>): UpgradeListener {
  return (request, socket, head) => {
    const target = targetOf(request.url ?? '/');
    const name = resourceNameIn(request.headers.host);
    const site = pick(own(), name === null ? undefined : named(name), target.path);
    if (site?.listener.open) site.upgrade(request, socket, head, target);
    else socket.destroy();
  };
}

/** An unknown host on a resource's own port is that resource's; on the admin port only paths of the data plane are a resource's. */
function pick(own: Site | null, named: Site | undefined, path: string): Site | null {
  if (named === undefined) return own;
  return own !== null || isDataPath(path) ? named : null;
}

/** Whether only a resource can answer such a path. */
export function isDataPath(path: string): boolean {
  return /^\/openai(\/|$)/i.test(path);
}

function isHealth(path: string): boolean {
  return path === '/' || path === '/healthz';
}

function isRead(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Browsers name `text/html` when a person opens an address; probes and scripts do not. */
function wantsPage({ headers }: IncomingMessage, path: string): boolean {
  return path === '/' && /\btext\/html\b/i.test(headers.accept ?? '');
}

function sendHealth(response: ServerResponse, site: Site | null): void {
  const of = site === null ? { admin: '/admin' } : { resource: site.facts.name };
  const text = `${JSON.stringify({ status: 'ok', simulator: 'Spillway', ...of })}\n`;
  response.writeHead(200, ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(text))]);
  response.end(text);
}
