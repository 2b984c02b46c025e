/** Whom the simulated Entra ID knows, and how it answers. Those that stand here by default are known to everybody and guard nothing. */
import { createHash } from 'node:crypto';
import type { Role } from '@spillway/azure-model';

interface PrincipalOptions {
  readonly clientId: string;
  /** For people. Default: `clientId`. */
  readonly name?: string;
  /** As refusals name it. Default: made from `clientId`. */
  readonly objectId?: string;
  /** Default none: it can sign in, and is refused by every resource. */
  readonly roles?: readonly Role[];
  /** Names of the resources that the roles are on. Default: all there are. */
  readonly resources?: readonly string[];
}

/** Signs in with a secret, or with a token of the cluster that it runs in. */
export interface ApplicationOptions extends PrincipalOptions {
  /** Default: it has none, and signs in by federation alone. */
  readonly secret?: string;
  /** `sub` of the tokens that it may sign in with: `system:serviceaccount:NAMESPACE:NAME`. Default: that of any token. */
  readonly federatedSubject?: string;
}

export type ManagedIdentityOptions = PrincipalOptions;

export interface IdentityOptions {
  /** Default {@link DEFAULT_TENANT_ID}. */
  readonly tenantId?: string;
  /** How long its tokens are good. Default 3,600 seconds, as of Entra ID 60 to 90 minutes. */
  readonly tokenSeconds?: number;
  /** Default: one with a secret, which may do everything. */
  readonly applications?: readonly ApplicationOptions[];
  /** Of the app and the machine that ask; the first one is meant where none is named. Default: one that may ask models. */
  readonly managedIdentities?: readonly ManagedIdentityOptions[];
  /** What an app has to send as `X-IDENTITY-HEADER`. Default {@link DEFAULT_IDENTITY_HEADER}. */
  readonly identityHeader?: string;
  /** Tokens of other issuers, whose signatures cannot be verified here. Default accept, by audience and expiry. */
  readonly foreignTokens?: 'accept' | 'refuse';
}

export interface PlannedPrincipal {
  readonly clientId: string;
  readonly name: string;
  readonly objectId: string;
  readonly roles: readonly Role[];
  /** null: all. */
  readonly resources: readonly string[] | null;
}

export interface PlannedApplication extends PlannedPrincipal {
  /** null: none. */
  readonly secret: string | null;
  /** null: any. */
  readonly federatedSubject: string | null;
}

/** The options with nothing left open. */
export interface IdentityPlan {
  readonly tenantId: string;
  readonly tokenSeconds: number;
  readonly applications: readonly PlannedApplication[];
  readonly managedIdentities: readonly PlannedPrincipal[];
  readonly identityHeader: string;
  readonly foreignTokens: 'accept' | 'refuse';
}

export const DEFAULT_TENANT_ID = '11111111-1111-4111-8111-111111111111';
export const DEFAULT_TOKEN_SECONDS = 3_600;
export const DEFAULT_IDENTITY_HEADER = 'simulated-identity-header';

const DEFAULT_APPLICATION: ApplicationOptions = {
  clientId: '22222222-2222-4222-8222-222222222222',
  name: 'simulated-application',
  secret: 'simulated-secret',
  roles: ['Cognitive Services OpenAI Contributor', 'Contributor', 'Monitoring Reader'],
};

const DEFAULT_MANAGED_IDENTITY: ManagedIdentityOptions = {
  clientId: '33333333-3333-4333-8333-333333333333',
  name: 'simulated-identity',
  roles: ['Cognitive Services OpenAI User'],
};

export function identityOf(options: IdentityOptions = {}): IdentityPlan {
  const { applications = [DEFAULT_APPLICATION], managedIdentities = [DEFAULT_MANAGED_IDENTITY] } = options;
  return {
    tenantId: options.tenantId ?? DEFAULT_TENANT_ID,
    tokenSeconds: options.tokenSeconds ?? DEFAULT_TOKEN_SECONDS,
    applications: applications.map((each) => ({
      ...principalOf(each),
      secret: each.secret ?? null,
      federatedSubject: each.federatedSubject ?? null,
    })),
    managedIdentities: managedIdentities.map(principalOf),
    identityHeader: options.identityHeader ?? DEFAULT_IDENTITY_HEADER,
    foreignTokens: options.foreignTokens ?? 'accept',
  };
}

function principalOf({ clientId, name, objectId, roles = [], resources }: PrincipalOptions): PlannedPrincipal {
  return {
    clientId,
    name: name ?? clientId,
    objectId: objectId ?? objectIdOf(clientId),
    roles,
    resources: resources ?? null,
  };
}

/** The same at each start, and another one than the client id, as in Entra ID. */
function objectIdOf(clientId: string): string {
  const hex = createHash('sha256').update(clientId).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
