/** Where in the page somebody is, as its address says behind `#`: it can be kept, sent, and gone back to. */
import { signal } from '@preact/signals';

export type Route =
  | { readonly kind: 'chat'; readonly conversationId: string | null }
  | { readonly kind: 'documents'; readonly documentId: string | null }
  /** Runs; with `runId` one of them, with `beforeId` what changed from that to it. */
  | { readonly kind: 'evaluation'; readonly runId: string | null; readonly beforeId: string | null }
  /** A conversation of somebody else, to be read: it has an address of its own, `/shared/LINK`. */
  | { readonly kind: 'shared'; readonly link: string };

/** Places within the page itself. */
export type Own = Exclude<Route, { readonly kind: 'shared' }>;

const SHARED = /^\/shared\/([^/]+)$/;

export const route = signal<Route>(routeOf(location.hash));

function routeOf(hash: string): Route {
  const [, link] = SHARED.exec(location.pathname) ?? [];
  if (link !== undefined) return { kind: 'shared', link: decoded(link) };
  const [first = '', id = '', other = ''] = hash.replace(/^#\/?/, '').split('/').map(decoded);
  if (first === 'documents') return { kind: 'documents', documentId: id === '' ? null : id };
  if (first === 'evaluation')
    return { kind: 'evaluation', runId: id === '' ? null : id, beforeId: other === '' ? null : other };
  return { kind: 'chat', conversationId: first === 'c' && id !== '' ? id : null };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

export function hashOf(to: Own): string {
  if (to.kind === 'documents')
    return `#/documents${to.documentId === null ? '' : `/${encodeURIComponent(to.documentId)}`}`;
  if (to.kind === 'evaluation') {
    const ids = [to.runId, to.beforeId].filter((id) => id !== null);
    return ['#/evaluation', ...ids.map(encodeURIComponent)].join('/');
  }
  return to.conversationId === null ? '#/' : `#/c/${encodeURIComponent(to.conversationId)}`;
}

export function go(to: Own): void {
  if (hashOf(to) !== (location.hash || '#/')) location.hash = hashOf(to);
  else route.value = to;
}

/** The address follows what happened; nothing is loaded anew. */
export function settleAt(to: Own): void {
  history.replaceState(null, '', hashOf(to));
  route.value = to;
}

export function startRoute(): void {
  addEventListener('hashchange', () => {
    route.value = routeOf(location.hash);
  });
}
