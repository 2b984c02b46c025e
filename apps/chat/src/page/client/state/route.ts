/** Where in the page somebody is, as its address says behind `#`: it can be kept, sent, and gone back to. */
import { signal } from '@preact/signals';

export type Route =
  | { readonly kind: 'chat'; readonly conversationId: string | null }
  | { readonly kind: 'documents'; readonly documentId: string | null };

export const route = signal<Route>(routeOf(location.hash));

function routeOf(hash: string): Route {
  const [first = '', id = ''] = hash.replace(/^#\/?/, '').split('/').map(decoded);
  if (first === 'documents') return { kind: 'documents', documentId: id === '' ? null : id };
  return { kind: 'chat', conversationId: first === 'c' && id !== '' ? id : null };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

export function hashOf(to: Route): string {
  if (to.kind === 'documents')
    return `#/documents${to.documentId === null ? '' : `/${encodeURIComponent(to.documentId)}`}`;
  return to.conversationId === null ? '#/' : `#/c/${encodeURIComponent(to.conversationId)}`;
}

export function go(to: Route): void {
  if (hashOf(to) !== (location.hash || '#/')) location.hash = hashOf(to);
  else route.value = to;
}

/** The address follows what happened; nothing is loaded anew. */
export function settleAt(to: Route): void {
  history.replaceState(null, '', hashOf(to));
  route.value = to;
}

export function startRoute(): void {
  addEventListener('hashchange', () => {
    route.value = routeOf(location.hash);
  });
}
