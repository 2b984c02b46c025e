/** What would be sent, for printing. Pure. */
import type { DeploymentAsk } from '../ask.ts';
import type { Endpoint } from '../endpoint.ts';
import type { AccountPlace, DeploymentPlace } from '../place.ts';

export const PRINTED = ['az', 'rest', 'arm', 'bicep', 'terraform'] as const;
/** Languages that describe what shall be cannot ask what there is. */
export const PRINTED_REQUESTS = ['az', 'rest'] as const;

/** What a command would do. */
export type Doing =
  | { readonly kind: 'create'; readonly ask: DeploymentAsk }
  | { readonly kind: 'show' | 'delete'; readonly place: DeploymentPlace }
  | { readonly kind: 'list'; readonly place: AccountPlace };

export interface PrintTarget {
  readonly endpoint: Endpoint;
  /** null: whoever runs it says which. */
  readonly subscription: string | null;
  /** Whether SPILLWAY_ADMIN_KEY is set; its value is never printed. */
  readonly hasAdminKey: boolean;
}
